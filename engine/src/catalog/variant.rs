//! PURE. Variants: what a shopper buys, a product in one size and colour. The rules of their prices are here.

use chrono::SubsecRound;

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId, VariantId};
use crate::money::{Currency, Money};
use crate::pricing::{Sale, UnitPrice};

use super::attribute::{AttributeDefinition, Attributes, check_attributes};
use super::field::Fields;
use super::name::Sku;
use super::offer::PurchaseLimit;
use super::tax::TaxClass;

#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub id: VariantId,
    pub store_id: StoreId,
    pub product_id: ProductId,
    pub sku: Sku,
    pub attributes: Attributes,
    pub barcode: Option<String>,
    pub price: UnitPrice,
    pub tax_class: String,
    pub weight_grams: i64,
    /// Checkout answers that the sale has not begun, before it.
    pub on_sale_from: Option<Timestamp>,
    pub purchase_limit: Option<PurchaseLimit>,
    pub hold_ttl_s: Option<i64>,
    /// Among the variants of its product.
    pub position: i32,
    pub version: i64,
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A variant as someone wrote it down.
#[derive(Debug, Clone)]
pub struct VariantDraft {
    pub sku: String,
    pub attributes: Attributes,
    pub barcode: Option<String>,
    /// None: the price.
    pub mrp: Option<Money>,
    pub price: Money,
    pub sale: Option<SaleDraft>,
    /// None: `standard`.
    pub tax_class: Option<String>,
    pub weight_grams: i64,
    pub on_sale_from: Option<Timestamp>,
    pub purchase_limit: Option<PurchaseLimit>,
    pub hold_ttl_s: Option<i64>,
    pub position: i32,
}

/// A scheduled sale price, in `[starts_at, ends_at)`, of which one end may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleDraft {
    pub price: Money,
    pub starts_at: Option<Timestamp>,
    pub ends_at: Option<Timestamp>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct VariantPatch {
    pub sku: Option<String>,
    /// As a whole.
    pub attributes: Option<Attributes>,
    pub barcode: Option<Option<String>>,
    /// `Some(None)`: as high as the price.
    pub mrp: Option<Option<Money>>,
    pub price: Option<Money>,
    pub sale: Option<Option<SaleDraft>>,
    pub tax_class: Option<String>,
    pub weight_grams: Option<i64>,
    pub on_sale_from: Option<Option<Timestamp>>,
    pub purchase_limit: Option<Option<PurchaseLimit>>,
    pub hold_ttl_s: Option<Option<i64>>,
    pub position: Option<i32>,
}

/// What a variant is judged by.
pub(super) struct Rules<'a> {
    /// Of the store: what checkout adds up in.
    pub(super) currency: Currency,
    pub(super) tax_classes: &'a [TaxClass],
    /// Of the product's category and its ancestors.
    pub(super) definitions: &'a [AttributeDefinition],
}

/// The parsed fields.
pub(super) struct ParsedVariant {
    pub(super) sku: Sku,
    pub(super) attributes: Attributes,
    pub(super) barcode: Option<String>,
    pub(super) price: UnitPrice,
    pub(super) tax_class: String,
    pub(super) weight_grams: i64,
    pub(super) on_sale_from: Option<Timestamp>,
    pub(super) purchase_limit: Option<PurchaseLimit>,
    pub(super) hold_ttl_s: Option<i64>,
    pub(super) position: i32,
}

const WEIGHT_MAX: i64 = 100_000_000;
const HOLD_TTL_MAX_S: i64 = 30 * 24 * 3600;
const LIMIT_WINDOW_MAX_S: i64 = 10 * 366 * 24 * 3600;

impl VariantDraft {
    /// The least there is to say of a variant.
    pub fn new(sku: impl Into<String>, price: Money) -> Self {
        Self {
            sku: sku.into(),
            attributes: Attributes::new(),
            barcode: None,
            mrp: None,
            price,
            sale: None,
            tax_class: None,
            weight_grams: 0,
            on_sale_from: None,
            purchase_limit: None,
            hold_ttl_s: None,
            position: 0,
        }
    }

