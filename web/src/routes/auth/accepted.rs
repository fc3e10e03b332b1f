//! The answer where there is nothing to tell.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = Accepted)]
pub(crate) struct Accepted {
    /// Always this: what came of it is said by mail alone.
    #[schema(example = "accepted")]
    status: &'static str,
}

impl Accepted {
    pub(crate) fn respond() -> HttpResponse {
        HttpResponse::Accepted().json(Self { status: "accepted" })
    }
}
