//! `GET /api/v1/categories/{slug}`

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Slug;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::CategoryView;
use crate::bodies::{Made, NotMade, Page};
use crate::document::Document;
use crate::error::ApiError;
use crate::extract::{Anyone, Query, Segment};
use crate::middleware::Arrival;
use crate::routes::products::{AskingWithin, Listed, ListingView, listing, next_page};
use crate::routes::search::Asked;
use crate::state::State;

#[derive(Serialize, ToSchema)]
#[schema(as = CategoryPage)]
pub(super) struct CategoryPageView {
    #[serde(flatten)]
    category: CategoryView,
    /// What is in it and below it.
    products: ListingView,
}

/// One category with its place in the tree, the attributes that hold in it, and a page of its products.
///
/// The products are asked for as in `GET /products`, with the same parameters but `category`.
#[utoipa::path(
    get,
    path = "/api/v1/categories/{slug}",
    tag = "catalogue",
    params(
        ("slug" = String, Path),
        ("q" = Option<String>, Query, max_length = 200, description = "words, in this category"),
        ("category[not]" = Option<String>, Query, description = "slugs below it: none of these"),
        ("brand" = Option<String>, Query, description = "slugs, separated by commas"),
        ("brand[not]" = Option<String>, Query, description = "slugs: none of these"),
        ("price[min]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("price[max]" = Option<i64>, Query, minimum = 0, description = "in minor units"),
        ("rating[min]" = Option<f64>, Query, minimum = 0, maximum = 5, description = "in stars"),
        ("discount[min]" = Option<u32>, Query, minimum = 0, maximum = 100, description = "below the MRP, in percent"),
        ("availability" = Option<String>, Query, description = "in_stock, low, sold_out, separated by commas"),
        ("attr.color" = Option<String>, Query, description = "any attribute's key behind `attr.`; also `[not]`, `[min]` and `[max]`"),
        ("sort" = Option<String>, Query, description = "relevance, price, created_at, title; with `-`, downwards", example = "-created_at,price"),
        ("page" = Option<u32>, Query, minimum = 1),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`products.page.next_cursor` of the page before"),
        ("facets" = Option<bool>, Query, description = "false: leave them out"),
        ("include_total" = Option<bool>, Query)
    ),
    responses((status = 200, body = CategoryPageView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    Segment(slug): Segment<Slug>,
    Query(AskingWithin(asking)): Query<AskingWithin>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let query: Arc<str> = request.query_string().into();
    let page = Page::Category(slug.clone(), Arc::clone(&query));
    let (store, asked) = (arrival.store, Asked::of(&asking.question));
    let make = || {
        let (catalog, search) = (state.engine.catalog().clone(), state.search.clone());
        let (mut question, path) = (asking.question, request.path().to_owned());
        async move {
            let detail = catalog.category_detail(store, &slug).await?;
            question.filters.categories = vec![slug.to_string()];
            let Listed { listing: products, until, outcome } =
                listing(&search, store, question, asking.include_total).await?;
            let headers = next_page(&path, &query, &products)?;
            let page = CategoryPageView { category: CategoryView::from(detail), products };
            let body = serde_json::to_vec(&page).map_err(|error| NotMade::Failed(error.to_string().into()))?;
            let document = Document::with_headers("application/json", body, headers).of_search(outcome);
            Ok(Made { document, until })
        }
    };
    let page = state.bodies.get(store, page, arrival.now, make).await?;
    asked.answered(state.engine.searched(), store, &page);
    Ok(page.respond(&request))
}
