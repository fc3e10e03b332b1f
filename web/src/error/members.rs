//! Which members a code adds to its problem document, and what they are: one table for the API description, for the pages
//! that explain codes, and for the tests.

use serde_json::json;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, SchemaType};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type};

use super::Code;

/// A member of problem documents.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    TextOrNull,
    Texts,
    Integer,
    Time,
    TimeOrNull,
    Money,
    Totals,
    Errors,
    Shortages,
    Objects,
    Challenge,
}

const MEMBERS: [(&str, Kind, &str); 32] = [
    ("parameter", Kind::Text, "The query parameter that is refused."),
    ("valid", Kind::Texts, "The query parameters that there are."),
    ("errors", Kind::Errors, "Every field that is not acceptable."),
    ("reserved", Kind::Integer, "How many are promised to orders."),
    ("required", Kind::Text, "The scope that it takes."),
    ("queue", Kind::Text, "Where to wait."),
    ("items", Kind::Shortages, "The items of which too few are left."),
    ("requested", Kind::Integer, "How many were asked for."),
    ("available", Kind::Integer, "How many are left."),
    ("seq", Kind::Integer, "The number of the stock change that says so."),
    ("sku", Kind::Text, "Of which item."),
    ("location_id", Kind::Text, "Where."),
    ("limit", Kind::Integer, "The most that is taken."),
    ("already", Kind::Integer, "How many this buyer has."),
    ("resets_at", Kind::TimeOrNull, "When it is counted anew; null: never."),
    ("expected_total", Kind::Money, "What the buyer was shown."),
    ("current_total", Kind::Money, "What it comes to now."),
    (
        "changes",
        Kind::Objects,
        "The lines that cost something else now, or may: `sku`, `quantity`, `unit_price`, `net`.",
    ),
    ("totals", Kind::Totals, "What the basket comes to now."),
    ("current_version", Kind::Integer, "The version that is there."),
    ("order_no", Kind::TextOrNull, "The order that it became."),
    ("from", Kind::Text, "What it is."),
    ("to", Kind::Text, "What was asked for."),
    ("allowed", Kind::Texts, "What it can become."),
    ("reason", Kind::Text, "Why."),
    ("decline_code", Kind::Text, "What the payment provider said."),
    ("rows_taken", Kind::Integer, "How many rows of the file were read before."),
    ("challenge", Kind::Text, "What to send back with the code."),
    ("expires_at", Kind::Time, "Until when it can be answered."),
    ("tries_left", Kind::Integer, "How many guesses are left."),
    ("proof_of_work", Kind::Challenge, "What is to be proved, as `GET /api/v1/challenge` tells it."),
    ("opens_at", Kind::Time, "From when on it is for sale."),
];

impl Code {
    /// What a document with this code may say besides what all say.
    pub(crate) fn members(self) -> impl Iterator<Item = Member> {
        self.member_names().iter().filter_map(|name| all().find(|member| member.name == *name))
    }

