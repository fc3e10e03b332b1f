//! PURE. A mapping file (TOML) says how another system's records become rows of this shop: data, not code. `docs/import.md`
//! describes it for those who write one.

mod collect;
mod path;
mod steps;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::row::is_field;
use super::source::Format;
use collect::Collect;
use path::find;
use steps::Rule;

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
            if !collect.has_one_source() {
                let told = "a collect has either a prefix or a from".to_owned();
                return Err(MappingError::Nonsense(told));
            }
        }
        for (field, rule) in &mapping.fields {
            if rule.is_empty() {
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
    pub(in crate::transfer) fn rows(&self, record: &Map<String, Value>) -> Vec<Map<String, Value>> {
        let Some(each) = &self.each else { return vec![self.row(record, None)] };
        match find(record, None, each) {
            Some(Value::Array(elements)) => elements.iter().map(|element| self.row(record, Some(element))).collect(),
            _ => vec![self.row(record, None)],
        }
    }

    fn row(&self, record: &Map<String, Value>, element: Option<&Value>) -> Map<String, Value> {
        let mut row = Map::new();
        for (field, rule) in &self.fields {
            let value = rule.apply(field, record, element);
            if let Some(value) = value {
                row.insert(field.clone(), value);
            }
        }
        for collect in &self.collect {
            let (name, collected) = (collect.field(), collect.apply(record, element));
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
