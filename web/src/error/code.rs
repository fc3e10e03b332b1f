//! The closed list of `code`s: the contract with clients. `title` and `detail` are for people and may change.

use actix_web::http::StatusCode;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:ident, $title:literal, $meaning:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

            /// What stands on the page that a document's `type` leads to.
            pub const fn meaning(self) -> &'static str {
                match self { $(Code::$variant => $meaning,)* }
            }
        }
    };
}

codes! {
    BadRequest = "bad_request", BAD_REQUEST, "The request cannot be read",
        "The request is not readable as what this route takes: broken JSON, a malformed header, a query parameter that does not exist.";
    ValidationFailed = "validation_failed", UNPROCESSABLE_ENTITY, "Some fields are not acceptable",
        "The request is readable, but some of its fields are not acceptable. Each is told with its place and a code.";
    Unauthenticated = "unauthenticated", UNAUTHORIZED, "Say who you are",
        "Nobody has been named, or the token or key is not one of this shop's.";
    TokenExpired = "token_expired", UNAUTHORIZED, "The token has expired",
        "The token was one of this shop's and is too old. Get a new one.";
    InvalidCredentials = "invalid_credentials", UNAUTHORIZED, "The address and the password do not fit",
        "There is no account with this address and this password. Which of them is wrong is not said.";
    AccountBlocked = "account_blocked", FORBIDDEN, "The account is blocked",
        "The shop has blocked this account.";
    EmailNotConfirmed = "email_not_confirmed", FORBIDDEN, "The address is not confirmed yet",
        "Mail with a link was sent to this address; until it is followed, nobody can log in with it.";
    LinkInvalid = "link_invalid", GONE, "The link opens nothing",
        "A link in a mail opens something once, and for a time. This one was used, is too old, or was never sent.";
    SecondFactorRequired = "second_factor_required", UNAUTHORIZED, "Show the second factor too",
        "Who you are was shown, and this account asks for a code besides. For staff whose shop wants one: enrol a second factor.";
    CodeWrong = "code_wrong", UNPROCESSABLE_ENTITY, "The code is wrong",
        "The code is not the right one, or it was used before. Tries are counted.";
    ChallengeOver = "challenge_over", GONE, "Begin anew",
        "What was to be answered is too old, answered, or was guessed at too often.";
    SignInFailed = "sign_in_failed", UNAUTHORIZED, "Signing in elsewhere did not work",
        "What the provider sent back is not what was asked for, or somebody said no there. Nothing was done.";
    SignInAndLink = "sign_in_and_link", CONFLICT, "Sign in first, and link",
        "An account has the address that the provider tells, and it was not proved on both sides whose it is. Sign in to it in another way and link.";
    AlreadyLinked = "already_linked", CONFLICT, "It is linked already",
        "Another account is linked with it, or this one with another of the same provider.";
    Forbidden = "forbidden", FORBIDDEN, "Not permitted",
        "Who asks is known, and may not do this.";
    CrossSiteRequest = "cross_site_request", FORBIDDEN, "Asked by another site's page",
        "A change that only a cookie authorizes was asked for by a page that is not this shop's. Send the token as Authorization: Bearer, or have the origin allowed.";
    AdmissionRequired = "admission_required", FORBIDDEN, "Not admitted to this sale yet",
        "The sale has a queue, and its turn has not come.";
    NotFound = "not_found", NOT_FOUND, "There is no such thing",
        "There is nothing of this name here, or it belongs to somebody else.";
    OutOfStock = "out_of_stock", CONFLICT, "Not enough stock",
        "Fewer are left than were asked for. Nothing was taken: an order is whole or not at all.";
    PurchaseLimitReached = "purchase_limit_reached", CONFLICT, "Purchase limit reached",
        "One buyer may have only so many of this item, over all orders.";
    HoldExpired = "hold_expired", GONE, "The hold ran out",
        "The time for which the goods were kept is over. They are for sale again.";
    PriceChanged = "price_changed", CONFLICT, "The price has changed",
        "The order comes to something else than the buyer was shown. Show the new total and ask again.";
    /// 412 when the version came in `If-Match`, 409 when it came in the body.
    VersionConflict = "version_conflict", PRECONDITION_FAILED, "Somebody else changed it first",
        "Somebody changed it after it was read. Read it again, and decide again.";
    CompletionInProgress = "completion_in_progress", CONFLICT, "This cart is being checked out",
        "Another request is turning this cart into an order at this moment.";
    CartConverted = "cart_converted", CONFLICT, "This cart is an order already",
        "This cart has become an order; a new one begins with the next item.";
    InvalidState = "invalid_state", CONFLICT, "Not possible in this state",
        "What it is now does not allow this. Some states come only after others, and what is in use stays.";
    /// A name (slug, SKU) that something else has already.
    AlreadyExists = "already_exists", CONFLICT, "The name is taken",
        "Something else has this name already.";
    CouponInvalid = "coupon_invalid", UNPROCESSABLE_ENTITY, "This coupon does not exist or has ended",
        "There is no such coupon, or it has ended.";
    CouponExhausted = "coupon_exhausted", UNPROCESSABLE_ENTITY, "This coupon is used up",
        "This coupon has been used as often as it may be.";
    CouponNotEligible = "coupon_not_eligible", UNPROCESSABLE_ENTITY, "This coupon does not fit",
        "This coupon is not for this purchase.";
    IdempotencyKeyRequired = "idempotency_key_required", BAD_REQUEST, "An idempotency key is required",
        "This request changes something that must not happen twice: name the attempt with an Idempotency-Key.";
    IdempotencyKeyReused = "idempotency_key_reused", UNPROCESSABLE_ENTITY, "This idempotency key was used for another request",
        "The same Idempotency-Key came before with another request. A key belongs to one request and its repetitions.";
    IdempotencyKeyInFlight = "idempotency_key_in_flight", CONFLICT, "This request is being worked on",
        "The same request is being worked on. Repeat it in a moment to get its answer.";
    RateLimited = "rate_limited", TOO_MANY_REQUESTS, "Too many requests from you",
        "You have asked more often than anyone may. The headers say when to come back.";
    Overloaded = "overloaded", SERVICE_UNAVAILABLE, "Too many requests from everybody",
        "The shop is full. Nothing was done; come back when the header says.";
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, "The outcome is not known yet",
        "It may have been done or not: the answer of the database has not come. Repeat it with the same Idempotency-Key.";
    PaymentDeclined = "payment_declined", PAYMENT_REQUIRED, "The payment was refused",
        "Who pays for the card or account has refused.";
    PayloadTooLarge = "payload_too_large", PAYLOAD_TOO_LARGE, "The body is too large",
        "The body is larger than this route takes.";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "This resource does not take that method",
        "The address exists, the method does not. The Allow header lists those that do.";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body is in a format that is not taken here",
        "The body is in a format that this route does not take.";
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT, "The request came too slowly",
        "The request did not arrive in time.";
    PreconditionRequired = "precondition_required", PRECONDITION_REQUIRED, "Say which version you change",
        "A change says which version it is made against: send the ETag that was read in If-Match.";
    ProofOfWorkRequired = "proof_of_work_required", PRECONDITION_REQUIRED, "Prove that you are worth it",
        "So many ask at the moment that a little computing time is asked for first. The challenge is inside: answer it, and send the proof in Proof-Of-Work.";
    NotOnSaleYet = "not_on_sale_yet", CONFLICT, "The sale has not begun",
        "The item is for sale from a moment that has not come.";
    QuoteExpired = "quote_expired", CONFLICT, "The quote is too old",
        "The price was promised for a time that is over. Ask for a new one.";
    TemporarilyUnavailable = "temporarily_unavailable", SERVICE_UNAVAILABLE, "Not available for the moment",
        "A part of the shop does not answer at the moment. Nothing was done.";
    StandingBy = "standing_by", SERVICE_UNAVAILABLE, "Another server takes the orders",
        "This server stands by for the one that owns the stock. Nothing was done. It takes over when the other one is gone.";
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something went wrong on our side",
        "A mistake of ours. The trace_id helps to find it.";
}

impl Code {
    /// The last segment of the document's `type`.
    pub fn slug(self) -> String {
        self.name().replace('_', "-")
    }

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