    pub(super) fn parse(self, rules: &Rules<'_>, fields: &mut Fields) -> Option<ParsedVariant> {
        let sku = fields.name("/sku", &self.sku, Sku::parse(&self.sku));
        let attributes = check_attributes("/attributes", &self.attributes, rules.definitions);
        fields.nested(attributes);
        let barcode = self.barcode.as_deref().map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned);
        if barcode.as_ref().is_some_and(|code| code.len() > 64 || !code.bytes().all(|byte| byte.is_ascii_graphic())) {
            fields.refuse("/barcode", "invalid", "a barcode is at most 64 printable ASCII characters");
        }
        let tax_class = self.tax_class.as_deref().unwrap_or("standard").to_owned();
        let class = rules.tax_classes.iter().find(|class| class.code.as_str() == tax_class);
        if class.is_none() {
            let known: Vec<&str> = rules.tax_classes.iter().map(|class| class.code.as_str()).collect();
            fields.refuse("/tax_class", "unknown", format_args!("one of {}", known.join(", ")));
        }
        fields.range("/weight_grams", self.weight_grams, 0..=WEIGHT_MAX);
        fields.range("/hold_ttl_s", self.hold_ttl_s.unwrap_or(1), 1..=HOLD_TTL_MAX_S);
        if let Some(limit) = self.purchase_limit {
            fields.range("/purchase_limit/max", limit.max, 1..=crate::quantity::Quantity::MAX);
            fields.range("/purchase_limit/window_s", limit.window_s.unwrap_or(1), 1..=LIMIT_WINDOW_MAX_S);
        }
        let mrp_minor = self.mrp.unwrap_or(self.price).minor;
        self.check_prices(rules.currency, fields);
        let sale = self.sale.map(|sale| Sale {
            price_minor: sale.price.minor,
            starts_at: sale.starts_at.map(stored),
            ends_at: sale.ends_at.map(stored),
        });
        let price = class.map(|class| UnitPrice {
            currency: rules.currency,
            mrp_minor,
            price_minor: self.price.minor,
            sale,
            tax: class.rate,
        });
        sku.zip(price).map(|(sku, price)| ParsedVariant {
            sku,
            attributes: self.attributes,
            barcode,
            price,
            tax_class,
            weight_grams: self.weight_grams,
            on_sale_from: self.on_sale_from.map(stored),
            purchase_limit: self.purchase_limit,
            hold_ttl_s: self.hold_ttl_s,
            position: self.position,
        })
    }

    /// `0 <= sale <= price <= mrp <= the largest total`, all in the store's currency.
    fn check_prices(&self, currency: Currency, fields: &mut Fields) {
        let amounts =
            [("/price", Some(self.price)), ("/mrp", self.mrp), ("/sale/price", self.sale.map(|sale| sale.price))];
        for (pointer, amount) in amounts {
            let Some(amount) = amount else { continue };
            fields.range(pointer, amount.minor, 0..=Money::MAX_TOTAL);
            if amount.currency != currency {
                let told = format_args!("this store sells in {currency}, not {}", amount.currency);
                fields.refuse(pointer, "wrong_currency", told);
            }
        }
        if self.mrp.is_some_and(|mrp| mrp.minor < self.price.minor) {
            fields.refuse("/price", "above_mrp", "the price is above the MRP");
        }
        let Some(sale) = self.sale else { return };
        if sale.price.minor > self.price.minor {
            fields.refuse("/sale/price", "above_price", "the sale price is above the price");
        }
        match (sale.starts_at, sale.ends_at) {
            (None, None) => fields.refuse("/sale", "required", "a sale starts or ends: a lasting price is the price"),
            (Some(starts), Some(ends)) if stored(ends) <= stored(starts) => {
                fields.refuse("/sale/ends_at", "out_of_range", "a sale ends after it starts");
            }
            (Some(_), _) | (_, Some(_)) => {}
        }
    }
}

/// PostgreSQL keeps microseconds; what is answered now is what is read later.
fn stored(time: Timestamp) -> Timestamp {
    time.trunc_subsecs(6)
}

impl Variant {
    pub(super) fn draft(&self) -> VariantDraft {
        let money = |minor| Money::new(minor, self.price.currency);
        VariantDraft {
            sku: self.sku.to_string(),
            attributes: self.attributes.clone(),
            barcode: self.barcode.clone(),
            mrp: Some(money(self.price.mrp_minor)),
            price: money(self.price.price_minor),
            sale: self.price.sale.map(|sale| SaleDraft {
                price: money(sale.price_minor),
                starts_at: sale.starts_at,
                ends_at: sale.ends_at,
            }),
            tax_class: Some(self.tax_class.clone()),
            weight_grams: self.weight_grams,
            on_sale_from: self.on_sale_from,
            purchase_limit: self.purchase_limit,
            hold_ttl_s: self.hold_ttl_s,
            position: self.position,
        }
    }
}

