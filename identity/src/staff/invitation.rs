//! Somebody is to work for the shop, or to sell in it.

use crate::access::Role;
use crate::reach::Email;

#[derive(Debug, Clone)]
pub struct Invitation {
    pub email: Email,
    pub name: Option<String>,
    pub role: Role,
}
