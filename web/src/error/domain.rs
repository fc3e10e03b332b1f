//! What the engine's errors mean to a caller: each domain's error is translated once, here.

use engine::actor::StartError;
use engine::cart;
use engine::catalog;
use engine::checkout;
use engine::desk;
use engine::error::{Coded, ErrorCode};
use engine::inventory;
use engine::journal::NotWritten;
use engine::merchandising;
use engine::order;
use engine::postgres::DatabaseError;
use engine::pricing;
use engine::search;
use identity::access::KeyError;
use identity::staff::StaffError;

use super::{ApiError, Code, FieldError, LimitReached, Shortage};

/// Seconds after which somebody who was sent away may come back. The door adds jitter where it sends many away itself.
const SOON_S: u64 = 1;

impl From<checkout::Error> for ApiError {
    fn from(error: checkout::Error) -> Self {
        use checkout::Error as E;
        match error {
            E::KeyInFlight => Self::idempotency_key_in_flight(),
            E::KeyReused => Self::idempotency_key_reused(),
            E::Empty => Self::invalid("/items", "there is nothing to buy"),
            E::UnknownSku { sku, line } => field(item(line, "sku"), "unknown", format!("there is no SKU {sku}")),
            E::NotForSale { sku, line } => field(item(line, "sku"), "not_for_sale", format!("{sku} is not for sale")),
            E::NotOnSaleYet { sku, opens_at } => Self::not_on_sale_yet(&sku, opens_at),
            E::PriceChanged(repriced) => Self::price_changed(&repriced),
            E::QuoteExpired => Self::quote_expired(),
            E::Pricing(error) => error.into(),
            E::OutOfStock { items } => Self::out_of_stock(&items.into_iter().map(Shortage::from).collect::<Vec<_>>()),
            E::LimitReached { sku, location: location_id, seq, limit, already, requested, resets_at } => {
                Self::purchase_limit_reached(&LimitReached {
                    sku: &sku,
                    location_id,
                    seq,
                    requested,
                    limit,
                    already,
                    resets_at,
                })
            }
            E::HoldTooLong { max_s } => Self::invalid("/hold_ttl_s", format!("at most {max_s}")),
            E::CompletionInProgress => Self::completion_in_progress(),
            E::CartConverted { order } => Self::cart_converted(order.map(|order| order.to_string())),
            E::Busy => Self::overloaded(SOON_S),
            E::Unavailable(cause) => unavailable(cause),
            E::Stopped => Self::temporarily_unavailable("an item is being checked"),
            E::OutcomeUnknown => Self::outcome_unknown(),
            E::Internal(cause) => Self::internal(cause),
        }
    }
}

impl From<pricing::Error> for ApiError {
    fn from(error: pricing::Error) -> Self {
        use pricing::Error as E;
        match error {
            E::NoLines => Self::invalid("/items", error.to_string()),
            E::TooManyLines { .. } => field("/items".to_owned(), "too_many", error.to_string()),
            E::NothingWanted { line } => {
                field(item(line.saturating_sub(1), "quantity"), "out_of_range", error.to_string())
            }
            E::CurrencyMismatch { line, .. } => {
                field(item(line.saturating_sub(1), "sku"), "currency", error.to_string())
            }
            E::Overflow => field("/items".to_owned(), "out_of_range", error.to_string()),
            E::ImpossiblePrice { .. } => Self::internal(error),
        }
    }
}

impl From<cart::Error> for ApiError {
    fn from(error: cart::Error) -> Self {
        use cart::Error as E;
        match error {
            E::Refused(refused) => refused.into(),
            E::Busy | E::NotLoaded(StartError::Full | StartError::Crowded) => Self::overloaded(SOON_S),
            E::Unavailable | E::NotLoaded(StartError::Load(_)) => unavailable(error),
            E::OutcomeUnknown => Self::outcome_unknown().caused_by(error),
            E::Incident { incident } => Self::internal(format_args!("incident {incident}")),
        }
    }
}

impl From<cart::Refused> for ApiError {
    fn from(refused: cart::Refused) -> Self {
        use cart::Refused as R;
        let detail = refused.to_string();
        match refused {
            R::VersionConflict { current } => Self::precondition_failed(current),
            R::CompletionInProgress => Self::completion_in_progress(),
            R::Empty { .. } => Self::invalid("", detail),
            R::TooManyLines => field("/sku".to_owned(), "too_many", detail),
            R::TooMany { .. } => field("/quantity".to_owned(), "out_of_range", detail),
            R::NoSuchLine { .. } => Self::not_found(detail),
            R::UnknownSku { .. } => field("/sku".to_owned(), "unknown", detail),
            R::NotForSale { .. } => field("/sku".to_owned(), "not_for_sale", detail),
        }
    }
}

