//! `GET /api/v1/products/{slug}`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::Engine;
use engine::catalog::{ProductDetail, Slug};
use engine::id::{LocationId, StoreId, VariantId};

use super::detail::DetailView;
use crate::bodies::{Made, NotMade, Page, json};
use crate::error::ApiError;
use crate::extract::{Anyone, Query, Segment};
use crate::middleware::Arrival;
use crate::state::State;

/// One product with its variants, what they cost now, and whether there are any.
///
/// Availability is at most two seconds old, and shown as the product's policy allows. While the database cannot be asked,
/// the page is what was last known: then `Cache-Status` says so, and `Age` how old it is.
#[utoipa::path(
    get,
    path = "/api/v1/products/{slug}",
    tag = "catalogue",
    params(("slug" = String, Path)),
    responses((status = 200, body = DetailView), (status = 304, description = "you have it"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    _: Anyone,
    Segment(slug): Segment<Slug>,
    _: Query<()>,
    arrival: Arrival,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let page = Page::Product(slug.clone());
    let store = arrival.store;
    let make = || {
        let (engine, details, now) = (state.engine.clone(), state.details.clone(), arrival.now);
        async move {
            let detail = details.get(store, &slug).await?;
            let sellable = sellable(&engine, store, &detail).await?;
            let view = DetailView::new(&detail, &sellable, now);
            Ok(Made { document: json(&view)?, until: detail.next_boundary(now) })
        }
    };
    Ok(state.bodies.get(store, page, arrival.now, make).await?.respond(&request))
}

/// How many of each variant for sale can be sold. Those that were asked for since the start are known; the others are read.
async fn sellable(engine: &Engine, store: StoreId, detail: &ProductDetail) -> Result<Vec<i64>, NotMade> {
    let status = engine.status();
    if !status.speaks_for_the_cell && !status.journal.standing_by && !status.journal.halted {
        // What memory has of the stock may be old by now: it is shown as what it is.
        return Err(NotMade::Unavailable("the stock cannot be asked for".into()));
    }
    let variants: Vec<VariantId> = detail.for_sale().map(|variant| variant.id).collect();
    let sellable = engine.inventory().sellable(sells_from(engine, store)?, &variants).await;
    sellable.map_err(|error| NotMade::Unavailable(error.to_string().into()))
}

fn sells_from(engine: &Engine, store: StoreId) -> Result<LocationId, NotMade> {
    let shop = engine.shops().of(store).ok_or_else(|| NotMade::Unavailable("this store is not known yet".into()))?;
    Ok(shop.sells_from)
}

pub(crate) async fn sellable_of(engine: &Engine, store: StoreId, variant: VariantId) -> Result<i64, NotMade> {
    let sellable = engine.inventory().sellable(sells_from(engine, store)?, &[variant]).await;
    let sellable = sellable.map_err(|error| NotMade::Unavailable(error.to_string().into()))?;
    Ok(sellable.first().copied().unwrap_or(0))
}
