//! `GET /api/v1/search/suggest`

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use engine::id::ProductId;
use engine::search::{Card, Suggest, Suggested, SuggestedName, SuggestedScope};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Anyone, FromQuery, Parameters, Query};
use crate::middleware::Arrival;
use crate::state::State;

const DEFAULT_LIMIT: i64 = 6;
const MAX_LIMIT: i64 = 20;
/// Long enough for somebody who types and takes back a letter.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=60");

pub(super) struct Request {
    text: String,
    limit: usize,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let text = parameters.text("q", 1000)?.unwrap_or_default();
        let limit = parameters.integer("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT) as usize;
        Ok(Self { text, limit })
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Suggestions)]
pub(super) struct SuggestionsView {
    /// Texts worth searching for: what others searched for, then what the words of the products make of it.
    #[schema(example = json!(["red shirt"]))]
    queries: Vec<String>,
    /// Those that are wanted most.
    products: Vec<ProductView>,
    categories: Vec<NameView>,
    brands: Vec<NameView>,
    /// A text within a category: "shirt" in Men.
    scoped: Vec<ScopeView>,
}

/// What it costs and whether it is there is told by its page.
#[derive(Serialize, ToSchema)]
#[schema(as = SuggestedProduct)]
struct ProductView {
    #[schema(value_type = String, example = "prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: ProductId,
    #[schema(example = "red-shirt")]
    slug: String,
    #[schema(example = "Red shirt")]
    title: String,
    /// The address of its image.
    image: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SuggestedName)]
struct NameView {
    #[schema(example = "shirts")]
    slug: String,
    #[schema(example = "Shirts")]
    name: String,
    /// How many products it has, about.
    #[schema(example = 12)]
    count: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SuggestedScope)]
struct ScopeView {
    /// What to search for, in that category.
    #[schema(example = "shirt")]
    text: String,
    /// The category's slug.
    #[schema(example = "men")]
    category: String,
    #[schema(example = "Men")]
    name: String,
}

/// What a text that is being typed may become: queries, products, categories, brands.
///
/// From the third letter on mistyped letters are looked past. Without a text, what is searched for most.
#[utoipa::path(
    get,
    path = "/api/v1/search/suggest",
    tag = "catalogue",
    params(
        ("q" = Option<String>, Query, max_length = 200, description = "as typed so far", example = "red shi"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 20, description = "of each kind, at most; 6 unless told")
    ),
    responses((status = 200, body = SuggestionsView))
)]
pub(super) async fn handler(
    _: Anyone,
    Query(Request { text, limit }): Query<Request>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let suggest = Suggest { text, limit, ..Suggest::default() };
    let suggested = state.search.suggested(arrival.store, suggest).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, KEPT));
    Ok(response.json(SuggestionsView::from(suggested)))
}

impl From<Suggested> for SuggestionsView {
    fn from(suggested: Suggested) -> Self {
        let Suggested { queries, products, categories, brands, scoped } = suggested;
        let product =
            |Card { id, slug, title, image, .. }| ProductView { id, slug, title, image: image.map(|image| image.url) };
        let name = |SuggestedName { slug, label, count }| NameView { slug, name: label, count };
        let scope = |SuggestedScope { text, slug, label }| ScopeView { text, category: slug, name: label };
        Self {
            queries,
            products: products.into_iter().map(product).collect(),
            categories: categories.into_iter().map(name).collect(),
            brands: brands.into_iter().map(name).collect(),
            scoped: scoped.into_iter().map(scope).collect(),
        }
    }
}
