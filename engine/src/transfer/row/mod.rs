//! PURE. One row in this shop's own words: from a record (CSV cells or JSON values) to what the catalogue is asked for.
//!
//! An absent or empty value leaves things as they are; a JSON `null` takes them away where they may be missing.

mod cells;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::catalog::{AttributeValue, Attributes, BulkRow, Media, PurchaseLimit, SaleDraft};
use crate::money::Currency;
pub(super) use cells::plain;
use cells::{Reader, Said, unfolded};

/// Every field a row may have. `attributes.…`, `specs.…` and `stock.…` name parts.
pub(super) const FIELDS: [&str; 28] = [
    "product",
    "title",
    "description",
    "brand",
    "category",
    "specs",
    "media",
    "tags",
    "status",
    "availability",
    "sku",
    "attributes",
    "barcode",
    "currency",
    "price",
    "mrp",
    "sale_price",
    "sale_starts_at",
    "sale_ends_at",
    "tax_class",
    "weight_grams",
    "on_sale_from",
    "purchase_limit",
    "purchase_limit_window_s",
    "hold_ttl_s",
    "position",
    "stock",
    "safety",
];

pub(super) fn is_field(name: &str) -> bool {
    FIELDS.contains(&name) || ["attributes.", "specs.", "stock."].iter().any(|part| name.starts_with(part))
}

#[derive(Debug, Default)]
pub(super) struct Row {
    pub(super) bulk: BulkRow,
    /// Units by location code; the empty one is the default location.
    pub(super) stock: BTreeMap<String, i64>,
}

/// A field that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) field: String,
    pub(super) reason: String,
}

/// Reads a record. `currency` is the store's, for rows that name none.
pub(super) fn read(record: Map<String, Value>, currency: Currency) -> Result<Row, Vec<Unreadable>> {
    let mut reader = Reader::new(record);
    let row = reader.row(currency);
    let (left, mut wrong) = reader.finish();
    wrong.extend(left.keys().map(|field| Unreadable { field: field.clone(), reason: "no such field".to_owned() }));
    if wrong.is_empty() { Ok(row) } else { Err(wrong) }
}

impl Reader {
    fn row(&mut self, store_currency: Currency) -> Row {
        let mut row = Row::default();
        row.bulk.key = self.text("product").flatten();
        let product = &mut row.bulk.product;
        product.title = self.text("title").flatten();
        product.description = self.text("description").map(Option::unwrap_or_default);
        row.bulk.brand = self.text("brand");
        row.bulk.category = self.list("category", " > ");
        product.specs = self.object("specs").map(Option::unwrap_or_default);
        product.media = self.media();
        product.tags = self.list("tags", "|").map(Option::unwrap_or_default);
        product.status = self.parsed("status", |text| text.parse().map_err(|error| format!("{error}"))).flatten();
        product.availability =
            self.parsed("availability", |text| text.parse().map_err(|error| format!("{error}"))).flatten();

        row.bulk.sku = self.text("sku").flatten();
        let currency = self.parsed("currency", |text| Currency::parse(text).map_err(|error| error.to_string()));
        let currency = currency.flatten().unwrap_or(store_currency);
        let variant = &mut row.bulk.variant;
        variant.attributes = self.attributes();
        variant.barcode = self.text("barcode");
        variant.price = self.amount("price", currency).flatten();
        variant.mrp = self.amount("mrp", currency);
        variant.sale = self.sale(currency);
        variant.tax_class = self.text("tax_class").flatten();
        variant.weight_grams = self.integer("weight_grams").map(Option::unwrap_or_default);
        variant.on_sale_from = self.time("on_sale_from");
        let window_s = self.integer("purchase_limit_window_s").flatten();
        variant.purchase_limit =
            self.integer("purchase_limit").map(|limit| limit.map(|max| PurchaseLimit { max, window_s }));
        variant.hold_ttl_s = self.integer("hold_ttl_s");
        variant.position = self.integer("position").flatten().and_then(|position| match i32::try_from(position) {
            Ok(position) => Some(position),
            Err(_) => {
                self.refuse("position", "a position has at most nine digits");
                None
            }
        });
        self.stock(&mut row.stock);
        // Says how much is kept back; only exports have it, counts do not change it.
        self.record.remove("safety");
        row
    }

    /// Price and times belong together: a row that names one of them describes the whole sale.
    fn sale(&mut self, currency: Currency) -> Said<SaleDraft> {
        let price = self.amount("sale_price", currency);
        let starts_at = self.time("sale_starts_at");
        let ends_at = self.time("sale_ends_at");
        match price {
            Some(Some(price)) => {
                Some(Some(SaleDraft { price, starts_at: starts_at.flatten(), ends_at: ends_at.flatten() }))
            }
            Some(None) => Some(None),
            None => {
                if starts_at.flatten().or(ends_at.flatten()).is_some() {
                    self.refuse("sale_price", "a sale with times has a price");
                }
                None
            }
        }
    }

    fn attributes(&mut self) -> Option<Attributes> {
        let object = self.object("attributes")?.unwrap_or_default();
        let mut attributes = Attributes::new();
        for (key, value) in object {
            match AttributeValue::of(&value) {
                Some(AttributeValue::Text(text)) if text.is_empty() => {}
                Some(value) => {
                    attributes.insert(key, value);
                }
                None if value.is_null() => {}
                None => self.refuse(&format!("attributes.{key}"), "an attribute is a single value"),
            }
        }
        Some(attributes)
    }

