//! `GET /api/v1/admin/stock/{sku}`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use engine::catalog::Sku;

use super::view::{StockView, offer};
use crate::error::ApiError;
use crate::extract::needs::StockRead;
use crate::extract::{Query, Segment, Staff};
use crate::state::State;

/// How many there are, and where.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stock/{sku}",
    tag = "admin: stock",
    security(("account" = ["stock:read"]), ("key" = ["stock:read"])),
    params(("sku" = String, Path)),
    responses((status = 200, body = StockView))
)]
pub(super) async fn handler(
    staff: Staff<StockRead>,
    Segment(sku): Segment<Sku>,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let variant = offer(&state, staff.store, &sku).await?.variant_id;
    let stock = StockView::read(&state, &sku, variant).await?;
    Ok(HttpResponse::Ok().insert_header((ETAG, stock.etag())).json(stock))
}
