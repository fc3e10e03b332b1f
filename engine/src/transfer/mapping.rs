//! PURE. A mapping file (TOML) says how another system's records become rows of this shop: data, not code. `docs/import.md`
//! describes it for those who write one.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::catalog::Slug;

use super::html::plain_text;
use super::row::{is_field, plain};
use super::source::Format;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// `csv`, `tsv` or `jsonl`; none: the caller knows.
    format: Option<String>,
    /// Of CSV, when it is no comma.
    delimiter: Option<char>,
    /// The path of a list: one row for each of its elements, which paths reach as `@.…`.
    each: Option<String>,
    fields: BTreeMap<String, Rule>,
    #[serde(default)]
    collect: Vec<Collect>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Rule {
    Path(String),
    Steps(Box<Steps>),
}

/// In this order: gather, split, look up, strip, join, make a slug or an amount.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Steps {
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

/// Attributes or specifications out of many keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Collect {
    into: Target,
    /// All keys of the record that begin with it, without it.
    prefix: Option<String>,
    /// The path of an object, or of a list of objects of which `key` and `value` name the parts.
    from: Option<String>,
    #[serde(default = "default_key")]
    key: String,
    #[serde(default = "default_value")]
    value: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Target {
    Attributes,
    Specs,
}

#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("not a mapping: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("{0:?} is not a field of this shop")]
    UnknownField(String),
    #[error("the format is csv, tsv or jsonl, not {0:?}")]
    UnknownFormat(String),
    #[error("{0}")]
    Nonsense(String),
}

