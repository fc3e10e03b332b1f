//! An offer: everything that pricing and checkout need to know of a variant, and nothing that needs another look-up.

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId, VariantId};
use crate::pricing::UnitPrice;

use super::attribute::Attributes;
use super::name::{Sku, Slug, Title};
use super::product::AvailabilityPolicy;

/// A variant as it is offered. Read from `Offers`, shared, never changed in place.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub variant_id: VariantId,
    pub store_id: StoreId,
    pub product_id: ProductId,
    pub product_slug: Slug,
    pub sku: Sku,
    /// What stands on the order: the product's title and, where it has any, the variant's attributes: `T-Shirt (red, M)`.
    pub title: String,
    pub attributes: Attributes,
    /// MRP, price, scheduled sale and tax: what `pricing` works with.
    pub price: UnitPrice,
    pub tax_class: String,
    pub weight_grams: i64,
    /// Before it, checkout answers that the sale has not begun.
    pub on_sale_from: Option<Timestamp>,
    pub purchase_limit: Option<PurchaseLimit>,
    /// How long an unpaid order keeps it; none: the shop's default.
    pub hold_ttl_s: Option<i64>,
    /// The product is active and the variant is not archived.
    pub sellable: bool,
    /// How much stock shoppers are shown.
    pub availability: AvailabilityPolicy,
}

/// At most so many for one buyer, over all orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseLimit {
    pub max: i64,
    /// Counted anew in each window of so many seconds; none: for ever.
    pub window_s: Option<i64>,
}

/// The variant's own words behind the product's title: the values of its attributes, in the order of their keys.
pub(super) fn title_of(product: &Title, attributes: &Attributes) -> String {
    let mut title = product.to_string();
    for (n, value) in attributes.values().enumerate() {
        title.push_str(if n == 0 { " (" } else { ", " });
        title.push_str(&value.to_string());
    }
    if !attributes.is_empty() {
        title.push(')');
    }
    title
}

/// An offer for tests.
#[cfg(test)]
pub(crate) fn sample(sku: &str) -> Offer {
    let number = sku.bytes().fold(7_u128, |number, byte| number.wrapping_mul(257).wrapping_add(u128::from(byte)));
    Offer {
        variant_id: VariantId::from_uuid(uuid::Uuid::from_u128(number)),
        store_id: StoreId::MAIN,
        product_id: ProductId::from_uuid(uuid::Uuid::from_u128(1)),
        product_slug: Slug::parse("sample").expect("a slug"),
        sku: Sku::parse(sku).expect("a SKU"),
        title: "Sample".to_owned(),
        attributes: Attributes::new(),
        price: UnitPrice {
            currency: crate::money::Currency::INR,
            mrp_minor: 1000,
            price_minor: 900,
            sale: None,
            tax: crate::pricing::TaxRate { rate_bp: 1800, inclusive: true },
        },
        tax_class: "standard".to_owned(),
        weight_grams: 100,
        on_sale_from: None,
        purchase_limit: None,
        hold_ttl_s: None,
        sellable: true,
        availability: AvailabilityPolicy::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_the_variant_where_there_is_something_to_name() {
        let product = Title::parse("T-Shirt").expect("a title");
        let check = |attributes: &str, title: &str| {
            assert_eq!(title_of(&product, &serde_json::from_str(attributes).expect("attributes")), title);
        };
        check("{}", "T-Shirt");
        check(r#"{"size": "M"}"#, "T-Shirt (M)");
        check(r#"{"size": "M", "color": "red"}"#, "T-Shirt (red, M)");
        check(r#"{"inches": 15.6, "touch": true}"#, "T-Shirt (15.6, yes)");
    }
}
