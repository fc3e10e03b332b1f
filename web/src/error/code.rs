//! The closed list of `code`s: the contract with clients. `title` and `detail` are for people and may change.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident, $title:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            pub const fn status(self) -> StatusCode {
                match self { $(Code::$variant => StatusCode::$status,)* }
            }

            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    BadRequest = "bad_request", BAD_REQUEST, "The request cannot be read";
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY, "Some fields are not acceptable";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Say who you are";
    TokenExpired = "token_expired", UNAUTHORIZED, "The token has expired";
    Forbidden = "forbidden", FORBIDDEN, "Not permitted";
    AdmissionRequired = "admission_required", FORBIDDEN, "Not admitted to this sale yet";
    NotFound = "not_found", NOT_FOUND, "There is no such thing";
    OutOfStock = "out_of_stock", CONFLICT, "Not enough stock";
    PurchaseLimitReached = "purchase_limit_reached", CONFLICT, "Purchase limit reached";
    HoldExpired = "hold_expired", GONE, "The hold ran out";
    PriceChanged = "price_changed", CONFLICT, "The price has changed";
    /// 412 when the version came in `If-Match`, 409 when it came in the body.
    VersionConflict = "version_conflict", PRECONDITION_FAILED, "Somebody else changed it first";
    CompletionInProgress = "completion_in_progress", CONFLICT, "This cart is being checked out";
    CartConverted = "cart_converted", CONFLICT, "This cart is an order already";
    InvalidState = "invalid_state", CONFLICT, "Not possible in this state";
    /// A name (slug, SKU) that something else has already.
    AlreadyExists = "already_exists", CONFLICT, "The name is taken";
    CouponInvalid = "coupon_invalid", UNPROCESSABLE_ENTITY, "This coupon does not exist or has ended";
    CouponExhausted = "coupon_exhausted", UNPROCESSABLE_ENTITY, "This coupon is used up";
    CouponNotEligible = "coupon_not_eligible", UNPROCESSABLE_ENTITY, "This coupon does not fit";
    IdempotencyKeyRequired = "idempotency_key_required", BAD_REQUEST, "An idempotency key is required";
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "This idempotency key was used for another request";
    IdempotencyKeyInFlight = "idempotency_key_in_flight", CONFLICT, "This request is being worked on";
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests from you";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too many requests from everybody";
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, "The outcome is not known yet";
    PaymentDeclined = "payment_declined", PAYMENT_REQUIRED, "The payment was refused";
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This resource does not take that method";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body must be JSON";
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request came too slowly";
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, "Say which version you change";
    NotOnSaleYet = "not_on_sale_yet", CONFLICT, "The sale has not begun";
    QuoteExpired = "quote_expired", CONFLICT, "The quote is too old";
    TemporarilyUnavailable = "temporarily_unavailable", SERVICE_UNAVAILABLE, "Not available for the moment";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side";
}

impl Code {
    /// What a bare status of the framework means in our words.
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            408 => Self::RequestTimeout,
            412 => Self::VersionConflict,
            413 => Self::PayloadTooLarge,
            415 => Self::UnsupportedMediaType,
            422 => Self::ValidationFailed,
            428 => Self::PreconditionRequired,
            429 => Self::RateLimited,
            503 => Self::TemporarilyUnavailable,
            400..=499 => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_and_is_an_error() {
        let names: std::collections::HashSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error(), "{code:?}");
        }
    }
}
