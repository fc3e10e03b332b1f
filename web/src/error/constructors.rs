//! One constructor per `code`, with the members that the code promises.

use std::borrow::Cow;

use actix_web::http::header::{self, HeaderValue};
use engine::checkout::{Repriced, RepricedLine};
use engine::clock::Timestamp;
use engine::id::LocationId;
use engine::money::{Currency, Money};
use serde::Serialize;
use serde_json::{Value, json};

use super::{ApiError, Code};
use crate::view::{MoneyView, TotalsView, rfc3339};

/// One field that is not acceptable.
#[derive(Debug, Clone, Serialize)]
pub struct FieldError {
    /// RFC 6901, into the body.
    pub pointer: String,
    pub code: &'static str,
    pub detail: String,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, detail: detail.into() }
    }
}

/// A SKU of which too few are left.
#[derive(Debug, Clone, Serialize)]
pub struct Shortage {
    pub sku: String,
    pub location_id: LocationId,
    pub requested: i64,
    /// Left out unless the shop shows exact numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    /// The number of the last stock change that this rests on.
    pub seq: i64,
}

/// A buyer may have no more of a SKU.
#[derive(Debug, Clone, Copy)]
pub struct LimitReached<'a> {
    pub sku: &'a str,
    pub location_id: LocationId,
    /// The number of the last stock change that this rests on.
    pub seq: i64,
    pub requested: i64,
    pub limit: i64,
    pub already: i64,
    pub resets_at: Option<Timestamp>,
}

/// A line that does not cost what the buyer was shown, or may not.
#[derive(Debug, Serialize)]
struct Change<'a> {
    sku: &'a str,
    quantity: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_unit_price: Option<MoneyView>,
    unit_price: MoneyView,
    net: MoneyView,
}

impl<'a> Change<'a> {
    fn new(line: &'a RepricedLine, currency: Currency) -> Self {
        let money = |minor| MoneyView::new(minor, currency);
        Self {
            sku: &line.sku,
            quantity: line.quantity,
            expected_unit_price: line.expected_unit_price_minor.map(money),
            unit_price: money(line.unit_price_minor),
            net: money(line.net_minor),
        }
    }
}