    fn media(&mut self) -> Option<Vec<Media>> {
        match self.take("media").map(unfolded)? {
            Value::Null => Some(Vec::new()),
            Value::Array(values) => {
                let media: Option<Vec<Media>> = values
                    .into_iter()
                    .map(|value| match value.as_str() {
                        Some(url) => Some(Media { url: url.to_owned(), alt: None }),
                        None => serde_json::from_value(value).ok(),
                    })
                    .collect();
                if media.is_none() {
                    self.refuse("media", "a list of addresses, or of { url, alt }");
                }
                media
            }
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                let Some(text) = plain(&value) else {
                    self.refuse("media", "a list of addresses, or of { url, alt }");
                    return None;
                };
                let urls = text.split('|').map(str::trim).filter(|url| !url.is_empty());
                Some(urls.map(|url| Media { url: url.to_owned(), alt: None }).collect())
            }
        }
    }

    fn stock(&mut self, stock: &mut BTreeMap<String, i64>) {
        if let Some(units) = self.integer("stock").flatten() {
            stock.insert(String::new(), units);
        }
        let located: Vec<String> = self.record.keys().filter(|key| key.starts_with("stock.")).cloned().collect();
        for field in located {
            if let Some(units) = self.integer(&field).flatten() {
                stock.insert(field["stock.".len()..].to_owned(), units);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use crate::money::Money;

    use super::*;

    fn row(json: &str) -> Result<Row, String> {
        let record = serde_json::from_str(json).expect("an object");
        read(record, Currency::INR).map_err(|wrong| {
            wrong.iter().map(|wrong| format!("{}: {}", wrong.field, wrong.reason)).collect::<Vec<_>>().join("; ")
        })
    }

    #[test]
    fn cells_and_json_values_say_the_same() {
        let cells =
            row(r#"{ "sku": " A ", "title": "Lamp", "price": "12.50", "tags": "a | b", "category": "Home > Lamps",
            "weight_grams": "5", "attributes.size": "M", "specs": "{\"watt\":5}", "media": "https://x/1|https://x/2",
            "stock": "7", "status": "active", "on_sale_from": "2026-01-31", "mrp": "" }"#)
            .expect("readable");
        let json =
            row(r#"{ "sku": "A", "title": "Lamp", "price": 12.5, "tags": ["a", "b"], "category": ["Home", "Lamps"],
            "weight_grams": 5, "attributes": { "size": "M" }, "specs": { "watt": 5 },
            "media": ["https://x/1", { "url": "https://x/2" }], "stock": 7, "status": "active",
            "on_sale_from": "2026-01-31T00:00:00Z" }"#)
            .expect("readable");
        assert_eq!(format!("{cells:?}"), format!("{json:?}"));
        assert_eq!(json.bulk.variant.price, Some(Money::new(1250, Currency::INR)));
        assert_eq!(json.stock, BTreeMap::from([(String::new(), 7)]));
    }

    #[test]
    fn nothing_said_changes_nothing_and_null_takes_away() {
        let said = row(r#"{ "sku": "A", "barcode": "", "brand": null, "sale_price": null, "hold_ttl_s": null }"#)
            .expect("readable");
        assert_eq!(said.bulk.variant.barcode, None);
        assert_eq!(said.bulk.brand, Some(None));
        assert_eq!(said.bulk.variant.sale, Some(None));
        assert_eq!(said.bulk.variant.hold_ttl_s, Some(None));
        assert_eq!(said.bulk.category, None);
    }

    #[test]
    fn everything_unreadable_is_told_at_once() {
        assert_eq!(
            row(r#"{ "price": "1,5", "position": "x", "colour": "red", "specs": [1], "on_sale_from": "soon" }"#).err(),
            Some(
                "specs: a JSON object; \
                 price: \"1,5\" is not an amount: digits, and at most 2 behind one point; \
                 on_sale_from: \"soon\" is not a time such as 2026-01-31T18:00:00Z; \
                 position: \"x\" is not a whole number; \
                 colour: no such field"
                    .to_owned()
            )
        );
        assert_eq!(
            row(r#"{ "sale_ends_at": "2026-01-31" }"#).err(),
            Some("sale_price: a sale with times has a price".to_owned())
        );
        assert_eq!(
            row(r#"{ "price": { "minor": 5 }, "mrp": { "major": 5 } }"#).err(),
            Some("mrp: an amount is a decimal number".to_owned())
        );
    }

    /// What may stand in a cell or a JSON field.
    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|number| json!(number)),
            "\\PC{0,12}".prop_map(Value::from),
            "[-+]?[0-9]{0,7}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?".prop_map(Value::from),
            "[\\[{][\\[{\"a:,}\\]0-9]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("url|alt|minor|[a-z]{1,3}", inner, 0..4)
                    .prop_map(|object| Value::Object(object.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_record_is_read_or_told_what_is_wrong_with_it(
            record in prop::collection::btree_map(
                prop_oneof![prop::sample::select(FIELDS.as_slice()).prop_map(str::to_owned), "(attributes|specs|stock)[.][a-z]?", "\\PC{0,6}"],
                value(),
                0..10,
            )
        ) {
            let unknown = record.keys().any(|field| !is_field(field));
            match read(record.into_iter().collect(), Currency::INR) {
                Ok(_) => prop_assert!(!unknown, "an unknown field was taken"),
                Err(wrong) => prop_assert!(!wrong.is_empty() && wrong.iter().all(|wrong| !wrong.reason.is_empty())),
            }
        }
    }
}