impl From<desk::Error> for ApiError {
    fn from(error: desk::Error) -> Self {
        use desk::Error as E;
        match error {
            E::NotFound => Self::not_found("there is no such order"),
            E::VersionConflict { current } => Self::precondition_failed(current),
            E::Order(order::Error::InvalidState { from, to, allowed }) => {
                let allowed: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
                Self::invalid_state(from.as_str(), to.as_str(), &allowed)
            }
            E::Order(order::Error::DoneDifferently { status }) => {
                Self::invalid_state(status.as_str(), status.as_str(), &[])
                    .detail("it was done before, with other details")
            }
            E::HoldTooLong { max_s } => Self::invalid("/hold_ttl_s", format!("at most {max_s} s in all")),
            E::HoldExpired => Self::hold_expired(),
            E::KeyReused => Self::idempotency_key_reused(),
            E::KeyInFlight => Self::idempotency_key_in_flight(),
            E::Stock(error) => error.into(),
            E::HoldUnknown { .. } => {
                Self::temporarily_unavailable("an item of this order is being checked").caused_by(error)
            }
            E::NotWritten(why) => why.into(),
            E::Database(error) => error.into(),
        }
    }
}

impl From<inventory::Error> for ApiError {
    fn from(error: inventory::Error) -> Self {
        use inventory::Error as E;
        match error {
            E::Refused(refused) => refused.into(),
            E::Busy | E::Unavailable(StartError::Full | StartError::Crowded) => Self::overloaded(SOON_S),
            E::Unavailable(StartError::Load(_)) | E::Unsure => unavailable(error),
            E::Incident { incident } => Self::internal(format_args!("incident {incident}")),
            E::NotWritten(why) => why.into(),
            E::Twice => Self::invalid("", error.to_string()),
            E::UnknownLocation => field("/location".to_owned(), "unknown", "there is no such location".to_owned()),
            E::KeyReused => Self::idempotency_key_reused(),
            E::KeyInFlight => Self::idempotency_key_in_flight(),
            E::Database(error) => error.into(),
        }
    }
}

impl From<inventory::Refused> for ApiError {
    fn from(refused: inventory::Refused) -> Self {
        use inventory::Refused as R;
        let detail = refused.to_string();
        match refused {
            // Which account it is of, whoever asked knows: see where an admin's change of stock is answered.
            R::Insufficient { available, asked, seq } => Self::new(Code::OutOfStock)
                .detail(detail)
                .member("requested", asked)
                .member("available", available)
                .member("seq", seq),
            // Only who buys is limited, and checkout says it with the SKU.
            R::LimitReached { .. } => Self::internal(detail),
            R::CountVersion { current, seq } => Self::version_conflict(current).member("seq", seq),
            R::BelowReserved { reserved, asked, seq } => field("/on_hand".to_owned(), "below_reserved", detail)
                .member("reserved", reserved)
                .member("requested", asked)
                .member("seq", seq),
            R::OutOfRange => field("/quantity".to_owned(), "out_of_range", detail),
            R::SameLocation => field("/to".to_owned(), "invalid", detail),
            R::Full | R::Underway => Self::overloaded(SOON_S),
            R::HeldDifferently { .. } | R::Gone | R::ReturnTooLarge { .. } => {
                Self::new(Code::InvalidState).detail(detail)
            }
        }
    }
}

impl From<NotWritten> for ApiError {
    fn from(why: NotWritten) -> Self {
        match why {
            NotWritten::Full | NotWritten::Withdrawn | NotWritten::Stale => Self::overloaded(SOON_S),
            NotWritten::DatabaseDown | NotWritten::NotOwner => unavailable(why),
            NotWritten::DoneBefore | NotWritten::Unknown => Self::outcome_unknown(),
            NotWritten::Stopped => Self::temporarily_unavailable("an item is being checked"),
            NotWritten::Poison => Self::internal(why),
        }
    }
}

