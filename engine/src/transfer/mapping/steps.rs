//! PURE. What a field of a row is made of: the steps from values of the record to its value.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::html::plain_text;
use super::super::row::plain;
use super::path::find;
use crate::catalog::Slug;

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Rule {
    Path(String),
    Steps(Box<Steps>),
}

/// In this order: gather, split, look up, strip, join, make a slug or an amount.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Steps {
    /// Paths; lists found there are taken apart, what is empty is left out.
    from: OneOrMany,
    /// Instead of `from`, or where that finds nothing.
    value: Option<toml::Value>,
    split: Option<String>,
    /// What each value becomes; `*` is any other.
    map: BTreeMap<String, toml::Value>,
    html: bool,
    join: Option<String>,
    slug: bool,
    amount: Option<Amount>,
    /// The decimal point of amounts, when it is a comma.
    decimal: Option<char>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Amount {
    /// `12.99`, perhaps with a currency sign and thousands separators.
    Decimal,
    /// `1299`
    Minor,
}

impl Rule {
    pub(super) fn apply(&self, field: &str, record: &Map<String, Value>, element: Option<&Value>) -> Option<Value> {
        match self {
            Self::Path(path) => {
                Steps { from: OneOrMany::One(path.clone()), ..Steps::default() }.apply(field, record, element)
            }
            Self::Steps(steps) => steps.apply(field, record, element),
        }
    }

    /// It can never come to a value.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Path(_) => false,
            Self::Steps(steps) => matches!(steps.from, OneOrMany::None) && steps.value.is_none(),
        }
    }
}

impl Steps {
    fn apply(&self, field: &str, record: &Map<String, Value>, element: Option<&Value>) -> Option<Value> {
        let mut values: Vec<Value> = Vec::new();
        for path in self.from.paths() {
            match find(record, element, path) {
                Some(Value::Array(list)) => values.extend(list.iter().cloned()),
                Some(value) => values.push(value.clone()),
                None => {}
            }
        }
        if let Some(separator) = &self.split {
            values = values
                .iter()
                .filter_map(plain)
                .flat_map(|text| text.split(separator.as_str()).map(|part| json!(part.trim())).collect::<Vec<_>>())
                .collect();
        }
        if !self.map.is_empty() {
            values = values.iter().filter_map(plain).filter_map(|text| self.look_up(&text)).collect();
        }
        values.retain(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()));
        if values.is_empty()
            && let Some(value) = &self.value
        {
            values.push(json!(value));
        }
        if self.html {
            values = values
                .iter()
                .map(|value| plain(value).map_or(value.clone(), |text| json!(plain_text(&text))))
                .collect();
        }
        if let Some(between) = &self.join {
            let parts: Vec<String> = values.iter().filter_map(plain).collect();
            values = if parts.is_empty() { Vec::new() } else { vec![json!(parts.join(between))] };
        }
        if self.slug {
            values = values
                .iter()
                .filter_map(plain)
                .filter_map(|text| Slug::from_title(&text))
                .map(|slug| json!(slug.as_str()))
                .collect();
        }
        if let Some(amount) = self.amount {
            values = values.iter().filter_map(plain).map(|text| self.amount(amount, &text)).collect();
        }
        let is_list = matches!(field, "tags" | "media" | "category");
        match values.len() {
            0 => None,
            _ if is_list => Some(Value::Array(values)),
            _ => values.into_iter().next(),
        }
    }

    fn look_up(&self, text: &str) -> Option<Value> {
        self.map.get(text).or_else(|| self.map.get("*")).map(|value| json!(value))
    }

    fn amount(&self, amount: Amount, text: &str) -> Value {
        let decimal = self.decimal.unwrap_or('.');
        let number: String = text
            .chars()
            .filter(|character| character.is_ascii_digit() || *character == decimal || *character == '-')
            .map(|character| if character == decimal { '.' } else { character })
            .collect();
        let whole = number.split_once('.').filter(|(_, rest)| rest.bytes().all(|byte| byte == b'0'));
        match (amount, whole.map_or(number.as_str(), |(whole, _)| whole).parse::<i64>()) {
            (Amount::Minor, Ok(minor)) => json!({ "minor": minor }),
            // What is no number is told as it stood there.
            (Amount::Minor, Err(_)) => json!(text),
            (Amount::Decimal, _) => json!(number),
        }
    }
}

impl OneOrMany {
    fn paths(&self) -> &[String] {
        match self {
            Self::None => &[],
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}
