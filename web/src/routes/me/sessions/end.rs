//! `DELETE /api/v1/me/sessions/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::id::SessionId;
use identity::session::EndReason;

use crate::error::ApiError;
use crate::extract::{Customer, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;

/// Signs a device out.
///
/// What it holds is worth nothing any more: here at once, at other servers within a second.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions/{id}",
    tag = "me",
    security(("account" = [])),
    params(("id" = String, Path, pattern = "^sess_[0-9a-f]{32}$")),
    responses((status = 204, description = "signed out"))
)]
pub(super) async fn handler(
    customer: Customer,
    arrival: Arrival,
    Segment(session): Segment<SessionId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (store, account) = (customer.store, customer.account);
    let reason = if session == customer.session { EndReason::LoggedOut } else { EndReason::EndedElsewhere };
    if state.identity.sessions().end(store, account, session, reason, arrival.now).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::not_found("you have no session of this name, or it has ended"))
    }
}
