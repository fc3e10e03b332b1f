//! What happens now.

mod listen;

use super::router::{Routes, add};
use crate::error::Code;

/// Own orders are listened to by who shows who they are.
const LISTENING: &[Code] = &[Code::Unauthenticated, Code::TokenExpired];

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, listen: LISTENING);
}
