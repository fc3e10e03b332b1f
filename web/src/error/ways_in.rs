//! What the errors of codes, second factors and other people's accounts mean to a caller.

use actix_web::http::StatusCode;
use engine::postgres::DatabaseError;
use identity::{codes, federation, second_factor};

use super::{ApiError, Code};
use crate::view::rfc3339;

/// Seconds after which somebody who found the way to a provider full may come back.
const SOON_S: u64 = 2;

impl ApiError {
    /// Who they are was shown, and there is more to show.
    pub fn second_factor_asked(question: &second_factor::Question) -> Self {
        Self::new(Code::SecondFactorRequired)
            .detail("send a code to POST /api/v1/auth/second-factor")
            .member("challenge", question.challenge.as_str())
            .member("expires_at", rfc3339(question.expires_at))
    }

    /// Who works for the shop shows one: they are known, and may not go on.
    pub fn second_factor_not_shown() -> Self {
        Self::new(Code::SecondFactorRequired)
            .with_status(StatusCode::FORBIDDEN)
            .detail("enrol one with POST /api/v1/me/second-factor, or sign in with it")
    }

    pub fn challenge_over() -> Self {
        Self::new(Code::ChallengeOver).detail("begin anew")
    }

    pub fn sign_in_failed() -> Self {
        Self::new(Code::SignInFailed).detail("begin anew at GET /api/v1/auth/oidc/{provider}/start")
    }
}

impl From<codes::Error> for ApiError {
    fn from(error: codes::Error) -> Self {
        use codes::Error as E;
        match error {
            E::TooSoon { again_in } => Self::rate_limited(whole_seconds(again_in)),
            E::Unknown | E::Closed(_) => Self::challenge_over(),
            E::Wrong { left } => {
                Self::new(Code::CodeWrong).detail(format!("{left} tries left")).member("tries_left", left)
            }
            E::Database(error) => of_the_database(error),
        }
    }
}

impl From<second_factor::Error> for ApiError {
    fn from(error: second_factor::Error) -> Self {
        use second_factor::Error as E;
        match error {
            E::Wrong => Self::new(Code::CodeWrong).detail(error.to_string()),
            E::ChallengeOver => Self::challenge_over(),
            E::TooManyWrong { again_in } => Self::rate_limited(whole_seconds(again_in)),
            E::AlreadyEnrolled | E::NotEnrolled => Self::new(Code::InvalidState).detail(error.to_string()),
            E::Unreadable => Self::internal(error),
            E::Database(error) => of_the_database(error),
        }
    }
}

impl From<federation::Error> for ApiError {
    fn from(error: federation::Error) -> Self {
        use federation::Error as E;
        match error {
            E::UnknownProvider | E::NotLinked => Self::not_found(error.to_string()),
            E::NotAsked | E::Declined | E::NotGood(_) => Self::sign_in_failed().caused_by(error),
            E::Unavailable(_) => Self::temporarily_unavailable("the provider does not answer").caused_by(error),
            E::Busy => Self::overloaded(SOON_S),
            E::SignInFirst => Self::new(Code::SignInAndLink).detail("then POST /api/v1/me/identities/{provider}"),
            E::Taken | E::HasAnother => Self::new(Code::AlreadyLinked).detail(error.to_string()),
            E::Blocked => Self::account_blocked(),
            E::Unconfirmed => Self::email_not_confirmed(),
            E::LastWayIn => Self::new(Code::InvalidState).detail(error.to_string()),
            E::Database(error) => of_the_database(error),
        }
    }
}

fn whole_seconds(wait: chrono::TimeDelta) -> u64 {
    u64::try_from(wait.num_milliseconds().max(1)).unwrap_or(1).div_ceil(1000)
}

/// An answer that did not come, or a mistake in what was asked.
fn of_the_database(error: DatabaseError) -> ApiError {
    if error.is_no_answer() || error.is_for_later() { error.into() } else { ApiError::internal(error) }
}
