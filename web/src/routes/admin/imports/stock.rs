//! `POST /api/v1/admin/imports/stock`

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use engine::transfer::Scope;

use super::run::run;
use super::upload::Form;
use super::view::SummaryView;
use crate::error::ApiError;
use crate::extract::needs::ImportsWrite;
use crate::extract::{Query, Staff};
use crate::state::State;

/// Sets the stock of SKUs that are there to what a file says.
///
/// The formats and the form are those of `POST /api/v1/admin/imports/products`. Of each row `sku`, `stock` and
/// `stock.LOCATION` are taken; its other fields are left alone.
#[utoipa::path(
    post,
    path = "/api/v1/admin/imports/stock",
    tag = "admin: imports",
    security(("account" = ["imports:write"]), ("key" = ["imports:write"])),
    request_body(content(
        (String = "text/csv"),
        (String = "text/tab-separated-values"),
        (String = "application/jsonl"),
        (Form = "multipart/form-data")
    )),
    responses((status = 200, body = SummaryView))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<ImportsWrite>,
    _: Query<()>,
    state: Data<State>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let done = run(&request, &state, &staff, payload.into_inner(), Scope::Stock).await?;
    Ok(HttpResponse::Ok().json(SummaryView::from(done)))
}
