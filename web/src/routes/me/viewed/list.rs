//! `GET /api/v1/me/viewed`

use actix_web::HttpResponse;
use actix_web::web::Data;
use identity::customer::Viewed;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = ViewedProducts)]
pub(super) struct Response {
    data: Vec<ViewedView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ViewedProduct)]
pub(crate) struct ViewedView {
    slug: String,
    title: String,
    #[schema(format = DateTime)]
    viewed_at: String,
}

impl From<Viewed> for ViewedView {
    fn from(viewed: Viewed) -> Self {
        Self { slug: viewed.slug, title: viewed.title, viewed_at: rfc3339(viewed.viewed_at) }
    }
}

/// The products that you looked at last, the newest first. At most fifty.
#[utoipa::path(
    get,
    path = "/api/v1/me/viewed",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(customer: Customer, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let viewed = state.identity.customers().viewed(customer.store, customer.account).await?;
    Ok(HttpResponse::Ok().json(Response { data: viewed.into_iter().map(ViewedView::from).collect() }))
}
