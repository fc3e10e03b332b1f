//! `GET /`

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use engine::catalog::{Offer, Sku};
use engine::id::StoreId;

use super::page;
use crate::error::ApiError;
use crate::middleware::Arrival;
use crate::state::State;

/// What the demo's flash sale sells.
const DEMO_SKU: &str = "DROP-AURORA";

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    sale: Option<Sale>,
    version: &'static str,
}

struct Sale {
    sku: String,
    title: String,
    price: String,
    mrp: String,
}

/// What runs here, and the demo sale as it happens.
pub(super) async fn handler(arrival: Arrival, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let sku = Sku::parse(DEMO_SKU).expect("a SKU");
    // Without a database the page still says what runs here.
    let offer = state.engine.offers().get_one(StoreId::MAIN, &sku).await.ok().flatten();
    let sale = offer.filter(|offer| offer.sellable).map(|offer| Sale::new(&offer, arrival));
    let home = Home { sale, version: env!("CARGO_PKG_VERSION") };
    Ok(page(home.render().map_err(ApiError::internal)?))
}

impl Sale {
    fn new(offer: &Offer, arrival: Arrival) -> Self {
        let (price, _) = offer.price.in_force(arrival.now);
        // Two decimals, as nearly every currency has; this page decides nothing by it.
        let shown = |minor: i64| format!("{} {}.{:02}", offer.price.currency, minor / 100, minor % 100);
        Self {
            sku: offer.sku.to_string(),
            title: offer.title.clone(),
            price: shown(price),
            mrp: shown(offer.price.mrp_minor),
        }
    }
}
