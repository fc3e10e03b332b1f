//! `POST /api/v1/search/clicks`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::Slug;
use engine::id::ProductId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::{ApiError, FieldError};
use crate::extract::{Anyone, Body, Query};
use crate::middleware::Arrival;
use crate::state::State;

/// As of a search.
const QUERY_CHARS_MAX: usize = 200;
/// Numbered pages end here.
const POSITION_MAX: u32 = 10_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchClick)]
pub(super) struct Request {
    /// What was searched for, as it was sent.
    #[schema(min_length = 1, max_length = 200, example = "red shirt")]
    query: String,
    /// The id or the slug of what was chosen.
    #[schema(min_length = 1, max_length = 200, example = "t-shirt")]
    product: String,
    /// Where it stood, counted from 1 over all pages.
    #[schema(minimum = 1, maximum = 10_000, example = 3)]
    position: i64,
}

/// Tells that somebody chose a result of their search.
///
/// Counted by text and position, and by nothing else: nobody is noted, and no product.
#[utoipa::path(
    post,
    path = "/api/v1/search/clicks",
    tag = "catalogue",
    request_body = Request,
    responses((status = 204, description = "it is counted"))
)]
pub(super) async fn handler(
    _: Anyone,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (query, position) = check(&body.value).map_err(ApiError::validation)?;
    state.engine.searched().note_click(arrival.store, query, position);
    Ok(HttpResponse::NoContent().finish())
}

fn check(click: &Request) -> Result<(&str, u32), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut refuse = |pointer: &str, code, detail: String| errors.push(FieldError::new(pointer, code, detail));
    let query = click.query.as_str();
    if query.trim().is_empty() {
        refuse("/query", "required", "what was searched for".to_owned());
    }
    if query.chars().count() > QUERY_CHARS_MAX {
        refuse("/query", "too_long", format!("at most {QUERY_CHARS_MAX} characters"));
    }
    if click.product.parse::<ProductId>().is_err() && Slug::parse(&click.product).is_err() {
        refuse("/product", "invalid", "the id or the slug of a product".to_owned());
    }
    let position = u32::try_from(click.position).ok().filter(|position| (1..=POSITION_MAX).contains(position));
    if position.is_none() {
        refuse("/position", "out_of_range", format!("1 to {POSITION_MAX}"));
    }
    match position {
        Some(position) if errors.is_empty() => Ok((query, position)),
        _ => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_with_a_click_is_told_at_once() {
        let tells = |query: &str, product: &str, position: i64, told: &[&str]| {
            let click = Request { query: query.to_owned(), product: product.to_owned(), position };
            let errors = check(&click).err().unwrap_or_default();
            let shown: Vec<String> = errors.iter().map(|e| serde_json::to_string(e).expect("JSON")).collect();
            assert_eq!(shown.len(), told.len(), "{shown:?}");
            assert!(shown.iter().zip(told).all(|(error, pointer)| error.contains(pointer)), "{shown:?}");
        };
        tells("tv", "t-shirt", 1, &[]);
        tells("tv", "prod_00000000000000000000000000000007", 10_000, &[]);
        tells("tv", "prod_7", 1, &["/product"]);
        tells(" ", "", 0, &["/query", "/product", "/position"]);
        tells(&"x".repeat(201), "T", 10_001, &["/query", "/product", "/position"]);
        tells("tv", "t-shirt", i64::MIN, &["/position"]);
    }
}
