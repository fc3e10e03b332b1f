//! Guesses at a password: begun before it is looked at, and before the database is.
//!
//! First they are counted by network, over all servers; then by what failed before (`identity::throttle`), which costs the
//! guesser time and nobody else. Whoever signed in once keeps a cookie that opens nothing, and names an allowance that
//! strangers cannot use up.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use identity::account::LoginError;
use identity::reach::Email;
use identity::throttle::{Attempt, DEVICE_LIFETIME, Ticket, TooSoon};

use crate::error::ApiError;
use crate::extract::admit_everywhere;
use crate::middleware::{Arrival, Caller};
use crate::state::State;

const DEVICE: &str = "doorbuster_device";
const PATH: &str = "/api/v1/auth";

/// A guess under way. It counts as wrong unless it is said how else it ended.
#[must_use = "say how it ended"]
pub(super) struct Guess(Option<Ticket>);

/// Whether somebody may say the password of `who` now.
pub(super) async fn begin_guess(request: &HttpRequest, state: &State, who: &str) -> Result<Guess, ApiError> {
    admit_everywhere(request, Caller::SigningIn).await?;
    let arrival = Arrival::of(request);
    if state.rate_limits.spares(arrival.address) {
        return Ok(Guess(None));
    }
    let shown = request.cookie(DEVICE);
    let device = shown.as_ref().map(Cookie::value);
    let attempt = Attempt { store: arrival.store, account: who, address: arrival.address, device };
    match state.throttle.begin(&attempt, arrival.now).await {
        Ok(ticket) => Ok(Guess(Some(ticket))),
        Err(TooSoon { wait }) => {
            let seconds = u64::try_from(wait.num_milliseconds()).unwrap_or(0).div_ceil(1_000).max(1);
            Err(ApiError::rate_limited(seconds).detail("too many guesses went wrong"))
        }
    }
}

impl Guess {
    async fn was_right(self, state: &State) {
        if let Some(ticket) = self.0 {
            state.throttle.succeeded(ticket).await;
        }
    }

    /// Nobody looked whether it was.
    async fn was_not_looked_at(self, state: &State) {
        if let Some(ticket) = self.0 {
            state.throttle.not_tried(ticket).await;
        }
    }

    pub(super) async fn ended<T>(self, state: &State, ended: &Result<T, LoginError>) {
        match ended {
            Err(LoginError::Wrong) => {}
            Ok(_) | Err(LoginError::Blocked | LoginError::Unconfirmed) => self.was_right(state).await,
            Err(LoginError::Busy(_) | LoginError::Database(_) | LoginError::Internal(_)) => {
                self.was_not_looked_at(state).await;
            }
        }
    }
}

/// What this device shows from now on when it signs in as `address`.
pub(super) fn device(state: &State, arrival: &Arrival, address: &Email) -> Cookie<'static> {
    let id = state.engine.ids().next(arrival.now);
    Cookie::build(DEVICE, state.throttle.remember(arrival.store, address.key(), id, arrival.now))
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(state.behind_tls)
        .max_age(Duration::seconds(DEVICE_LIFETIME.num_seconds()))
        .finish()
}
