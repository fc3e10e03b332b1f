//! `GET /api/v1/me/sessions`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::SessionId;
use identity::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
pub(super) struct Response {
    data: Vec<SessionView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SignIn)]
pub(crate) struct SessionView {
    #[schema(example = "sess_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: String,
    /// The one that asks.
    is_current: bool,
    /// What the device called itself.
    device: Option<String>,
    address: Option<String>,
    /// Whether a second factor was shown.
    second_factor: bool,
    #[schema(format = DateTime)]
    begun_at: String,
    /// When it last got an access token.
    #[schema(format = DateTime)]
    seen_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl SessionView {
    pub(crate) fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id.to_string(),
            is_current: session.id == current,
            device: session.device,
            address: session.address.map(|address| address.to_string()),
            second_factor: session.second_factor,
            begun_at: rfc3339(session.begun_at),
            seen_at: rfc3339(session.seen_at),
            expires_at: rfc3339(session.expires_at),
        }
    }
}

/// Where you are signed in, what was seen last first.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let sessions = state.identity.sessions().list(customer.store, customer.account, arrival.now).await?;
    let view = |session| SessionView::new(session, customer.session);
    Ok(HttpResponse::Ok().json(Response { data: sessions.into_iter().map(view).collect() }))
}
