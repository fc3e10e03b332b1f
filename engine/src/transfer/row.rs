//! PURE. One row in this shop's own words: from a record (CSV cells or JSON values) to what the catalogue is asked for.
//!
//! An absent or empty value leaves things as they are; a JSON `null` takes them away where they may be missing.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use crate::catalog::{AttributeValue, Attributes, BulkRow, Media, PurchaseLimit, SaleDraft};
use crate::clock::Timestamp;
use crate::money::{Currency, Money};

use super::amount;

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
    let mut reader = Reader { record, wrong: Vec::new() };
    let row = reader.row(currency);
    let mut wrong = reader.wrong;
    wrong.extend(
        reader.record.keys().map(|field| Unreadable { field: field.clone(), reason: "no such field".to_owned() }),
    );
    if wrong.is_empty() { Ok(row) } else { Err(wrong) }
}

/// Takes the fields out of the record one by one; what is left at the end is unknown.
struct Reader {
    record: Map<String, Value>,
    wrong: Vec<Unreadable>,
}

/// `None`: nothing said. `Some(None)`: to be taken away.
type Said<T> = Option<Option<T>>;

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

    /// The value, unless nothing is said.
    fn take(&mut self, field: &str) -> Option<Value> {
        let value = self.record.remove(field)?;
        if matches!(&value, Value::String(text) if text.trim().is_empty()) { None } else { Some(value) }
    }

    fn text(&mut self, field: &str) -> Said<String> {
        self.parsed(field, |text| Ok(text.to_owned()))
    }

    fn parsed<T>(&mut self, field: &str, parse: impl Fn(&str) -> Result<T, String>) -> Said<T> {
        let value = self.take(field)?;
        if value.is_null() {
            return Some(None);
        }
        let parsed = match plain(&value) {
            Some(text) => parse(text.trim()),
            None => Err("a single value".to_owned()),
        };
        match parsed {
            Ok(parsed) => Some(Some(parsed)),
            Err(reason) => {
                self.refuse(field, reason);
                None
            }
        }
    }

    /// Whole numbers; `5.0` is one.
    fn integer(&mut self, field: &str) -> Said<i64> {
        self.parsed(field, |text| {
            let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
            let digits = whole.map_or(text, |(whole, _)| whole);
            digits.parse().map_err(|_| format!("{text:?} is not a whole number"))
        })
    }

    /// A decimal number, or `{ "minor": … }`.
    fn amount(&mut self, field: &str, currency: Currency) -> Said<Money> {
        if let Some(Value::Object(object)) = self.record.get(field) {
            let minor = object.get("minor").and_then(Value::as_i64).filter(|_| object.len() == 1);
            self.record.remove(field);
            if minor.is_none() {
                self.refuse(field, "an amount is a decimal number");
            }
            return minor.map(|minor| Some(Money::new(minor, currency)));
        }
        self.parsed(field, |text| amount::parse(text, currency).map(|minor| Money::new(minor, currency)))
    }

    fn time(&mut self, field: &str) -> Said<Timestamp> {
        self.parsed(field, |text| {
            let date =
                || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
            let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()).or_else(date);
            time.ok_or_else(|| format!("{text:?} is not a time such as 2026-01-31T18:00:00Z"))
        })
    }

    fn list(&mut self, field: &str, separator: &str) -> Said<Vec<String>> {
        match self.take(field).map(unfolded)? {
            Value::Null => Some(None),
            Value::Array(values) => {
                let texts: Option<Vec<String>> = values.iter().map(plain).collect();
                if texts.is_none() {
                    self.refuse(field, "a list of texts");
                }
                texts.map(|texts| Some(texts).filter(|texts| !texts.is_empty()))
            }
            value @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                let Some(text) = plain(&value) else {
                    self.refuse(field, "a list of texts");
                    return None;
                };
                let parts = text.split(separator.trim()).map(str::trim).filter(|part| !part.is_empty());
                Some(Some(parts.map(str::to_owned).collect()))
            }
        }
    }

    /// An object, the JSON text of one, or cells called `field.key`, or both.
    fn object(&mut self, field: &str) -> Said<Map<String, Value>> {
        let mut said = match self.take(field) {
            None => None,
            Some(Value::Null) => Some(Map::new()),
            Some(Value::Object(object)) => Some(object),
            Some(Value::String(text)) => match serde_json::from_str(&text) {
                Ok(object) => Some(object),
                Err(_) => {
                    self.refuse(field, "a JSON object");
                    return None;
                }
            },
            Some(_) => {
                self.refuse(field, "a JSON object");
                return None;
            }
        };
        let prefix = format!("{field}.");
        let parts: Vec<String> = self.record.keys().filter(|key| key.starts_with(&prefix)).cloned().collect();
        for part in parts {
            let value = self.take(&part);
            self.record.remove(&part);
            let object = said.get_or_insert_default();
            if let Some(value) = value {
                object.insert(part[prefix.len()..].to_owned(), value);
            }
        }
        said.map(Some)
    }

    fn refuse(&mut self, field: &str, reason: impl Into<String>) {
        self.wrong.push(Unreadable { field: field.to_owned(), reason: reason.into() });
    }
}

/// A table's cell may hold a JSON list.
fn unfolded(value: Value) -> Value {
    match value.as_str().filter(|text| text.starts_with('[')).map(serde_json::from_str) {
        Some(Ok(list @ Value::Array(_))) => list,
        Some(_) | None => value,
    }
}

/// The text of a single value.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
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
}
