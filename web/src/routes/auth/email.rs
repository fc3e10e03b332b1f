//! An address in a body.

use identity::reach::Email;

use crate::error::ApiError;

pub(super) fn email(pointer: &str, text: &str) -> Result<Email, ApiError> {
    Email::parse(text).map_err(|error| ApiError::invalid(pointer, error.to_string()))
}
