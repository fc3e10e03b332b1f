//! `GET /`

use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use chrono::TimeDelta;
use engine::catalog::{AvailabilityPolicy, Offer, Sku};
use engine::clock::Timestamp;
use engine::id::StoreId;
use engine::search::{Availability, availability};

use super::page;
use crate::error::ApiError;
use crate::extract::Anyone;
use crate::middleware::Arrival;
use crate::routes::sellable_of;
use crate::state::State;
use crate::view::{millis_until, rfc3339};

/// What the demo's flash sale sells.
const DEMO_SKU: &str = "DROP-AURORA";

/// Whole as it is sent: a script only keeps it up to date, and without one it is asked for again every few seconds.
#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    sale: Option<Sale>,
    per_second: u64,
    placed: u64,
    version: &'static str,
}

struct Sale {
    sku: String,
    title: String,
    price: String,
    mrp: String,
    /// Empty: it is open.
    opens_in_ms: Option<i64>,
    opens_at: Option<String>,
    availability: &'static str,
    /// `12:34`, `open` or `sold out`.
    headline: String,
    is_open: bool,
    stock: String,
}

/// What runs here, and the demo sale as it happens.
pub(super) async fn handler(_: Anyone, arrival: Arrival, state: Data<State>) -> Result<HttpResponse, ApiError> {
    let home = Home {
        sale: sale(&state, arrival.store, arrival.now).await,
        per_second: state.order_rate.per_second(Instant::now()),
        placed: state.order_rate.placed(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(page(home.render().map_err(ApiError::internal)?))
}

/// Without a database the page still says what runs here.
async fn sale(state: &State, store: StoreId, now: Timestamp) -> Option<Sale> {
    let sku = Sku::parse(DEMO_SKU).expect("a SKU");
    let offer = state.engine.offers().get_one(store, &sku).await.ok().flatten()?;
    let sellable = sellable_of(&state.engine, store, offer.variant_id).await.ok()?;
    offer.sellable.then(|| Sale::new(&offer, sellable, now))
}

impl Sale {
    fn new(offer: &Offer, sellable: i64, now: Timestamp) -> Self {
        let (price, _) = offer.price.in_force(now);
        // Two decimals, as nearly every currency has; this page decides nothing by it.
        let shown = |minor: i64| format!("{} {}.{:02}", offer.price.currency, minor / 100, minor % 100);
        let band = availability(offer.availability, sellable);
        let opens_at = offer.on_sale_from.filter(|opens| now < *opens);
        let (headline, is_open) = match (opens_at, band) {
            (Some(opens), _) => (countdown(opens - now), false),
            (None, Availability::SoldOut) => ("sold out".to_owned(), false),
            (None, Availability::InStock | Availability::Low) => ("open".to_owned(), true),
        };
        let stock = match (offer.availability, band) {
            (AvailabilityPolicy::Exact, _) => sellable.to_string(),
            (_, Availability::InStock) => "in stock".to_owned(),
            (_, Availability::Low) => "few left".to_owned(),
            (_, Availability::SoldOut) => "sold out".to_owned(),
        };
        Self {
            sku: offer.sku.to_string(),
            title: offer.title.clone(),
            price: shown(price),
            mrp: shown(offer.price.mrp_minor),
            opens_in_ms: opens_at.map(|opens| millis_until(opens, now)),
            opens_at: opens_at.map(rfc3339),
            availability: band.name(),
            headline,
            is_open,
            stock,
        }
    }
}

/// `12:34`, or `1:02:03` when it is hours; as the script counts it.
fn countdown(left: TimeDelta) -> String {
    let seconds = (left.num_milliseconds().max(0) + 999) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_is_read_at_a_glance() {
        for (left_ms, shown) in
            [(0, "00:00"), (1, "00:01"), (59_001, "01:00"), (3_599_000, "59:59"), (3_600_000, "1:00:00"), (-5, "00:00")]
        {
            assert_eq!(countdown(TimeDelta::milliseconds(left_ms)), shown);
        }
    }
}
