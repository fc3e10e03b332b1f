//! Which seller is asking.

use engine::id::SellerId;

use crate::error::{ApiError, Code};
use crate::extract::Staff;
use crate::state::State;

/// Whoever never was a seller has nothing here.
pub(super) const NOBODY: &[Code] = &[Code::NotFound];

/// The seller behind an account. Whoever may sell and is nobody's seller yet has nothing.
pub(super) async fn seller<P>(state: &State, staff: &Staff<P>) -> Result<SellerId, ApiError> {
    let nobody = || ApiError::not_found("this account sells nothing here");
    let account = staff.account().ok_or_else(nobody)?;
    state.identity.sellers().of_account(staff.store, account).await?.ok_or_else(nobody)
}
