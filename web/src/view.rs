//! The words that every body shares: times, versions, entity tags, money. Shapes as in the API's conventions.

use actix_web::http::header::HeaderValue;
use chrono::SecondsFormat;
use engine::clock::Timestamp;
use engine::money::Money;
use serde::Serialize;
use utoipa::ToSchema;

/// RFC 3339 in UTC with milliseconds.
pub fn rfc3339(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The entity tag of a versioned thing.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits in quotes are a header value")
}

/// An amount in minor units with its ISO 4217 currency.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct MoneyView {
    #[schema(example = 129_900)]
    pub amount: i64,
    #[schema(value_type = String, min_length = 3, max_length = 3, example = "INR")]
    pub currency: engine::money::Currency,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { amount: money.minor, currency: money.currency }
    }
}
