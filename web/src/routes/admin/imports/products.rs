//! `POST /api/v1/admin/imports/products`

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

/// Takes products, variants and their stock from a file.
///
/// CSV (`text/csv`, `text/tab-separated-values`) or JSON Lines (`application/jsonl`), read as a stream. A file in another
/// system's words comes as a form (`multipart/form-data`): the part `mapping`, a TOML file, then the part `file`. Each row says
/// only what it wants different, so sending a file again changes nothing; a row that is wrong is told in the answer, and its
/// neighbours are taken all the same.
#[utoipa::path(
    post,
    path = "/api/v1/admin/imports/products",
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
    let done = run(&request, &state, &staff, payload.into_inner(), Scope::Products).await?;
    Ok(HttpResponse::Ok().json(SummaryView::from(done)))
}
