//! An address as its owner writes and reads it.

use engine::id::AddressId;
use engine::order;
use identity::customer::address::{Address, Draft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{ApiError, FieldError};
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = SavedAddress)]
pub(crate) struct AddressView {
    #[schema(value_type = String, example = "addr_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: AddressId,
    name: String,
    line1: String,
    line2: Option<String>,
    city: String,
    region: Option<String>,
    postal_code: String,
    country: String,
    phone: Option<String>,
    /// Exactly one is, as long as there are any.
    is_default: bool,
    /// Send it as `If-Match`, in quotes.
    version: i64,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Address> for AddressView {
    fn from(address: Address) -> Self {
        Self {
            id: address.id,
            name: address.name,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            region: address.region,
            postal_code: address.postal_code,
            country: address.country,
            phone: address.phone,
            is_default: address.is_default,
            version: address.version,
            updated_at: rfc3339(address.updated_at),
        }
    }
}

/// Whom and where a parcel goes to, and whom the courier calls.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AddressDraft)]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 200, example = "Ann Miller")]
    name: String,
    #[schema(min_length = 1, max_length = 200, example = "12 MG Road")]
    line1: String,
    #[schema(min_length = 1, max_length = 200)]
    line2: Option<String>,
    #[schema(min_length = 1, max_length = 200, example = "Bengaluru")]
    city: String,
    #[schema(min_length = 1, max_length = 200)]
    region: Option<String>,
    /// As the country has it; in India six digits, the first not 0.
    #[schema(min_length = 1, max_length = 20, example = "560001")]
    postal_code: String,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "IN")]
    country: String,
    /// With its country code.
    #[schema(min_length = 8, max_length = 32, example = "+91 98765 43210")]
    phone: Option<String>,
    #[serde(default)]
    is_default: bool,
}

impl Request {
    pub(super) fn parse(self) -> Result<Draft, ApiError> {
        let place = order::Address {
            name: self.name,
            line1: self.line1,
            line2: self.line2,
            city: self.city,
            region: self.region,
            postal_code: self.postal_code,
            country: self.country,
        };
        Draft::parse(place, self.phone, self.is_default).map_err(|flaws| {
            let error = |flaw: identity::customer::address::Flaw| {
                FieldError::new(format!("/{}", flaw.field), flaw.code, flaw.detail)
            };
            ApiError::validation(flaws.into_iter().map(error).collect())
        })
    }
}
