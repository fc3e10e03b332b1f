//! `GET /api/v1/challenge`

use actix_web::web::{Data, Json};
use actix_web::{FromRequest, HttpRequest};
use engine::clock::Timestamp;
use identity::proof::{Challenge, Task};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Anyone, FromQuery, Parameters, Principal, Query, proof};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::{millis_until, rfc3339};

pub(super) struct Request {
    task: Task,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let task = parameters.parsed("for", str::parse)?;
        Ok(Self { task: task.ok_or_else(|| ApiError::bad_request("say what for: registration or cart"))? })
    }
}

/// What is to be answered, and how.
#[derive(Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(crate) struct ChallengeView {
    /// `registration` or `cart`.
    #[serde(rename = "for")]
    task: &'static str,
    /// Look for a number with which the SHA-256 of `challenge:number` begins with `difficulty` zero bits, and send
    /// `challenge:number` as the header `Proof-Of-Work`. Each is used once.
    challenge: String,
    #[schema(example = "sha-256")]
    algorithm: &'static str,
    difficulty: u32,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_ms: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChallengeAnswer)]
pub(super) struct Response {
    /// Whether a proof is asked for now. It may be at any moment while a sale is on; a proof that nobody asked for does no
    /// harm.
    required: bool,
    challenge: ChallengeView,
}

impl ChallengeView {
    pub(crate) fn new(task: Task, challenge: Challenge, now: Timestamp) -> Self {
        Self {
            task: task.name(),
            challenge: challenge.text,
            algorithm: challenge.algorithm,
            difficulty: challenge.difficulty,
            expires_at: rfc3339(challenge.expires_at),
            expires_in_ms: millis_until(challenge.expires_at, now),
        }
    }
}

/// Gets something to prove ahead of the sale.
///
/// For the cart it is of the guest or customer who asks; for a registration, of the network that asks. Whoever comes without
/// a proof where one is asked for is told 428 `proof_of_work_required` with a challenge inside.
#[utoipa::path(
    get,
    path = "/api/v1/challenge",
    tag = "session",
    security((), ("guest" = [])),
    params(("for" = String, Query, description = "`registration` or `cart`", example = "cart")),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    Query(Request { task }): Query<Request>,
    state: Data<State>,
) -> Result<Json<Response>, ApiError> {
    let subject = match task {
        Task::Cart => proof::of_principal(Principal::extract(&request).await?.id),
        Task::Registration => {
            Anyone::extract(&request).await?;
            proof::of_network(arrival.address)
        }
    };
    let challenge = proof::challenge(&state, task, &subject, arrival.now);
    let required = proof::is_required(&state, task);
    Ok(Json(Response { required, challenge: ChallengeView::new(task, challenge, arrival.now) }))
}
