//! `GET /api/v1/auth/oidc`

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Anyone, Query};
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = Providers)]
pub(super) struct Response {
    data: Vec<ProviderView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(super) struct ProviderView {
    #[schema(example = "google")]
    name: String,
    /// Where a browser begins.
    #[schema(example = "/api/v1/auth/oidc/google/start")]
    start: String,
}

/// Whose accounts sign in here.
#[utoipa::path(get, path = "/api/v1/auth/oidc", tag = "auth", responses((status = 200, body = Response)))]
pub(super) async fn handler(_: Anyone, _: Query<()>, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let view = |name: &str| ProviderView { name: name.to_owned(), start: format!("/api/v1/auth/oidc/{name}/start") };
    Ok(HttpResponse::Ok().json(Response { data: state.identity.federation().providers().map(view).collect() }))
}
