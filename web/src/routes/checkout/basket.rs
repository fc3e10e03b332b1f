//! What quote and checkout have in common: the goods, who gets them and where.

use engine::catalog::Sku;
use engine::checkout::{Basket, Want};
use engine::order::{Address, Contact, Flaw, PaymentMethod};
use engine::pricing::LINES_MAX;
use engine::quantity::Quantity;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, FieldError};

/// The one way in which this shop sends things.
pub(super) const STANDARD_SHIPPING: &str = "standard";

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutItem)]
pub(super) struct Item {
    #[schema(min_length = 1, max_length = 64, example = "TSHIRT-RED-M")]
    sku: String,
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

/// How to reach the buyer: an e-mail address, a phone number, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Contact)]
pub(super) struct ContactFields {
    #[schema(max_length = 254, format = "email", example = "ann@example.com")]
    email: Option<String>,
    /// 6 to 15 digits; a plus, blanks, hyphens and brackets may stand among them.
    #[schema(max_length = 32, example = "+91 98765 43210")]
    phone: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Address)]
pub(super) struct AddressFields {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(min_length = 1, max_length = 200)]
    line1: String,
    #[schema(min_length = 1, max_length = 200)]
    line2: Option<String>,
    #[schema(min_length = 1, max_length = 200)]
    city: String,
    #[schema(min_length = 1, max_length = 200)]
    region: Option<String>,
    #[schema(min_length = 1, max_length = 20)]
    postal_code: String,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "IN")]
    country: String,
}

impl From<ContactFields> for Contact {
    fn from(fields: ContactFields) -> Self {
        Self { email: fields.email, phone: fields.phone }
    }
}

impl From<AddressFields> for Address {
    fn from(fields: AddressFields) -> Self {
        Self {
            name: fields.name,
            line1: fields.line1,
            line2: fields.line2,
            city: fields.city,
            region: fields.region,
            postal_code: fields.postal_code,
            country: fields.country,
        }
    }
}

/// The items; without any, the principal's cart.
pub(super) fn basket(items: Option<Vec<Item>>, errors: &mut Vec<FieldError>) -> Basket {
    let Some(items) = items else { return Basket::Cart };
    if items.is_empty() {
        errors.push(FieldError::new("/items", "required", "there is nothing to buy; leave it out to buy the cart"));
    }
    if items.len() > LINES_MAX {
        errors.push(FieldError::new("/items", "too_many", format!("at most {LINES_MAX}, not {}", items.len())));
        return Basket::Items(Vec::new());
    }
    let mut wants = Vec::with_capacity(items.len());
    for (line, item) in items.into_iter().enumerate() {
        let sku = Sku::parse(&item.sku).map_err(|error| (format!("/items/{line}/sku"), "invalid", error.to_string()));
        let quantity = Quantity::wanted(item.quantity)
            .map_err(|error| (format!("/items/{line}/quantity"), "out_of_range", error.to_string()));
        match (sku, quantity) {
            (Ok(sku), Ok(quantity)) => wants.push(Want { sku, quantity }),
            (sku, quantity) => {
                let wrong = [sku.err(), quantity.err()].into_iter().flatten();
                errors.extend(wrong.map(|(pointer, code, detail)| FieldError::new(pointer, code, detail)));
            }
        }
    }
    Basket::Items(wants)
}

pub(super) fn payment_method(word: &str, errors: &mut Vec<FieldError>) -> PaymentMethod {
    word.parse().unwrap_or_else(|error: engine::order::UnknownWord| {
        errors.push(FieldError::new("/payment_method", "unknown", error.to_string()));
        PaymentMethod::Manual
    })
}

pub(super) fn shipping_method(word: &str, errors: &mut Vec<FieldError>) {
    if word != STANDARD_SHIPPING {
        errors.push(FieldError::new("/shipping_method", "unknown", format!("{word:?} is not a shipping method")));
    }
}

pub(super) fn flaws(place: &str, flaws: Vec<Flaw>, errors: &mut Vec<FieldError>) {
    errors.extend(flaws.into_iter().map(|flaw| {
        let pointer = if flaw.field.is_empty() { place.to_owned() } else { format!("{place}/{}", flaw.field) };
        FieldError::new(pointer, flaw.code, flaw.detail)
    }));
}

/// All that is wrong, at once.
pub(super) fn finish(errors: Vec<FieldError>) -> Result<(), ApiError> {
    if errors.is_empty() { Ok(()) } else { Err(ApiError::validation(errors)) }
}
