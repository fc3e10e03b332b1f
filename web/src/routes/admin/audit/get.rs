//! `GET /api/v1/admin/audit/{id}`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::audit::store;
use engine::id::AuditId;
use engine::postgres::DatabaseError;

use super::view::RecordView;
use crate::error::ApiError;
use crate::extract::needs::AuditRead;
use crate::extract::{Query, Segment, Staff};
use crate::state::State;

/// One line of the audit trail.
#[utoipa::path(
    get,
    path = "/api/v1/admin/audit/{id}",
    tag = "admin: audit",
    security(("account" = ["audit:read"]), ("key" = ["audit:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = RecordView))
)]
pub(super) async fn handler(
    staff: Staff<AuditRead>,
    Segment(id): Segment<AuditId>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let shop = staff.store;
    let found = state
        .engine
        .database()
        .run(move |mut connection| async move { Ok::<_, DatabaseError>(store::find(&mut connection, shop, id).await?) })
        .await?;
    let record = found.ok_or_else(|| ApiError::not_found("the trail has no such line"))?;
    Ok(HttpResponse::Ok().json(RecordView::from(record)))
}
