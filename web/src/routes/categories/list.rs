//! `GET /api/v1/categories`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::NodeView;
use crate::bodies::{Made, Page, json};
use crate::error::ApiError;
use crate::extract::{Anyone, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = CategoryTree)]
pub(super) struct Response {
    data: Vec<NodeView>,
}

/// The whole tree. What is archived, and what hangs below it, is not in it.
#[utoipa::path(
    get,
    path = "/api/v1/categories",
    tag = "catalogue",
    responses((status = 200, body = Response), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    _: Query<()>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let store = arrival.store;
    let make = || {
        let catalog = state.engine.catalog().clone();
        async move {
            let data = catalog.category_tree(store).await?.into_iter().map(NodeView::from).collect();
            Ok(Made { document: json(&Response { data })?, until: None })
        }
    };
    Ok(state.bodies.get(store, Page::Categories, arrival.now, make).await?.respond(&request))
}
