//! `GET /problems/{name}`: what the `type` of a problem document leads to.

use actix_web::HttpResponse;
use askama::Template;

use super::page;
use crate::error::members::Member;
use crate::error::{ApiError, Code};
use crate::extract::{Anyone, FromSegment, Segment};

#[derive(Template)]
#[template(path = "problem.html")]
struct Page {
    code: Code,
    members: Vec<Member>,
}

impl FromSegment for Code {
    const NAME: &'static str = "name";

    fn from_segment(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.slug() == text)
    }
}

pub(super) async fn handler(_: Anyone, Segment(code): Segment<Code>) -> Result<HttpResponse, ApiError> {
    let members = code.members().collect();
    Ok(page(Page { code, members }.render().map_err(ApiError::internal)?))
}
