//! Looking after the shop: for its staff, and for machines with a secret key.

mod audit;
mod brands;
mod categories;
mod customers;
mod exports;
mod first;
mod imports;
mod keys;
mod locations;
mod orders;
mod products;
mod search;
mod shipping;
mod stock;
mod tax_classes;
pub(crate) mod thing;
mod users;
mod variants;

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderValue};
use engine::desk::{Moved, StockMove};
use engine::order::OrderSnapshot;
use serde::Serialize;

use super::router::Routes;
use crate::routes::checkout::IDEMPOTENT_REPLAYED;
use crate::view::etag;
pub(crate) use products::{ProductPatchRequest, ProductRequest, ProductView};

pub(super) fn routes(routes: &mut Routes) {
    orders::routes(routes);
    stock::routes(routes);
    products::routes(routes);
    variants::routes(routes);
    categories::routes(routes);
    brands::routes(routes);
    locations::routes(routes);
    tax_classes::routes(routes);
    shipping::routes(routes);
    search::routes(routes);
    imports::routes(routes);
    exports::routes(routes);
    keys::routes(routes);
    audit::routes(routes);
    users::routes(routes);
    customers::routes(routes);
    first::routes(routes);
}

/// What every import's path begins with: they are given more time and larger bodies than other requests.
pub(crate) const IMPORTS: &str = "/api/v1/admin/imports/";

/// An order that was moved, as it is now.
pub(super) fn moved<V: Serialize>(
    answer: Moved,
    view: impl FnOnce(OrderSnapshot, Vec<StockMove>) -> V,
    version: impl FnOnce(&V) -> i64,
) -> HttpResponse {
    let view = view(answer.order, answer.stock);
    let mut response = HttpResponse::Ok();
    response.insert_header((ETAG, etag(version(&view))));
    if answer.replayed {
        response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    }
    response.json(view)
}