impl VariantPatch {
    pub(super) fn onto(self, draft: VariantDraft) -> VariantDraft {
        VariantDraft {
            sku: self.sku.unwrap_or(draft.sku),
            attributes: self.attributes.unwrap_or(draft.attributes),
            barcode: self.barcode.unwrap_or(draft.barcode),
            mrp: self.mrp.unwrap_or(draft.mrp),
            price: self.price.unwrap_or(draft.price),
            sale: self.sale.unwrap_or(draft.sale),
            tax_class: self.tax_class.or(draft.tax_class),
            weight_grams: self.weight_grams.unwrap_or(draft.weight_grams),
            on_sale_from: self.on_sale_from.unwrap_or(draft.on_sale_from),
            purchase_limit: self.purchase_limit.unwrap_or(draft.purchase_limit),
            hold_ttl_s: self.hold_ttl_s.unwrap_or(draft.hold_ttl_s),
            position: self.position.unwrap_or(draft.position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inr(minor: i64) -> Money {
        Money::new(minor, Currency::INR)
    }

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_timestamp(second, 0)
    }

    fn check(draft: VariantDraft, answer: &str) {
        let class = super::super::tax::sample("standard");
        let rules = Rules { currency: Currency::INR, tax_classes: &[class], definitions: &[] };
        let mut fields = Fields::under("/variants/0");
        draft.parse(&rules, &mut fields);
        assert_eq!(fields.finish().map_or_else(|errors| errors.to_string(), |()| "fine".to_owned()), answer);
    }

    #[test]
    fn prices_descend_from_the_mrp_to_the_sale_price() {
        let draft = VariantDraft::new("A", inr(900));
        let with = |mrp, sale: Option<(i64, Option<i64>, Option<i64>)>| VariantDraft {
            mrp,
            sale: sale.map(|(price, starts, ends)| SaleDraft {
                price: inr(price),
                starts_at: starts.and_then(at),
                ends_at: ends.and_then(at),
            }),
            ..draft.clone()
        };
        check(with(None, None), "fine");
        check(with(Some(inr(900)), Some((900, Some(1), None))), "fine");
        check(with(Some(inr(899)), None), "/variants/0/price: the price is above the MRP");
        check(with(None, Some((901, None, Some(1)))), "/variants/0/sale/price: the sale price is above the price");
        check(
            with(None, Some((1, None, None))),
            "/variants/0/sale: a sale starts or ends: a lasting price is the price",
        );
        check(with(None, Some((1, Some(5), Some(5)))), "/variants/0/sale/ends_at: a sale ends after it starts");
        check(VariantDraft::new("A", inr(-1)), "/variants/0/price: 0 to 1000000000000000, not -1");
        check(
            VariantDraft::new("A", inr(i64::MAX)),
            &format!("/variants/0/price: 0 to 1000000000000000, not {}", i64::MAX),
        );
        check(
            VariantDraft::new("A", Money::new(1, Currency::parse("USD").expect("a currency"))),
            "/variants/0/price: this store sells in INR, not USD",
        );
    }

    #[test]
    fn limits_are_something_one_can_keep() {
        let draft = VariantDraft::new("A", inr(900));
        let limit =
            |max, window_s| VariantDraft { purchase_limit: Some(PurchaseLimit { max, window_s }), ..draft.clone() };
        check(limit(1, None), "fine");
        check(
            limit(0, Some(0)),
            "/variants/0/purchase_limit/max: 1 to 1000000, not 0; \
             /variants/0/purchase_limit/window_s: 1 to 316224000, not 0",
        );
        check(VariantDraft { hold_ttl_s: Some(0), ..draft.clone() }, "/variants/0/hold_ttl_s: 1 to 2592000, not 0");
        check(VariantDraft { weight_grams: -1, ..draft.clone() }, "/variants/0/weight_grams: 0 to 100000000, not -1");
        check(
            VariantDraft { tax_class: Some("none".to_owned()), ..draft.clone() },
            "/variants/0/tax_class: one of standard",
        );
        check(
            VariantDraft { barcode: Some("a b".to_owned()), ..draft.clone() },
            "/variants/0/barcode: a barcode is at most 64 printable ASCII characters",
        );
        check(
            VariantDraft { sku: " ".to_owned(), ..draft },
            "/variants/0/sku: a SKU is 1 to 64 printable ASCII characters without spaces at its ends",
        );
    }
}
