//! How often anybody may come with a password. Asked before the password is looked at, and before the database is.

use actix_web::HttpRequest;
use engine::id::AccountId;
use identity::reach::Email;

use crate::error::ApiError;
use crate::extract::admit_everywhere;
use crate::middleware::Caller;

/// Whether whoever comes with an address and something secret is heard now.
pub(super) async fn admit_attempt(request: &HttpRequest, _address: &Email) -> Result<(), ApiError> {
    admit_everywhere(request, Caller::SigningIn).await
}

/// Whether somebody who is signed in may say their password now. Whoever holds a stolen token guesses no faster than a
/// stranger.
pub(in crate::routes) async fn admit_guess(request: &HttpRequest, _account: AccountId) -> Result<(), ApiError> {
    admit_everywhere(request, Caller::SigningIn).await
}
