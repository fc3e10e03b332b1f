//! Guesses at a password or a code: begun before it is looked at, and before the database is.
//!
//! First they are counted by network, over all servers; then by what failed before (`identity::throttle`), which costs the
//! guesser time and nobody else. Whoever signed in once keeps a cookie that opens nothing, and names allowances, in both
//! counts, that strangers cannot use up.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use engine::id::AccountId;
use identity::account::{Error as AccountError, LoginError};
use identity::throttle::{Attempt, DEVICE_LIFETIME, Ticket, TooSoon};
use identity::{codes, second_factor};

use crate::error::ApiError;
use crate::extract::admit_everywhere;
use crate::middleware::{Arrival, Caller};
use crate::state::State;

const DEVICE: &str = "doorbuster_device";
const PATH: &str = "/api/v1/auth";

/// A guess under way. It counts as wrong unless it is said how else it ended.
#[must_use = "say how it ended"]
pub(in crate::routes) struct Guess(Option<Ticket>);

/// How a guess ended.
pub(in crate::routes) enum Outcome {
    Right,
    Wrong,
    /// Nobody looked whether it was.
    Unseen,
}

/// Whether somebody who is signed in may say their password now: whoever holds a stolen token guesses no faster than a
/// stranger.
pub(in crate::routes) async fn begin_own_guess(
    request: &HttpRequest,
    state: &State,
    account: AccountId,
) -> Result<Guess, ApiError> {
    admit_everywhere(request, Caller::Returning(account.uuid())).await?;
    begin(request, state, &account.to_string()).await
}

/// Whether somebody may say the password of `who` now.
pub(super) async fn begin_guess(request: &HttpRequest, state: &State, who: &str) -> Result<Guess, ApiError> {
    admit_to_sign_in(request, state, who).await?;
    begin(request, state, who).await
}

/// Counts whoever signs in as `who`, or wants a code for it. Says whether it is on a device on which they did before.
pub(super) async fn admit_to_sign_in(request: &HttpRequest, state: &State, who: &str) -> Result<bool, ApiError> {
    let shown = request.cookie(DEVICE);
    let attempt = attempt(request, who, shown.as_ref());
    let known = state.throttle.known(&attempt, Arrival::of(request).now);
    admit_everywhere(request, known.map_or(Caller::SigningIn, Caller::Returning)).await?;
    Ok(known.is_some())
}

async fn begin(request: &HttpRequest, state: &State, who: &str) -> Result<Guess, ApiError> {
    let arrival = Arrival::of(request);
    if state.rate_limits.spares(arrival.address) {
        return Ok(Guess(None));
    }
    let shown = request.cookie(DEVICE);
    match state.throttle.begin(&attempt(request, who, shown.as_ref()), arrival.now).await {
        Ok(ticket) => Ok(Guess(Some(ticket))),
        Err(TooSoon { wait }) => {
            let seconds = u64::try_from(wait.num_milliseconds()).unwrap_or(0).div_ceil(1_000).max(1);
            Err(ApiError::rate_limited(seconds).detail("too many guesses went wrong"))
        }
    }
}

fn attempt<'a>(request: &HttpRequest, who: &'a str, shown: Option<&'a Cookie<'_>>) -> Attempt<'a> {
    let Arrival { store, address, .. } = Arrival::of(request);
    Attempt { store, account: who, address, device: shown.map(Cookie::value) }
}

impl Guess {
    pub(in crate::routes) async fn ended<T, E>(self, state: &State, ended: &Result<T, E>)
    where
        for<'a> &'a E: Into<Outcome>,
    {
        let Some(ticket) = self.0 else { return };
        match ended.as_ref().map_or_else(Into::into, |_| Outcome::Right) {
            Outcome::Right => state.throttle.succeeded(ticket).await,
            // As which it was counted when it began.
            Outcome::Wrong => {}
            Outcome::Unseen => state.throttle.not_tried(ticket).await,
        }
    }
}

impl From<&LoginError> for Outcome {
    fn from(error: &LoginError) -> Self {
        match error {
            LoginError::Wrong => Self::Wrong,
            LoginError::Blocked | LoginError::Unconfirmed => Self::Right,
            LoginError::Busy(_) | LoginError::Database(_) | LoginError::Internal(_) => Self::Unseen,
        }
    }
}

impl From<&codes::Error> for Outcome {
    fn from(error: &codes::Error) -> Self {
        match error {
            codes::Error::Wrong { .. } => Self::Wrong,
            codes::Error::TooSoon { .. }
            | codes::Error::Unknown
            | codes::Error::Closed(_)
            | codes::Error::Database(_) => Self::Unseen,
        }
    }
}

impl From<&second_factor::Error> for Outcome {
    fn from(error: &second_factor::Error) -> Self {
        use second_factor::Error as E;
        match error {
            E::Wrong => Self::Wrong,
            E::ChallengeOver
            | E::TooManyWrong { .. }
            | E::AlreadyEnrolled
            | E::NotEnrolled
            | E::Unreadable
            | E::Database(_) => Self::Unseen,
        }
    }
}

impl From<&AccountError> for Outcome {
    fn from(error: &AccountError) -> Self {
        match error {
            AccountError::WrongPassword => Self::Wrong,
            // What is wrong with the rest is told only to who said the right one.
            AccountError::Weak(_) | AccountError::Taken => Self::Right,
            AccountError::NotFound
            | AccountError::LinkInvalid
            | AccountError::Busy(_)
            | AccountError::Database(_)
            | AccountError::Internal(_) => Self::Unseen,
        }
    }
}

/// What this device shows from now on when it signs in as `who`, an address or a number.
pub(super) fn device(state: &State, arrival: &Arrival, who: &str) -> Cookie<'static> {
    let id = state.engine.ids().next(arrival.now);
    Cookie::build(DEVICE, state.throttle.remember(arrival.store, who, id, arrival.now))
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.behind_tls)
        .max_age(Duration::seconds(DEVICE_LIFETIME.num_seconds()))
        .finish()
}
