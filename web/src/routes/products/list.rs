//! `GET /api/v1/products`

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, LINK};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use engine::clock::Timestamp;
use engine::id::StoreId;
use engine::search::{self, Filters, Matching, Query as Question, Search};
use engine::searched::Outcome;

use super::asking::Asking;
use super::listing::ListingView;
use crate::bodies::{Made, NotMade, Page};
use crate::document::Document;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{Anyone, Query, Staff};
use crate::middleware::Arrival;
use crate::routes::search::Asked;
use crate::state::State;
use crate::view::next_link;

/// Products by words, filters and sort, with what they could be filtered by further.
///
/// Values of one filter are alternatives, filters hold together; each facet is counted without its own filter. Attributes
/// are filtered by `attr.<key>=<value>,<value>`, numbers also by `attr.<key>[min]` and `[max]`; what is not wanted, by
/// `attr.<key>[not]`. Values stand between commas; one that has a comma itself, in double quotes. An attribute that no
/// product has is refused, with what there is.
#[utoipa::path(
    get,
    path = "/api/v1/products",
    tag = "catalogue",
    params(
        ("q" = Option<String>, Query, max_length = 200, description = "words; a SKU, a barcode or a whole title finds its product first"),
        ("category" = Option<String>, Query, description = "slugs, separated by commas; with what is below them"),
        ("category[not]" = Option<String>, Query, description = "slugs: none of these, nor what is below them"),
        ("brand" = Option<String>, Query, description = "slugs, separated by commas"),
        ("brand[not]" = Option<String>, Query, description = "slugs: none of these"),
        ("price[min]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("price[max]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("rating[min]" = Option<f64>, Query, minimum = 0, maximum = 5, description = "in stars"),
        ("discount[min]" = Option<u32>, Query, minimum = 0, maximum = 100, description = "below the MRP, in percent"),
        ("availability" = Option<String>, Query, description = "in_stock, low, sold_out, separated by commas"),
        ("attr.color" = Option<String>, Query, description = "any attribute's key behind `attr.`"),
        ("attr.color[not]" = Option<String>, Query, description = "likewise: none of these"),
        ("attr.size[min]" = Option<f64>, Query, description = "of an attribute that is a number, to the thousandth; also `[max]`"),
        ("sort" = Option<String>, Query, description = "relevance, price, created_at, title; with `-`, downwards", example = "-created_at,price"),
        ("page" = Option<u32>, Query, minimum = 1),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next_cursor` of the page before"),
        ("facets" = Option<bool>, Query, description = "false: leave them out"),
        ("include_total" = Option<bool>, Query),
        ("explain" = Option<bool>, Query, description = "true: why each product stands where it stands; for staff with `search:read`")
    ),
    responses((status = 200, body = ListingView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    Query(Asking { question, include_total }): Query<Asking>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let query: Arc<str> = request.query_string().into();
    let (store, asked) = (arrival.store, Asked::of(&question));
    if question.explain {
        return explained(&request, &state, store, question, include_total).await;
    }
    let make = || {
        let (search, query) = (state.search.clone(), Arc::clone(&query));
        async move {
            let Listed { listing, until, outcome } = listing(&search, store, question, include_total).await?;
            let body = serde_json::to_vec(&listing).map_err(|error| NotMade::Failed(error.to_string().into()))?;
            let headers = next_page("/api/v1/products", &query, &listing)?;
            let document = Document::with_headers("application/json", body, headers).of_search(outcome);
            Ok(Made { document, until })
        }
    };
    let listing = state.bodies.get(store, Page::Listing(query.clone()), arrival.now, make).await?;
    asked.answered(state.engine.searched(), store, &listing);
    Ok(listing.respond(&request))
}

/// How it came about is for those who look after the shop, and as it is now.
async fn explained(
    request: &HttpRequest,
    state: &State,
    store: StoreId,
    question: Question,
    include_total: bool,
) -> Result<HttpResponse, ApiError> {
    let staff = Staff::<SearchRead>::from_request(request, &mut Payload::None).into_inner()?;
    if staff.store != store {
        return Err(ApiError::not_found("there is no such shop"));
    }
    let Listed { listing, .. } = listing(&state.search, store, question, include_total).await?;
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(listing))
}

/// A page of products.
pub(in crate::routes) struct Listed {
    pub(in crate::routes) listing: ListingView,
    /// When it changes by itself.
    pub(in crate::routes) until: Option<Timestamp>,
    pub(in crate::routes) outcome: Outcome,
}

pub(in crate::routes) async fn listing(
    search: &Search,
    store: StoreId,
    question: Question,
    include_total: bool,
) -> Result<Listed, NotMade> {
    let is_narrowed = question.filters != Filters::default();
    let results = search.page(store, question).await?;
    let until = results.products.iter().filter_map(|listed| listed.card.until).min();
    // How the text matched is told by the text alone; that a filter lets nothing pass says nothing about the words.
    let is_any_good = results.matching != Matching::Nothing && (is_narrowed || results.total > 0);
    let outcome = match (is_any_good, results.unknown_words.is_empty()) {
        (true, true) => Outcome::Found,
        (true, false) => Outcome::FoundWithUnknownWords,
        (false, _) => Outcome::Nothing,
    };
    Ok(Listed { listing: ListingView::new(results, include_total), until, outcome })
}

/// Where the next page of it is, for those who follow links.
pub(in crate::routes) fn next_page(path: &str, query: &str, listing: &ListingView) -> Result<HeaderMap, NotMade> {
    let mut headers = HeaderMap::new();
    if let Some(cursor) = listing.next_cursor() {
        let link = next_link(path, query, cursor);
        headers.insert(LINK, HeaderValue::try_from(link).map_err(|_| NotMade::Failed("a link".into()))?);
    }
    Ok(headers)
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
