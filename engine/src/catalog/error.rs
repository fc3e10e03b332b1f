//! Why the catalogue did not do it.

use crate::error::{Coded, ErrorCode};
use crate::idempotency::Refused;
use crate::postgres::constraint::violated;
use crate::postgres::{DatabaseError, WriteError};

use super::field::FieldErrors;
use super::product::ProductStatus;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Invalid(FieldErrors),
    #[error("no such {0}")]
    NotFound(Thing),
    /// It was changed since the caller looked.
    #[error("it is at version {current} by now")]
    VersionConflict { current: i64 },
    #[error("a product that is {from} cannot become {to}")]
    InvalidState { from: ProductStatus, to: ProductStatus, allowed: &'static [ProductStatus] },
    /// Something that is still for sale hangs on it.
    #[error("the {what} still has {count} {of}")]
    InUse { what: Thing, of: &'static str, count: i64 },
    /// The shop cannot do without it.
    #[error("the {what} stays: {why}")]
    Needed { what: Thing, why: &'static str },
    #[error("a request with this key is under way")]
    KeyInFlight,
    #[error("this key was used for another request")]
    KeyReused,
    /// Nothing was done.
    #[error(transparent)]
    Database(DatabaseError),
    /// The commit was asked for, and not answered.
    #[error("whether it was done is not known: {0}")]
    OutcomeUnknown(DatabaseError),
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Category,
    Brand,
    Product,
    Variant,
    Location,
    TaxClass,
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Category => "category",
            Self::Brand => "brand",
            Self::Product => "product",
            Self::Variant => "variant",
            Self::Location => "location",
            Self::TaxClass => "tax class",
        })
    }
}

impl Coded for Error {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::KeyReused => ErrorCode::Invalid,
            Self::KeyInFlight
            | Self::VersionConflict { .. }
            | Self::InvalidState { .. }
            | Self::InUse { .. }
            | Self::Needed { .. } => ErrorCode::Conflict,
            Self::Database(error) if error.is_no_answer() || error.is_for_later() => ErrorCode::Unavailable,
            Self::Database(_) => ErrorCode::Internal,
            Self::OutcomeUnknown(_) => ErrorCode::Unavailable,
        }
    }
}

impl From<FieldErrors> for Error {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::InFlight => Self::KeyInFlight,
            Refused::Reused => Self::KeyReused,
        }
    }
}

impl From<DatabaseError> for Error {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Query(error) => error.into(),
            DatabaseError::Unavailable(_) => Self::Database(error),
        }
    }
}

/// Uniqueness and references are judged by the database; its constraints are named for it.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        let told = match violated(&error) {
            Some("categories_slug_key") => ("/slug", "taken", "another category has this slug"),
            Some("brands_slug_key") => ("/slug", "taken", "another brand has this slug"),
            Some("products_slug_key") => ("/slug", "taken", "another product has this slug"),
            Some("variants_sku_key") => ("/sku", "taken", "another variant has this SKU"),
            Some("locations_code_key") => ("/code", "taken", "another location has this code"),
            Some("tax_classes_pkey") => ("/code", "taken", "another tax class has this code"),
            Some("variants_tax_class_fkey") => ("/tax_class", "unknown", "the store has no such tax class"),
            Some("products_brand_id_fkey") => ("/brand", "unknown", "no such brand"),
            Some("products_category_id_fkey") => ("/category", "unknown", "no such category"),
            Some("categories_parent_id_fkey") => ("/parent", "unknown", "no such category"),
            _ => return Self::Database(DatabaseError::Query(error)),
        };
        let (pointer, code, detail) = told;
        Self::Invalid(FieldErrors::one(pointer, code, detail))
    }
}

impl WriteError for Error {
    fn outcome_unknown(error: DatabaseError) -> Self {
        Self::OutcomeUnknown(error)
    }

    fn into_database(self) -> Result<DatabaseError, Self> {
        let Self::Database(error) = self else { return Err(self) };
        Ok(error)
    }
}
