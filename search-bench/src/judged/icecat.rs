//! Electronics in the shape of Icecat exports that were flattened to JSON Lines, as the shop would index them after an
//! import with the mapping of that name (`config/mappings/icecat.toml`).

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use search_index::{Attribute, Availability, Brand, ProductDocument};
use serde_json::{Map, Value};

use crate::contender::STORE;

/// The sort of value is part of the key: text, number, yes or no.
const ATTRIBUTE_PREFIXES: [&str; 3] = ["attr_t_", "attr_n_", "attr_b_"];

/// `products.jsonl` of a folder, or `products.jsonl.zst`, for which the program `zstd` must be there.
pub(crate) fn products(folder: &Path) -> anyhow::Result<Vec<ProductDocument>> {
    let plain = folder.join("products.jsonl");
    if plain.exists() {
        return read(File::open(&plain).with_context(|| format!("{} cannot be read", plain.display()))?);
    }
    let packed = folder.join("products.jsonl.zst");
    ensure!(packed.exists(), "{} is not there, nor is {}", plain.display(), packed.display());
    let mut unpacking = Command::new("zstd")
        .arg("-dc")
        .arg(&packed)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`zstd` cannot be run: install it, or unpack {} by hand", packed.display()))?;
    let products = read(unpacking.stdout.take().expect("it was asked for"))?;
    ensure!(unpacking.wait()?.success(), "{} is not a whole file of zstd", packed.display());
    Ok(products)
}

fn read(lines: impl Read) -> anyhow::Result<Vec<ProductDocument>> {
    let mut products = Vec::new();
    for (line, number) in BufReader::new(lines).lines().zip(1u32..) {
        let record: Map<String, Value> = serde_json::from_str(&line?).with_context(|| format!("product {number}"))?;
        products.push(document(&record));
    }
    Ok(products)
}

fn document(record: &Map<String, Value>) -> ProductDocument {
    let text = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    let codes = record.get("ean").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let supplier = text("supplier");
    ProductDocument {
        id: text("id").to_owned(),
        store: STORE.to_owned(),
        version: 1,
        title: without_markup(text("title")),
        description: without_markup(text("short_description")),
        brand: (!supplier.is_empty()).then(|| Brand { slug: slug(supplier), name: supplier.to_owned() }),
        codes: std::iter::once(text("name")).chain(codes).filter(|code| !code.is_empty()).map(str::to_owned).collect(),
        attributes: record.iter().filter_map(|(key, value)| attribute(key, value)).collect(),
        price: record.get("price").and_then(Value::as_i64).unwrap_or(0),
        availability: Availability::InStock,
        ..ProductDocument::default()
    }
}

fn attribute(key: &str, value: &Value) -> Option<Attribute> {
    let key = ATTRIBUTE_PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix))?.trim_matches('_');
    let value = match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if !text.trim().is_empty() => text.clone(),
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(Attribute { key: key.to_owned(), label: label(key), value_label: value.clone(), value, text_only: false })
}

/// `screen_size` is read as "Screen size".
fn label(key: &str) -> String {
    let words = key.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn slug(name: &str) -> String {
    let words: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).collect();
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// A tag becomes a space. What only looks like the beginning of one ("1 < 2", "<85 %") stays.
fn without_markup(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let after = &rest[at + 1..];
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        text.push_str(&rest[..at]);
        match after.find('>').filter(|_| is_tag) {
            Some(end) => {
                text.push(' ');
                rest = &after[end + 1..];
            }
            None => {
                text.push('<');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_becomes_a_document() {
        let record = r#"{"id":"7","name":"TN-2110","title":"Toner","ean":["40","41"],"short_description":"Black<br />1 < 2",
            "supplier":"Brother & Co","price":4995,"attr_t_print_technology":"Laser","attr_n_pages__max_":1500.0,
            "attr_b_original":true,"attr_t_empty":" ","img_high":"http://x"}"#;
        let document = read(record.replace('\n', " ").as_bytes()).unwrap().remove(0);
        assert_eq!((document.id.as_str(), document.price), ("7", 4995));
        assert_eq!(document.codes, ["TN-2110", "40", "41"]);
        assert_eq!(document.description, "Black 1 < 2");
        assert_eq!(document.brand.unwrap().slug, "brother-co");
        let shown = document.attributes.iter().map(|it| format!("{} ({}): {}", it.key, it.label, it.value));
        assert_eq!(
            shown.collect::<Vec<_>>(),
            [
                "original (Original): yes",
                "pages__max (Pages max): 1500.0",
                "print_technology (Print technology): Laser"
            ]
        );
    }
}