impl ApiError {
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::BadRequest).detail(detail)
    }

    pub fn validation(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [only] => format!("{}: {}", only.pointer, only.detail),
            several => format!("{} fields are not acceptable", several.len()),
        };
        Self::new(Code::ValidationFailed).detail(detail).member("errors", to_value(&errors))
    }

    /// One field is not acceptable.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::validation(vec![FieldError::new(pointer, "invalid", detail)])
    }

    pub fn unauthenticated(detail: &'static str) -> Self {
        Self::new(Code::Unauthenticated)
            .detail(detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"doorbuster\""))
    }

    pub fn token_expired(advice: &'static str) -> Self {
        Self::new(Code::TokenExpired).detail(advice).header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"doorbuster\", error=\"invalid_token\""),
        )
    }

    pub fn access_token_expired() -> Self {
        Self::token_expired("get a new one from POST /api/v1/auth/refresh")
    }

    pub fn session_ended() -> Self {
        Self::unauthenticated("this session has ended; log in again")
    }

    pub fn key_expired() -> Self {
        Self::new(Code::TokenExpired).detail("the key has expired").header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Bearer realm=\"doorbuster\", error=\"invalid_token\""),
        )
    }

    /// Nobody is told which of the two is wrong, or whether there is such an account.
    pub fn invalid_credentials() -> Self {
        Self::new(Code::InvalidCredentials)
            .detail("there is no account with this address and this password")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"doorbuster\""))
    }

    pub fn account_blocked() -> Self {
        Self::new(Code::AccountBlocked).detail("ask the shop")
    }

    pub fn email_not_confirmed() -> Self {
        Self::new(Code::EmailNotConfirmed).detail("follow the link in the mail that was sent to this address")
    }

    pub fn forbidden(required: &'static str) -> Self {
        Self::new(Code::Forbidden).member("required", required)
    }

    pub fn cross_site_request() -> Self {
        Self::new(Code::CrossSiteRequest).detail("a cookie authorizes no change that another site's page asks for")
    }

    pub fn proof_of_work_required(detail: String, challenge: &impl Serialize) -> Self {
        Self::new(Code::ProofOfWorkRequired).detail(detail).member("proof_of_work", to_value(challenge))
    }

    pub fn admission_required(queue: &str) -> Self {
        Self::new(Code::AdmissionRequired).member("queue", queue)
    }

    pub fn not_found(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::NotFound).detail(what)
    }

    pub fn out_of_stock(items: &[Shortage]) -> Self {
        let error = Self::new(Code::OutOfStock).member("items", to_value(&items));
        match items {
            [Shortage { sku, requested, available: Some(left), .. }, ..] => {
                error.detail(format!("SKU {sku}: {requested} asked, {left} left"))
            }
            [Shortage { sku, requested, .. }, ..] => error.detail(format!("SKU {sku}: {requested} asked")),
            [] => error,
        }
    }

    pub fn purchase_limit_reached(reached: &LimitReached<'_>) -> Self {
        let LimitReached { sku, limit, already, .. } = *reached;
        Self::new(Code::PurchaseLimitReached)
            .detail(format!("SKU {sku}: at most {limit} per shopper, {already} already"))
            .member("sku", sku)
            .member("location_id", reached.location_id.to_string())
            .member("seq", reached.seq)
            .member("requested", reached.requested)
            .member("limit", limit)
            .member("already", already)
            .member("resets_at", reached.resets_at.map(rfc3339))
    }

    pub fn hold_expired() -> Self {
        Self::new(Code::HoldExpired)
    }

    /// `changes` has the lines whose price differs from what the buyer was shown, with that price; where it is not known what
    /// they were shown, it has all lines, as they are now. `totals` are those of the basket now.
    pub fn price_changed(repriced: &Repriced) -> Self {
        let Repriced { expected, quote, lines } = repriced;
        let current = Money::new(quote.totals.grand_minor, quote.currency);
        let changes: Vec<Change<'_>> = lines.iter().map(|line| Change::new(line, quote.currency)).collect();
        Self::new(Code::PriceChanged)
            .detail(format!("{} expected, {} now", expected.minor, current.minor))
            .member("expected_total", to_value(expected))
            .member("current_total", to_value(&current))
            .member("changes", to_value(&changes))
            .member("totals", to_value(&TotalsView::new(&quote.totals, quote.currency)))
    }

    /// The version in `If-Match` is not the one that is there.
    pub fn precondition_failed(current_version: i64) -> Self {
        Self::new(Code::VersionConflict)
            .detail(format!("the version is {current_version} now"))
            .member("current_version", current_version)
            .header(header::ETAG, crate::view::etag(current_version))
    }

    /// The version in the body is not the one that is there.
    pub fn version_conflict(current_version: i64) -> Self {
        Self::new(Code::VersionConflict)
            .with_status(actix_web::http::StatusCode::CONFLICT)
            .detail(format!("the version is {current_version} now"))
            .member("current_version", current_version)
    }

    pub fn completion_in_progress() -> Self {
        Self::new(Code::CompletionInProgress).retry_after(1)
    }

    pub fn cart_converted(order_no: Option<String>) -> Self {
        Self::new(Code::CartConverted).member("order_no", order_no)
    }

    pub fn invalid_state(from: &str, to: &str, allowed: &[&str]) -> Self {
        Self::new(Code::InvalidState)
            .detail(format!("from {from} to {to} is no way"))
            .member("from", from)
            .member("to", to)
            .member("allowed", allowed)
    }

    pub fn already_exists(what: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::AlreadyExists).detail(what)
    }

    pub fn coupon(code: Code, reason: &str) -> Self {
        Self::new(code).member("reason", reason)
    }

    pub fn idempotency_key_required() -> Self {
        Self::new(Code::IdempotencyKeyRequired).detail("send an Idempotency-Key header, a fresh one for each purchase")
    }

    pub fn idempotency_key_reused() -> Self {
        Self::new(Code::IdempotencyKeyReused)
    }

    pub fn idempotency_key_in_flight() -> Self {
        Self::new(Code::IdempotencyKeyInFlight).retry_after(1)
    }

    pub fn rate_limited(retry_after_s: u64) -> Self {
        Self::new(Code::RateLimited).detail(format!("come back in {retry_after_s} s")).retry_after(retry_after_s)
    }

    /// `retry_after_s` should be drawn from a range by the caller: those who are sent away together come back together.
    pub fn overloaded(retry_after_s: u64) -> Self {
        Self::new(Code::Overloaded).detail(format!("come back in {retry_after_s} s")).retry_after(retry_after_s)
    }

    /// A takeover takes some seconds at most, and the other server answers at once.
    pub fn standing_by(retry_after_s: u64) -> Self {
        Self::new(Code::StandingBy)
            .detail("ask the server that owns the stock, or this one again when it has taken over")
            .retry_after(retry_after_s)
    }

    pub fn outcome_unknown() -> Self {
        Self::new(Code::OutcomeUnknown).detail("repeat the request with the same Idempotency-Key").retry_after(2)
    }

    pub fn payment_declined(decline_code: &str) -> Self {
        Self::new(Code::PaymentDeclined).member("decline_code", decline_code)
    }

    pub fn payload_too_large(limit: usize) -> Self {
        Self::new(Code::PayloadTooLarge).detail(format!("at most {limit} bytes")).member("limit", json!(limit))
    }

    /// `allow` lists the methods of the resource, comma separated.
    pub fn method_not_allowed(allow: HeaderValue) -> Self {
        Self::new(Code::MethodNotAllowed).header(header::ALLOW, allow)
    }

    pub fn unsupported_media_type() -> Self {
        Self::new(Code::UnsupportedMediaType).detail("send Content-Type: application/json, in UTF-8")
    }

    /// `taken` lists the media types that are.
    pub fn no_media_type_of(taken: &'static str) -> Self {
        Self::new(Code::UnsupportedMediaType).detail(format!("send Content-Type: one of {taken}"))
    }

    pub fn request_timeout() -> Self {
        Self::new(Code::RequestTimeout).detail("the body did not arrive in time")
    }

    pub fn precondition_required() -> Self {
        Self::new(Code::PreconditionRequired).detail("send the ETag you read in If-Match")
    }

    pub fn not_on_sale_yet(sku: &str, opens_at: Timestamp) -> Self {
        Self::new(Code::NotOnSaleYet)
            .detail(format!("SKU {sku} opens at {}", rfc3339(opens_at)))
            .member("sku", sku)
            .member("opens_at", rfc3339(opens_at))
    }

    pub fn quote_expired() -> Self {
        Self::new(Code::QuoteExpired).detail("ask POST /api/v1/checkout/quote again")
    }

    pub fn temporarily_unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::TemporarilyUnavailable).detail(detail).retry_after(5)
    }

    /// A bug of ours: `cause` goes to the log, the caller gets the trace id.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal).caused_by(cause)
    }

    /// When to come back, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }
}

fn to_value<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("a struct of strings and numbers is JSON")
}
