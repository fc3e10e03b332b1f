//! `GET /api/docs`

use actix_web::HttpResponse;
use askama::Template;

use super::page;
use crate::error::ApiError;
use crate::extract::Anyone;

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs;

pub(super) async fn handler(_: Anyone) -> Result<HttpResponse, ApiError> {
    Ok(page(Docs.render().map_err(ApiError::internal)?))
}
