//! The rules of shipping as the shop sees them.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use engine::catalog::Shipping;
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{MoneyView, etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = Shipping)]
pub(super) struct ShippingView {
    /// For an order, whatever is in it.
    flat: MoneyView,
    /// From this sum of the goods on it is free; null: never.
    free_from: Option<MoneyView>,
    #[schema(example = "standard")]
    tax_class: String,
    version: i64,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Shipping> for ShippingView {
    fn from(shipping: Shipping) -> Self {
        Self {
            flat: shipping.flat.into(),
            free_from: shipping.free_from.map(MoneyView::from),
            tax_class: shipping.tax_class,
            version: shipping.version,
            updated_at: rfc3339(shipping.updated_at),
        }
    }
}

impl ShippingView {
    pub(super) fn ok(self) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, etag(self.version))).json(self)
    }
}
