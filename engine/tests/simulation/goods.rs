//! What the simulated shop sells: a handful of scarce things, some of them limited for each buyer.

use chrono::TimeDelta;
use engine::catalog::{Attributes, AvailabilityPolicy, Offer, PurchaseLimit, Shop, Shops, Sku, Slug};
use engine::id::{LocationId, ProductId, StoreId, VariantId};
use engine::money::{Currency, Money};
use engine::pricing::{Item, Rules, ShippingRules, TaxRate, UnitPrice, quote};
use engine::quantity::Quantity;
use uuid::Uuid;

use crate::postgres;

pub(crate) const KINDS: usize = 4;
/// The others have none.
pub(crate) const LIMITED: usize = 1;
pub(crate) const LIMIT: i64 = 2;
/// More than a rush can buy.
pub(crate) const PLENTY: i64 = 100_000;

pub(crate) fn variant(kind: usize) -> VariantId {
    VariantId::from_uuid(Uuid::from_u128(0x5000 + kind as u128))
}

pub(crate) fn sku(kind: usize) -> Sku {
    Sku::parse(&format!("KIND-{kind}")).expect("a SKU")
}

pub(crate) fn kind_of(sku: &str) -> usize {
    sku.trim_start_matches("KIND-").parse().expect("one of ours")
}

pub(crate) fn limit_of(kind: usize) -> Option<i64> {
    (kind == LIMITED).then_some(LIMIT)
}

/// The second place, to which stock is moved and from which nothing is sold.
pub(crate) fn elsewhere() -> LocationId {
    LocationId::from_uuid(Uuid::from_u128(0x10c))
}

pub(crate) fn offers() -> Vec<Offer> {
    (0..KINDS)
        .map(|kind| Offer {
            variant_id: variant(kind),
            store_id: StoreId::MAIN,
            product_id: ProductId::from_uuid(Uuid::from_u128(1)),
            product_slug: Slug::parse("kind").expect("a slug"),
            sku: sku(kind),
            title: "A scarce thing".to_owned(),
            attributes: Attributes::new(),
            price: price(kind),
            tax_class: "standard".to_owned(),
            weight_grams: 100,
            on_sale_from: None,
            purchase_limit: limit_of(kind).map(|max| PurchaseLimit { max, window_s: None }),
            hold_ttl_s: None,
            sellable: true,
            availability: AvailabilityPolicy::Exact,
        })
        .collect()
}

fn price(kind: usize) -> UnitPrice {
    UnitPrice {
        currency: Currency::INR,
        mrp_minor: 2_000 + kind as i64,
        price_minor: 1_000 + kind as i64,
        sale: None,
        tax: TaxRate { rate_bp: 1_800, inclusive: true },
    }
}

fn own_rules() -> Rules {
    let tax = TaxRate { rate_bp: 0, inclusive: true };
    let shipping = ShippingRules { flat_minor: 50, free_from_minor: None, tax };
    Rules { currency: Currency::INR, shipping, valid_for: TimeDelta::minutes(5) }
}

pub(crate) fn shops() -> Shops {
    let shop = Shop { rules: own_rules(), sells_from: LocationId::MAIN };
    Shops::new([(StoreId::MAIN, shop)])
}

/// What a basket costs, which never changes here.
pub(crate) fn total(basket: &[(usize, i64)]) -> Money {
    let items: Vec<Item> = basket
        .iter()
        .map(|(kind, quantity)| Item {
            variant_id: variant(*kind),
            quantity: Quantity::new(*quantity).expect("a few"),
            price: price(*kind),
        })
        .collect();
    let now = postgres::at(std::time::Duration::ZERO);
    let quote = quote(&items, &own_rules(), now).expect("a price");
    Money::new(quote.totals.grand_minor, quote.currency)
}
