//! PURE. The values of a record, read one by one: texts, numbers, amounts, times, lists, objects. What cannot be read is
//! noted, and reading goes on.

use chrono::{DateTime, NaiveDate};
use serde_json::{Map, Value};

use super::super::amount;
use super::Unreadable;
use crate::clock::Timestamp;
use crate::money::{Currency, Money};

/// Takes the fields out of the record one by one; what is left at the end is unknown.
pub(super) struct Reader {
    pub(super) record: Map<String, Value>,
    wrong: Vec<Unreadable>,
}

/// `None`: nothing said. `Some(None)`: to be taken away.
pub(super) type Said<T> = Option<Option<T>>;

impl Reader {
    pub(super) fn new(record: Map<String, Value>) -> Self {
        Self { record, wrong: Vec::new() }
    }

    /// What nobody took, and what was wrong.
    pub(super) fn finish(self) -> (Map<String, Value>, Vec<Unreadable>) {
        (self.record, self.wrong)
    }

    /// The value, unless nothing is said.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        let value = self.record.remove(field)?;
        if matches!(&value, Value::String(text) if text.trim().is_empty()) { None } else { Some(value) }
    }

    pub(super) fn text(&mut self, field: &str) -> Said<String> {
        self.parsed(field, |text| Ok(text.to_owned()))
    }

    pub(super) fn parsed<T>(&mut self, field: &str, parse: impl Fn(&str) -> Result<T, String>) -> Said<T> {
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
    pub(super) fn integer(&mut self, field: &str) -> Said<i64> {
        self.parsed(field, |text| {
            let whole = text.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
            let digits = whole.map_or(text, |(whole, _)| whole);
            digits.parse().map_err(|_| format!("{text:?} is not a whole number"))
        })
    }

    /// A decimal number, or `{ "minor": … }`.
    pub(super) fn amount(&mut self, field: &str, currency: Currency) -> Said<Money> {
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

    pub(super) fn time(&mut self, field: &str) -> Said<Timestamp> {
        self.parsed(field, |text| {
            let date =
                || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
            let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc()).or_else(date);
            time.ok_or_else(|| format!("{text:?} is not a time such as 2026-01-31T18:00:00Z"))
        })
    }

    pub(super) fn list(&mut self, field: &str, separator: &str) -> Said<Vec<String>> {
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
    pub(super) fn object(&mut self, field: &str) -> Said<Map<String, Value>> {
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

    pub(super) fn refuse(&mut self, field: &str, reason: impl Into<String>) {
        self.wrong.push(Unreadable { field: field.to_owned(), reason: reason.into() });
    }
}

/// A table's cell may hold a JSON list.
pub(super) fn unfolded(value: Value) -> Value {
    match value.as_str().filter(|text| text.starts_with('[')).map(serde_json::from_str) {
        Some(Ok(list @ Value::Array(_))) => list,
        Some(_) | None => value,
    }
}

/// The text of a single value.
pub(in crate::transfer) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
