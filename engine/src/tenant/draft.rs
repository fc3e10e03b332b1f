//! A store that somebody wants to open.

use crate::catalog::{Slug, Title};
use crate::money::Currency;

use super::host::Host;

#[derive(Debug, Clone)]
pub struct StoreDraft {
    pub slug: Slug,
    pub name: Title,
    pub currency: Currency,
    pub domains: Vec<Host>,
}
