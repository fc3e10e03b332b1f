//! `GET /api/v1/products`

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::header::{HeaderMap, HeaderValue, LINK};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::search::{self, Filters, Paging, Query as Question, Sort};

use super::listing::ListingView;
use crate::bodies::{Made, NotMade, Page};
use crate::document::Document;
use crate::error::ApiError;
use crate::extract::{Anyone, FromQuery, Parameters, Query};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::next_link;

const DEFAULT_LIMIT: i64 = 25;
const MAX_LIMIT: i64 = 100;

pub(super) struct Request {
    question: Question,
    include_total: bool,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let text = parameters.text("q", 1000)?.unwrap_or_default();
        let mut attributes = BTreeMap::new();
        for (key, values) in parameters.prefixed("attr.") {
            attributes.insert(key, list(&values));
        }
        let filters = Filters {
            categories: parameters.text("category", 2000)?.map(|slugs| list(&slugs)).unwrap_or_default(),
            brands: parameters.text("brand", 2000)?.map(|slugs| list(&slugs)).unwrap_or_default(),
            price_min: parameters.integer("price[min]", 0..=i64::MAX)?,
            price_max: parameters.integer("price[max]", 0..=i64::MAX)?,
            availability: parameters
                .parsed("availability", |words| words.split(',').map(str::parse).collect())?
                .unwrap_or_default(),
            attributes,
            ..Filters::default()
        };
        let sort = parameters.parsed("sort", |words| words.split(',').map(str::parse::<Sort>).collect())?;
        let limit = parameters.integer("limit", 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT) as usize;
        let page = parameters.integer("page", 1..=10_000)?;
        let cursor = parameters.text("cursor", 2000)?;
        let paging = match (page, cursor) {
            (Some(_), Some(_)) => return Err(ApiError::bad_request("send page or cursor, not both")),
            (page, None) => Paging::Page { page: page.unwrap_or(1) as usize, limit },
            (None, Some(cursor)) => Paging::Cursor { cursor, limit },
        };
        let facets = parameters.boolean("facets")?.unwrap_or(true);
        let include_total = parameters.boolean("include_total")?.unwrap_or(false);
        let sort = sort.unwrap_or_default();
        let question = Question { text, filters, sort, paging, facets, ..Question::default() };
        Ok(Self { question, include_total })
    }
}

fn list(values: &str) -> Vec<String> {
    values.split(',').map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
}

/// Products by words, filters and sort, with what they could be filtered by further.
///
/// Values of one filter are alternatives, filters hold together; each facet is counted without its own filter. Attributes
/// are filtered by `attr.<key>=<value>,<value>`.
#[utoipa::path(
    get,
    path = "/api/v1/products",
    tag = "catalogue",
    params(
        ("q" = Option<String>, Query, max_length = 200, description = "words; a SKU or barcode finds its product first"),
        ("category" = Option<String>, Query, description = "slugs, separated by commas; with what is below them"),
        ("brand" = Option<String>, Query, description = "slugs, separated by commas"),
        ("price[min]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("price[max]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("availability" = Option<String>, Query, description = "in_stock, low, sold_out, separated by commas"),
        ("attr.color" = Option<String>, Query, description = "any attribute's key behind `attr.`"),
        ("sort" = Option<String>, Query, description = "relevance, price, created_at, title; with `-`, downwards", example = "-created_at,price"),
        ("page" = Option<u32>, Query, minimum = 1),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next_cursor` of the page before"),
        ("facets" = Option<bool>, Query, description = "false: leave them out"),
        ("include_total" = Option<bool>, Query)
    ),
    responses((status = 200, body = ListingView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    Query(Request { question, include_total }): Query<Request>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let query: Arc<str> = request.query_string().into();
    let store = arrival.store;
    let make = || {
        let (search, query) = (state.search.clone(), Arc::clone(&query));
        async move {
            let results = search.page(store, question).await?;
            let until = results.products.iter().filter_map(|listed| listed.card.until).min();
            let listing = ListingView::new(results, include_total);
            let body = serde_json::to_vec(&listing).map_err(|error| NotMade::Failed(error.to_string().into()))?;
            let mut headers = HeaderMap::new();
            if let Some(cursor) = listing.next_cursor() {
                let link = next_link("/api/v1/products", &query, cursor);
                headers.insert(LINK, HeaderValue::try_from(link).map_err(|_| NotMade::Failed("a link".into()))?);
            }
            Ok(Made { document: Document::with_headers("application/json", body, headers), until })
        }
    };
    Ok(state.bodies.get(store, Page::Listing(query.clone()), arrival.now, make).await?.respond(&request))
}

impl From<search::Error> for NotMade {
    fn from(error: search::Error) -> Self {
        use engine::error::{Coded, ErrorCode};
        let told = error.to_string().into();
        match error.code() {
            ErrorCode::Invalid => Self::Invalid(told),
            ErrorCode::NotFound => Self::NotFound("there is nothing of that name"),
            ErrorCode::Busy | ErrorCode::Unavailable => Self::Unavailable(told),
            ErrorCode::Conflict | ErrorCode::Rejected | ErrorCode::Forbidden | ErrorCode::Internal => {
                Self::Failed(told)
            }
        }
    }
}