impl From<catalog::Error> for ApiError {
    fn from(error: catalog::Error) -> Self {
        use catalog::Error as E;
        match error {
            E::Invalid(errors) => {
                let errors = errors.into_iter();
                Self::validation(errors.map(|error| FieldError::new(error.pointer, error.code, error.detail)).collect())
            }
            E::NotFound(what) => Self::not_found(format!("there is no such {what}")),
            E::VersionConflict { current, .. } => Self::precondition_failed(current),
            E::InvalidState { from, to, allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(|status| status.as_str()).collect();
                Self::invalid_state(from.as_str(), to.as_str(), &allowed)
            }
            E::KeyInFlight => Self::idempotency_key_in_flight(),
            E::KeyReused => Self::idempotency_key_reused(),
            E::InUse { .. } | E::Needed { .. } => Self::new(Code::InvalidState).detail(error.to_string()),
            E::Database(_) if error.code() == ErrorCode::Unavailable => unavailable(error),
            E::Database(_) => Self::internal(error),
            E::OutcomeUnknown(_) => Self::outcome_unknown().caused_by(error),
        }
    }
}

impl From<merchandising::Error> for ApiError {
    fn from(error: merchandising::Error) -> Self {
        use merchandising::Error as E;
        match error {
            E::Invalid(errors) => {
                let errors = errors.into_iter();
                Self::validation(errors.map(|error| FieldError::new(error.pointer, error.code, error.detail)).collect())
            }
            E::NotFound(what) => Self::not_found(format!("there is no such {what}")),
            E::VersionConflict { current } => Self::precondition_failed(current),
            E::Full { .. } => field(String::new(), "too_many", error.to_string()),
            E::KeyInFlight => Self::idempotency_key_in_flight(),
            E::KeyReused => Self::idempotency_key_reused(),
            E::Database(_) if error.code() == ErrorCode::Unavailable => unavailable(error),
            E::Database(_) => Self::internal(error),
            E::OutcomeUnknown(_) => Self::outcome_unknown().caused_by(error),
        }
    }
}

impl From<search::Error> for ApiError {
    fn from(error: search::Error) -> Self {
        match error {
            search::Error::Catalog(error) => error.into(),
            search::Error::Database(error) => error.into(),
            error @ search::Error::OutcomeUnknown(_) => Self::outcome_unknown().caused_by(error),
            error @ (search::Error::Index(_)
            | search::Error::DamagedCard { .. }
            | search::Error::NotBuilt { .. }
            | search::Error::Embedder(_)
            | search::Error::Stopped) => match error.code() {
                ErrorCode::Invalid => Self::bad_request(error.to_string()),
                ErrorCode::Unavailable | ErrorCode::Busy => unavailable(error),
                ErrorCode::NotFound
                | ErrorCode::Conflict
                | ErrorCode::Rejected
                | ErrorCode::Forbidden
                | ErrorCode::Internal => Self::internal(error),
            },
        }
    }
}

impl From<KeyError> for ApiError {
    fn from(error: KeyError) -> Self {
        use KeyError as E;
        match error {
            E::Invalid { pointer, code, detail } => field(pointer, code, detail),
            E::NotFound => Self::not_found("there is no such key"),
            E::VersionConflict { current } => Self::precondition_failed(current),
            E::Ended(_) => Self::new(Code::InvalidState).detail(error.to_string()),
            E::Database(error) => error.into(),
        }
    }
}

impl From<StaffError> for ApiError {
    fn from(error: StaffError) -> Self {
        use StaffError as E;
        match error {
            E::NotFound => Self::not_found("there is no such account"),
            E::VersionConflict { current } => Self::precondition_failed(current),
            E::LastAdmin | E::Unconfirmed => Self::new(Code::InvalidState).detail(error.to_string()),
            E::Withheld(scope) => Self::forbidden(scope.name()),
            E::NotTheFirst => Self::new(Code::AlreadyExists).detail(error.to_string()),
            E::Account(error) => error.into(),
            E::Database(error) => error.into(),
        }
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        unavailable(error)
    }
}

impl From<checkout::Short> for Shortage {
    fn from(short: checkout::Short) -> Self {
        Self {
            sku: short.sku,
            location_id: short.location,
            requested: short.requested,
            available: short.exact.then_some(short.available),
            seq: short.seq,
        }
    }
}

fn unavailable(cause: impl std::fmt::Display) -> ApiError {
    ApiError::temporarily_unavailable("try again in a moment").caused_by(cause)
}

fn field(pointer: String, code: &'static str, detail: String) -> ApiError {
    ApiError::validation(vec![FieldError::new(pointer, code, detail)])
}

fn item(line: usize, name: &str) -> String {
    format!("/items/{line}/{name}")
}
