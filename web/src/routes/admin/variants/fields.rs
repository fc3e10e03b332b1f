//! A variant as an admin writes it down.

use chrono::{DateTime, Utc};
use engine::catalog::{Attributes, PurchaseLimit, SaleDraft, VariantDraft};
use engine::money::Money;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::view::MoneyView;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VariantDraft)]
pub(in crate::routes::admin) struct VariantFields {
    #[schema(min_length = 1, max_length = 64)]
    sku: String,
    #[serde(default)]
    #[schema(value_type = Object, example = json!({ "color": "red", "size": "M" }))]
    attributes: Attributes,
    #[schema(max_length = 64)]
    barcode: Option<String>,
    /// The maximum retail price; left out: the price.
    #[schema(value_type = Option<MoneyView>)]
    mrp: Option<Money>,
    #[schema(value_type = MoneyView)]
    price: Money,
    sale: Option<SaleFields>,
    /// Left out: `standard`.
    tax_class: Option<String>,
    #[serde(default)]
    #[schema(minimum = 0)]
    weight_grams: i64,
    /// Before it, checkout answers that the sale has not begun.
    on_sale_from: Option<DateTime<Utc>>,
    purchase_limit: Option<LimitFields>,
    /// How long an unpaid order keeps it; left out: as long as the shop says.
    #[schema(minimum = 1)]
    hold_ttl_s: Option<i64>,
    #[serde(default)]
    position: i32,
}

/// A price for a time: from `starts_at` until just before `ends_at`. One of them may be left out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Sale)]
pub(super) struct SaleFields {
    #[schema(value_type = MoneyView)]
    price: Money,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
}

/// At most `max` for one buyer, over all orders; with `window_s`, counted anew in each window.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PurchaseLimit)]
pub(super) struct LimitFields {
    #[schema(minimum = 1)]
    max: i64,
    #[schema(minimum = 1)]
    window_s: Option<i64>,
}

impl VariantFields {
    pub(in crate::routes::admin) fn into_draft(self) -> VariantDraft {
        VariantDraft {
            sku: self.sku,
            attributes: self.attributes,
            barcode: self.barcode,
            mrp: self.mrp,
            price: self.price,
            sale: self.sale.map(SaleDraft::from),
            tax_class: self.tax_class,
            weight_grams: self.weight_grams,
            on_sale_from: self.on_sale_from,
            purchase_limit: self.purchase_limit.map(PurchaseLimit::from),
            hold_ttl_s: self.hold_ttl_s,
            position: self.position,
        }
    }
}

impl From<SaleFields> for SaleDraft {
    fn from(sale: SaleFields) -> Self {
        Self { price: sale.price, starts_at: sale.starts_at, ends_at: sale.ends_at }
    }
}

impl From<LimitFields> for PurchaseLimit {
    fn from(limit: LimitFields) -> Self {
        Self { max: limit.max, window_s: limit.window_s }
    }
}
