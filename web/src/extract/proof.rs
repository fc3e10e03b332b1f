//! A proof that somebody is worth the trouble, where and when one is asked for (`identity::proof`).

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderName;
use engine::clock::Timestamp;
use engine::id::PrincipalId;
use identity::proof::{Challenge, Task};

use super::{header, state};
use crate::error::ApiError;
use crate::middleware::{Arrival, NetworkId};
use crate::routes::ChallengeView;
use crate::state::State;

const PROOF_OF_WORK: HeaderName = HeaderName::from_static("proof-of-work");

pub(crate) fn of_principal(id: PrincipalId) -> Vec<u8> {
    id.uuid().as_bytes().to_vec()
}

/// Whoever has no name yet is asked by where they come from.
pub(crate) fn of_network(address: IpAddr) -> Vec<u8> {
    NetworkId::of(address).bytes().to_vec()
}

pub(crate) fn is_required(state: &State, task: Task) -> bool {
    let load_percent = || state.load_shed.inside() * 100 / state.load_shed.max_inside().max(1);
    state.proofs.asks(task, load_percent)
}

pub(crate) fn challenge(state: &State, task: Task, subject: &[u8], now: Timestamp) -> Challenge {
    state.proofs.challenge(task, subject, state.engine.ids().next(now), now)
}

/// Lets a request go on that shows a proof, or that need not.
pub(crate) async fn demand(request: &HttpRequest, task: Task, subject: Vec<u8>) -> Result<(), ApiError> {
    let (state, arrival) = (state(request), Arrival::of(request));
    // Where none is asked for, a proof that is shown is left alone: it may be needed in a moment.
    if !is_required(state, task) || state.rate_limits.spares(arrival.address) {
        return Ok(());
    }
    let why = match header(request, &PROOF_OF_WORK)? {
        None => "send a proof of work".to_owned(),
        Some(shown) => match state.proofs.check(shown, task, &subject, arrival.now).await {
            Ok(()) => return Ok(()),
            Err(invalid) => invalid.to_string(),
        },
    };
    let challenge = challenge(state, task, &subject, arrival.now);
    Err(ApiError::proof_of_work_required(why, &ChallengeView::new(task, challenge, arrival.now)))
}
