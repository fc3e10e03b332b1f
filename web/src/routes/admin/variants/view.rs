//! A variant as the shop sees it.

use engine::catalog::{Attributes, Variant};
use engine::id::{ProductId, VariantId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::{MoneyView, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = AdminVariant)]
pub(in crate::routes::admin) struct VariantView {
    #[schema(value_type = String, example = "var_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: VariantId,
    #[schema(value_type = String, example = "prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    product_id: ProductId,
    sku: String,
    #[schema(value_type = Object)]
    attributes: Attributes,
    barcode: Option<String>,
    mrp: MoneyView,
    price: MoneyView,
    sale: Option<SaleView>,
    tax_class: String,
    tax_rate_bp: u32,
    tax_inclusive: bool,
    weight_grams: i64,
    #[schema(format = DateTime)]
    on_sale_from: Option<String>,
    purchase_limit: Option<LimitView>,
    hold_ttl_s: Option<i64>,
    position: i32,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AdminSale)]
struct SaleView {
    price: MoneyView,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    #[schema(format = DateTime)]
    ends_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AdminPurchaseLimit)]
struct LimitView {
    max: i64,
    window_s: Option<i64>,
}

impl From<Variant> for VariantView {
    fn from(variant: Variant) -> Self {
        let price = variant.price;
        let money = |amount| MoneyView::new(amount, price.currency);
        Self {
            id: variant.id,
            product_id: variant.product_id,
            sku: variant.sku.to_string(),
            attributes: variant.attributes,
            barcode: variant.barcode,
            mrp: money(price.mrp_minor),
            price: money(price.price_minor),
            sale: price.sale.map(|sale| SaleView {
                price: money(sale.price_minor),
                starts_at: sale.starts_at.map(rfc3339),
                ends_at: sale.ends_at.map(rfc3339),
            }),
            tax_class: variant.tax_class,
            tax_rate_bp: price.tax.rate_bp,
            tax_inclusive: price.tax.inclusive,
            weight_grams: variant.weight_grams,
            on_sale_from: variant.on_sale_from.map(rfc3339),
            purchase_limit: variant.purchase_limit.map(|limit| LimitView { max: limit.max, window_s: limit.window_s }),
            hold_ttl_s: variant.hold_ttl_s,
            position: variant.position,
            version: variant.version,
            archived_at: variant.archived_at.map(rfc3339),
            created_at: rfc3339(variant.created_at),
            updated_at: rfc3339(variant.updated_at),
        }
    }
}

impl Thing for VariantView {
    const COLLECTION: &'static str = "/api/v1/admin/variants";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