    fn member_names(self) -> &'static [&'static str] {
        match self {
            Self::BadRequest => &["parameter", "valid", "rows_taken"],
            Self::ValidationFailed => &["errors", "sku", "location_id", "reserved", "requested", "seq"],
            Self::SecondFactorRequired => &["challenge", "expires_at"],
            Self::CodeWrong => &["tries_left"],
            Self::Forbidden => &["required"],
            Self::AdmissionRequired => &["queue"],
            Self::OutOfStock => &["items", "sku", "location_id", "requested", "available", "seq"],
            Self::PurchaseLimitReached => &["sku", "location_id", "seq", "requested", "limit", "already", "resets_at"],
            Self::PriceChanged => &["expected_total", "current_total", "changes", "totals"],
            Self::VersionConflict => &["current_version", "sku", "location_id", "seq"],
            Self::CartConverted => &["order_no"],
            Self::InvalidState => &["from", "to", "allowed"],
            Self::CouponInvalid => &["reason"],
            Self::CouponExhausted => &["reason"],
            Self::CouponNotEligible => &["reason"],
            Self::PaymentDeclined => &["decline_code"],
            Self::PayloadTooLarge => &["limit", "rows_taken"],
            Self::RequestTimeout => &["rows_taken"],
            Self::ProofOfWorkRequired => &["proof_of_work"],
            Self::NotOnSaleYet => &["sku", "opens_at"],
            Self::TemporarilyUnavailable => &["rows_taken"],
            Self::Unauthenticated
            | Self::TokenExpired
            | Self::InvalidCredentials
            | Self::AccountBlocked
            | Self::LinkInvalid
            | Self::EmailNotConfirmed
            | Self::ChallengeOver
            | Self::SignInFailed
            | Self::SignInAndLink
            | Self::AlreadyLinked
            | Self::CrossSiteRequest
            | Self::NotFound
            | Self::HoldExpired
            | Self::CompletionInProgress
            | Self::AlreadyExists
            | Self::IdempotencyKeyRequired
            | Self::IdempotencyKeyReused
            | Self::IdempotencyKeyInFlight
            | Self::RateLimited
            | Self::Overloaded
            | Self::OutcomeUnknown
            | Self::MethodNotAllowed
            | Self::UnsupportedMediaType
            | Self::PreconditionRequired
            | Self::QuoteExpired
            | Self::StandingBy
            | Self::Internal => &[],
        }
    }
}

/// Every member of any code.
pub(crate) fn all() -> impl Iterator<Item = Member> {
    MEMBERS.into_iter().map(|(name, kind, about)| Member { name, about, kind })
}

impl Member {
    pub(crate) fn schema(&self) -> RefOr<Schema> {
        let object = |kind: SchemaType| ObjectBuilder::new().schema_type(kind).description(Some(self.about));
        let nullable = |kind| SchemaType::from_iter([kind, Type::Null]);
        let list = |items: RefOr<Schema>| ArrayBuilder::new().items(items).description(Some(self.about));
        let time = |kind: SchemaType| object(kind).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        match self.kind {
            Kind::Text => object(Type::String.into()).into(),
            Kind::TextOrNull => object(nullable(Type::String)).into(),
            Kind::Texts => list(ObjectBuilder::new().schema_type(Type::String).into()).into(),
            Kind::Integer => object(Type::Integer.into()).into(),
            Kind::Time => time(Type::String.into()).into(),
            Kind::TimeOrNull => time(nullable(Type::String)).into(),
            Kind::Money => RefOr::Ref(Ref::from_schema_name("Money")),
            Kind::Challenge => RefOr::Ref(Ref::from_schema_name("Challenge")),
            Kind::Totals => RefOr::Ref(Ref::from_schema_name("Totals")),
            Kind::Errors => list(errors()).into(),
            Kind::Shortages => list(shortages()).into(),
            Kind::Objects => list(ObjectBuilder::new().schema_type(Type::Object).into()).into(),
        }
    }
}

fn errors() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("pointer", text().description(Some("RFC 6901, into the body")).examples([json!("/items/0/sku")]))
        .property("code", text().examples([json!("required")]))
        .property("detail", text())
        .required("pointer")
        .required("code")
        .required("detail")
        .into()
}

fn shortages() -> RefOr<Schema> {
    let integer = || ObjectBuilder::new().schema_type(Type::Integer);
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("sku", ObjectBuilder::new().schema_type(Type::String))
        .property("location_id", ObjectBuilder::new().schema_type(Type::String))
        .property("requested", integer())
        .property("available", integer().description(Some("only where the shop shows it")))
        .property("seq", integer().description(Some("the number of the stock change that says so")))
        .required("sku")
        .required("location_id")
        .required("requested")
        .required("seq")
        .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_member_is_some_codes_and_is_known() {
        let named: BTreeSet<&str> = Code::ALL.iter().flat_map(|code| code.member_names()).copied().collect();
        let known: BTreeSet<&str> = all().map(|member| member.name).collect();
        assert_eq!(named, known);
    }
}
