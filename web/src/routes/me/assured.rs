//! What a stolen access token alone does not open: whoever asks for it shows that they are the owner.

use actix_web::HttpRequest;
use chrono::TimeDelta;
use secrecy::SecretString;

use crate::error::ApiError;
use crate::extract::Customer;
use crate::middleware::Arrival;
use crate::routes::auth::begin_own_guess;
use crate::state::State;

/// Who signed in within that time has just shown it.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// That it is the owner who asks, and not whoever found their phone.
pub(super) async fn assure(
    request: &HttpRequest,
    state: &State,
    customer: Customer,
    arrival: &Arrival,
    password: Option<SecretString>,
) -> Result<(), ApiError> {
    let Some(password) = password else {
        let sessions = state.identity.sessions().list(customer.store, customer.account, arrival.now).await?;
        let mine = sessions.iter().find(|session| session.id == customer.session);
        return match mine {
            Some(session) if arrival.now - session.begun_at <= FRESH => Ok(()),
            Some(_) | None => Err(ApiError::invalid("/current_password", "send it, or log in again first")),
        };
    };
    let guess = begin_own_guess(request, state, customer.account).await?;
    let recognized = state.identity.accounts().recognize(customer.store, customer.account, password).await;
    guess.ended(state, &recognized).await;
    Ok(recognized?)
}