impl Mapping {
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml::from_str(text)?;
        if let Some(field) = mapping.fields.keys().find(|field| !is_field(field)) {
            return Err(MappingError::UnknownField(field.clone()));
        }
        mapping.format()?;
        for collect in &mapping.collect {
            if collect.prefix.is_some() == collect.from.is_some() {
                let told = "a collect has either a prefix or a from".to_owned();
                return Err(MappingError::Nonsense(told));
            }
        }
        for (field, rule) in &mapping.fields {
            if let Rule::Steps(steps) = rule
                && matches!(steps.from, OneOrMany::None)
                && steps.value.is_none()
            {
                return Err(MappingError::Nonsense(format!("{field} has neither a from nor a value")));
            }
        }
        Ok(mapping)
    }

    /// The format that the mapping is for, if it says.
    pub fn format(&self) -> Result<Option<Format>, MappingError> {
        let Some(name) = &self.format else { return Ok(None) };
        let format = name.parse().map_err(|_| MappingError::UnknownFormat(name.clone()))?;
        Ok(Some(match (format, self.delimiter) {
            (Format::Csv { .. }, Some(delimiter)) => match u8::try_from(delimiter) {
                Ok(delimiter) => Format::Csv { delimiter },
                Err(_) => return Err(MappingError::Nonsense("a delimiter is one ASCII character".to_owned())),
            },
            (format, _) => format,
        }))
    }

    /// The rows of a record.
    pub(super) fn rows(&self, record: &Map<String, Value>) -> Vec<Map<String, Value>> {
        let Some(each) = &self.each else { return vec![self.row(record, None)] };
        match find(record, None, each) {
            Some(Value::Array(elements)) => elements.iter().map(|element| self.row(record, Some(element))).collect(),
            _ => vec![self.row(record, None)],
        }
    }

    fn row(&self, record: &Map<String, Value>, element: Option<&Value>) -> Map<String, Value> {
        let mut row = Map::new();
        for (field, rule) in &self.fields {
            let value = match rule {
                Rule::Path(path) => {
                    Steps { from: OneOrMany::One(path.clone()), ..Steps::default() }.apply(field, record, element)
                }
                Rule::Steps(steps) => steps.apply(field, record, element),
            };
            if let Some(value) = value {
                row.insert(field.clone(), value);
            }
        }
        for collect in &self.collect {
            let (name, collected) = (collect.into.field(), collect.apply(record, element));
            // Several may collect into one, and fields may name parts of it.
            match row.get_mut(name) {
                Some(Value::Object(object)) => object.extend(collected),
                Some(_) | None => {
                    row.insert(name.to_owned(), Value::Object(collected));
                }
            }
        }
        row
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

impl Collect {
    fn apply(&self, record: &Map<String, Value>, element: Option<&Value>) -> Map<String, Value> {
        let mut found: Vec<(String, Value)> = Vec::new();
        if let Some(prefix) = &self.prefix {
            let keys = record.iter().filter_map(|(key, value)| Some((key.strip_prefix(prefix.as_str())?, value)));
            found.extend(keys.map(|(key, value)| (key.to_owned(), value.clone())));
        }
        match self.from.as_deref().and_then(|path| find(record, element, path)) {
            Some(Value::Object(object)) => found.extend(object.clone()),
            Some(Value::Array(list)) => found.extend(list.iter().filter_map(|part| {
                let part = part.as_object()?;
                Some((plain(part.get(&self.key)?)?, part.get(&self.value)?.clone()))
            })),
            _ => {}
        }
        found
            .into_iter()
            .filter(|(_, value)| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
            .map(|(key, value)| (self.into.key(&key), value))
            .filter(|(key, _)| !key.is_empty())
            .collect()
    }
}

impl Target {
    fn field(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::Specs => "specs",
        }
    }

    /// Specifications keep their names; attributes have keys that addresses can carry.
    fn key(self, key: &str) -> String {
        match self {
            Self::Specs => key.trim_matches(['_', ' ']).to_owned(),
            Self::Attributes => {
                let slug = Slug::from_title(&key.replace('_', " "));
                slug.map(|slug| slug.as_str().replace('-', "_")).unwrap_or_default().chars().take(64).collect()
            }
        }
    }
}

/// What is at a path: keys and indexes between points; `@` is the element. A key that has points itself comes first.
fn find<'a>(record: &'a Map<String, Value>, element: Option<&'a Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let mut value = if first == "@" { element? } else { record.get(first)? };
    for step in rest.into_iter().flat_map(|rest| rest.split('.')) {
        value = match value {
            Value::Object(object) => object.get(step)?,
            Value::Array(list) => list.get(step.parse::<usize>().ok()?)?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
    }
    Some(value)
}

fn default_key() -> String {
    "name".to_owned()
}

fn default_value() -> String {
    "value".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mapping: &str, record: &str, rows: &[&str]) {
        let mapping = Mapping::parse(mapping).expect("a mapping");
        let record = serde_json::from_str(record).expect("an object");
        let told: Vec<String> = mapping.rows(&record).into_iter().map(|row| Value::Object(row).to_string()).collect();
        assert_eq!(told, rows);
    }

    #[test]
    fn a_field_is_what_its_steps_make_of_the_record() {
        check(
            r#"
            [fields]
            sku = "id"
            barcode = "codes.0"
            title = { from = ["a.b", "name"], join = " - " }
            product = { from = ["name", "id"], join = "-", slug = true }
            category = { from = "path", split = ">" }
            tags = { from = ["t", "u"] }
            description = { from = "html", html = true }
            price = { from = "cents", amount = "minor" }
            mrp = { from = "list", amount = "decimal", decimal = "," }
            status = { value = "active" }
            stock = { from = "available", map = { "true" = 5, "*" = 0 } }
            "#,
            r#"{ "id": 7, "codes": ["123", "456"], "a": { "b": "X" }, "name": "Lamp", "path": "Home > Lamps >",
                 "t": ["a", "", "b"], "u": "c", "html": "<p>Good &amp; bright</p>", "cents": 4995.0, "list": "€ 1.299,00",
                 "available": true }"#,
            &[
                r#"{"barcode":"123","category":["Home","Lamps"],"description":"Good & bright","mrp":"1299.00","price":{"minor":4995},"product":"lamp-7","sku":7,"status":"active","stock":5,"tags":["a","b","c"],"title":"X - Lamp"}"#,
            ],
        );
    }

    #[test]
    fn a_list_of_variants_becomes_a_row_each() {
        check(
            r#"
            each = "variants"
            [fields]
            title = "title"
            sku = "@.sku"
            price = "@.price"
            [[collect]]
            into = "attributes"
            from = "@.options"
            "#,
            r#"{ "title": "Shirt", "variants": [
                 { "sku": "S", "price": "9.99", "options": [{ "name": "Shoe Size", "value": "42" }] },
                 { "sku": "M", "price": 10, "options": { "Größe": "M" } }] }"#,
            &[
                r#"{"attributes":{"shoe_size":"42"},"price":"9.99","sku":"S","title":"Shirt"}"#,
                r#"{"attributes":{"grosse":"M"},"price":10,"sku":"M","title":"Shirt"}"#,
            ],
        );
    }

    #[test]
    fn many_keys_become_specifications() {
        check(
            r#"
            [fields]
            sku = "id"
            [[collect]]
            into = "specs"
            prefix = "attr_t_"
            [[collect]]
            into = "specs"
            prefix = "attr_n_"
            "#,
            r#"{ "id": "1", "attr_t_type": "Original", "attr_t_empty": "", "attr_n_power__tdp_": 25.5, "other": 1 }"#,
            &[r#"{"sku":"1","specs":{"power__tdp":25.5,"type":"Original"}}"#],
        );
    }

    #[test]
    fn a_mapping_that_makes_no_sense_is_refused() {
        for (mapping, told) in [
            ("[fields]\ncolour = \"x\"", "\"colour\" is not a field of this shop"),
            ("format = \"xml\"\n[fields]", "the format is csv, tsv or jsonl, not \"xml\""),
            ("[fields]\nsku = { html = true }", "sku has neither a from nor a value"),
            ("[fields]\n[[collect]]\ninto = \"specs\"", "a collect has either a prefix or a from"),
        ] {
            assert_eq!(Mapping::parse(mapping).expect_err("nonsense").to_string(), told);
        }
        assert!(Mapping::parse("[fields]\nsku = { form = \"id\" }").is_err());
    }
}
