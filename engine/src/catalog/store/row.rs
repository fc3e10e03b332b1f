//! How columns become the catalogue's types. A column that does not is damage, told as an error of deserialization.

use diesel::QueryResult;
use diesel::result::Error;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::money::Currency;
use crate::pricing::{Sale, TaxRate};

use super::super::attribute::Attributes;

pub(super) fn attributes(value: Value) -> QueryResult<Attributes> {
    json(value)
}

pub(super) fn json<T: DeserializeOwned>(value: Value) -> QueryResult<T> {
    serde_json::from_value(value).map_err(damaged)
}

pub(super) fn currency(code: &str) -> QueryResult<Currency> {
    Currency::parse(code).map_err(damaged)
}

pub(super) fn sale((price, starts_at, ends_at): (Option<i64>, Option<Timestamp>, Option<Timestamp>)) -> Option<Sale> {
    price.map(|price_minor| Sale { price_minor, starts_at, ends_at })
}

pub(super) fn tax_rate(rate_bp: i32, inclusive: bool) -> QueryResult<TaxRate> {
    Ok(TaxRate { rate_bp: u32::try_from(rate_bp).map_err(damaged)?, inclusive })
}

pub(super) fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::DeserializationError(Box::new(error))
}
