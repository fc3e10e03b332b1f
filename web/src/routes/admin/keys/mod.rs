//! API keys: what machines show.

mod create;
mod get;
mod list;
mod revoke;
mod rotate;
mod view;

use identity::access::{KeyKind, Scope};

use crate::error::ApiError;
use crate::extract::Staff;
use crate::extract::needs::KeysWrite;
use crate::routes::admin::thing::MOVING;
use crate::routes::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, list, create, get, rotate: MOVING, revoke: MOVING);
}

/// Nobody hands out, or comes by, a secret that opens more than they may; what every shopper may, everybody may give.
fn may_hand_out(staff: &Staff<KeysWrite>, kind: KeyKind, scopes: &[Scope]) -> Result<(), ApiError> {
    let is_withheld =
        |&scope: &Scope| kind.may_have(scope) && !KeyKind::Publishable.may_have(scope) && !staff.may(scope);
    match scopes.iter().copied().find(is_withheld) {
        Some(scope) => Err(ApiError::forbidden(scope.name())),
        None => Ok(()),
    }
}
