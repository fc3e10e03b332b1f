//! `GET /api/v1/categories/{slug}`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Slug;

use super::view::CategoryView;
use crate::bodies::{Made, Page, json};
use crate::error::ApiError;
use crate::extract::{Anyone, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;

/// One category with its place in the tree and the attributes that hold in it.
#[utoipa::path(
    get,
    path = "/api/v1/categories/{slug}",
    tag = "catalogue",
    params(("slug" = String, Path)),
    responses((status = 200, body = CategoryView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    Segment(slug): Segment<Slug>,
    _: Query<()>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let page = Page::Category(slug.clone());
    let store = arrival.store;
    let make = || {
        let catalog = state.engine.catalog().clone();
        async move {
            let detail = catalog.category_detail(store, &slug).await?;
            Ok(Made { document: json(&CategoryView::from(detail))?, until: None })
        }
    };
    Ok(state.bodies.get(store, page, arrival.now, make).await?.respond(&request))
}
