//! PURE. Typed attributes: what a category says its products have (`size` is one of these, `weight` is a number), and the
//! values that products and variants give. A category has the definitions of its ancestors too; the nearest one counts.
//! Keys that nobody defined may have any value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::{FieldErrors, Fields, segment};

/// Attribute values by key, in the order of their keys.
pub type Attributes = BTreeMap<String, AttributeValue>;

/// A number is kept as it was written, for it is never calculated with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    Boolean(bool),
    Number(serde_json::Number),
    Text(String),
}

/// What a category says of one attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDefinition {
    pub key: String,
    pub label: String,
    #[serde(flatten)]
    pub kind: AttributeKind,
    /// For people: `cm`, `GB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Offered as a filter in listings.
    #[serde(default)]
    pub filterable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttributeKind {
    Text,
    Number,
    Boolean,
    /// One of these.
    Enum {
        values: Vec<String>,
    },
}

const DEFINITIONS_MAX: usize = 200;
const VALUES_MAX: usize = 500;
const ATTRIBUTES_MAX: usize = 50;
const TEXT_MAX: usize = 200;

/// Checks what an admin wrote down for a category.
pub(super) fn check_definitions(definitions: &[AttributeDefinition]) -> Result<(), FieldErrors> {
    let mut fields = Fields::under("/attributes");
    fields.count("", definitions.len(), DEFINITIONS_MAX);
    let mut seen = BTreeSet::new();
    for (n, definition) in definitions.iter().enumerate() {
        if !is_key(&definition.key) {
            fields.refuse(&format!("/{n}/key"), "invalid", KEY);
        }
        if !seen.insert(&definition.key) {
            fields.refuse(&format!("/{n}/key"), "duplicate", format_args!("{} is defined twice", definition.key));
        }
        if definition.label.trim().is_empty() {
            fields.refuse(&format!("/{n}/label"), "required", "a label is what shoppers read");
        }
        fields.text(&format!("/{n}/label"), &definition.label, TEXT_MAX);
        fields.text(&format!("/{n}/unit"), definition.unit.as_deref().unwrap_or(""), TEXT_MAX);
        if let AttributeKind::Enum { values } = &definition.kind {
            let place = format!("/{n}/values");
            fields.count(&place, values.len(), VALUES_MAX);
            if values.is_empty() {
                fields.refuse(&place, "required", "an enum needs values");
            }
            if values.iter().collect::<BTreeSet<_>>().len() != values.len() {
                fields.refuse(&place, "duplicate", "each value once");
            }
            for (m, value) in values.iter().enumerate() {
                if value.trim().is_empty() {
                    fields.refuse(&format!("{place}/{m}"), "required", "a value is not empty");
                }
                fields.text(&format!("{place}/{m}"), value, TEXT_MAX);
            }
        }
    }
    fields.finish()
}

/// Checks the attributes of a variant at `place` against what its category defines.
pub(super) fn check_attributes(
    place: &str,
    attributes: &Attributes,
    definitions: &[AttributeDefinition],
) -> Result<(), FieldErrors> {
    let mut fields = Fields::under(place);
    fields.count("", attributes.len(), ATTRIBUTES_MAX);
    for (key, value) in attributes {
        let pointer = format!("/{}", segment(key));
        if !is_key(key) {
            fields.refuse(&pointer, "invalid", KEY);
        }
        if let AttributeValue::Text(text) = value {
            fields.text(&pointer, text, TEXT_MAX);
            if text.trim().is_empty() {
                fields.refuse(&pointer, "required", "a value is not empty");
            }
        }
        if let Some(wanted) = definition(definitions, key).and_then(|definition| definition.kind.refuses(value)) {
            fields.refuse(&pointer, "wrong_type", wanted);
        }
    }
    fields.finish()
}

/// Checks those specifications of a product whose keys its category defines; the others are the merchant's.
pub(super) fn check_specs(
    specs: &serde_json::Map<String, Value>,
    definitions: &[AttributeDefinition],
) -> Result<(), FieldErrors> {
    let mut fields = Fields::under("/specs");
    for (key, value) in specs {
        let Some(definition) = definition(definitions, key) else { continue };
        let refused = match AttributeValue::of(value) {
            Some(value) => definition.kind.refuses(&value),
            None => Some("a single value".to_owned()),
        };
        if let Some(wanted) = refused {
            fields.refuse(&format!("/{}", segment(key)), "wrong_type", wanted);
        }
    }
    fields.finish()
}

/// Text becomes the number or the yes and no that the category defines: a table has nothing but text.
pub(super) fn read_as_defined(attributes: &mut Attributes, definitions: &[AttributeDefinition]) {
    for (key, value) in attributes {
        let Some(definition) = definition(definitions, key) else { continue };
        let AttributeValue::Text(text) = &*value else { continue };
        let read = match definition.kind {
            AttributeKind::Number => text.trim().parse().ok().map(AttributeValue::Number),
            AttributeKind::Boolean => match text.trim() {
                "true" | "yes" | "1" => Some(AttributeValue::Boolean(true)),
                "false" | "no" | "0" => Some(AttributeValue::Boolean(false)),
                _ => None,
            },
            AttributeKind::Text | AttributeKind::Enum { .. } => None,
        };
        if let Some(read) = read {
            *value = read;
        }
    }
}

/// The definitions that hold in a category: those of its ancestors, from the root on, and its own.
pub(super) fn effective(levels: impl IntoIterator<Item = Vec<AttributeDefinition>>) -> Vec<AttributeDefinition> {
    let mut effective: Vec<AttributeDefinition> = Vec::new();
    for definition in levels.into_iter().flatten() {
        match effective.iter_mut().find(|known| known.key == definition.key) {
            Some(known) => *known = definition,
            None => effective.push(definition),
        }
    }
    effective
}

const KEY: &str = "a key is 1 to 64 lower-case letters, digits and underscores";

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn definition<'a>(definitions: &'a [AttributeDefinition], key: &str) -> Option<&'a AttributeDefinition> {
    definitions.iter().find(|definition| definition.key == key)
}

impl AttributeKind {
    /// What is wanted instead, if `value` is not of this kind.
    fn refuses(&self, value: &AttributeValue) -> Option<String> {
        match (self, value) {
            (Self::Text, AttributeValue::Text(_))
            | (Self::Number, AttributeValue::Number(_))
            | (Self::Boolean, AttributeValue::Boolean(_)) => None,
            (Self::Enum { values }, AttributeValue::Text(text)) if values.contains(text) => None,
            (Self::Text, _) => Some("text".to_owned()),
            (Self::Number, _) => Some("a number".to_owned()),
            (Self::Boolean, _) => Some("true or false".to_owned()),
            (Self::Enum { values }, _) => Some(format!("one of {}", values.join(", "))),
        }
    }
}

impl AttributeValue {
    /// A single value; none of a list, an object or null.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(yes) => Some(Self::Boolean(*yes)),
            Value::Number(number) => Some(Self::Number(number.clone())),
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(true) => f.write_str("yes"),
            Self::Boolean(false) => f.write_str("no"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITIONS: &str = r#"[
        { "key": "size", "label": "Size", "type": "enum", "values": ["S", "M"], "filterable": true },
        { "key": "inches", "label": "Screen", "type": "number", "unit": "in" },
        { "key": "touch", "label": "Touch", "type": "boolean" },
        { "key": "fabric", "label": "Fabric", "type": "text" }
    ]"#;

    fn definitions(json: &str) -> Vec<AttributeDefinition> {
        serde_json::from_str(json).expect("definitions")
    }

    fn told(result: Result<(), FieldErrors>) -> String {
        result.map_or_else(|errors| errors.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn values_are_of_the_kind_that_the_category_defines() {
        let check = |attributes: &str, answer: &str| {
            let attributes = serde_json::from_str(attributes).expect("attributes");
            assert_eq!(told(check_attributes("/attributes", &attributes, &definitions(DEFINITIONS))), answer);
        };
        check(r#"{ "size": "M", "inches": 15.6, "touch": true, "fabric": "linen", "else": 1 }"#, "fine");
        check(r#"{ "size": "XL" }"#, "/attributes/size: one of S, M");
        check(r#"{ "inches": "15.6" }"#, "/attributes/inches: a number");
        check(r#"{ "touch": 1, "fabric": false }"#, "/attributes/fabric: text; /attributes/touch: true or false");
        check(r#"{ "Size/EU": "M" }"#, &format!("/attributes/Size~1EU: {KEY}"));
        check(r#"{ "fabric": " " }"#, "/attributes/fabric: a value is not empty");
    }

    #[test]
    fn specifications_are_free_where_nothing_is_defined() {
        let check = |specs: &str, answer: &str| {
            let specs = serde_json::from_str(specs).expect("specs");
            assert_eq!(told(check_specs(&specs, &definitions(DEFINITIONS))), answer);
        };
        check(r#"{ "Box": ["cable", "manual"], "inches": 15 }"#, "fine");
        check(r#"{ "inches": [15], "touch": null }"#, "/specs/inches: a single value; /specs/touch: a single value");
    }

    #[test]
    fn definitions_are_checked_before_anyone_is_held_to_them() {
        let check = |json: &str, answer: &str| assert_eq!(told(check_definitions(&definitions(json))), answer);
        check(DEFINITIONS, "fine");
        check(
            r#"[{ "key": "Größe", "label": "", "type": "text" }]"#,
            &format!("/attributes/0/key: {KEY}; /attributes/0/label: a label is what shoppers read"),
        );
        check(
            r#"[{ "key": "a", "label": "A", "type": "enum", "values": [] }]"#,
            "/attributes/0/values: an enum needs values",
        );
        check(
            r#"[{ "key": "a", "label": "A", "type": "text" }, { "key": "a", "label": "B", "type": "text" }]"#,
            "/attributes/1/key: a is defined twice",
        );
    }

    #[test]
    fn text_is_read_as_the_category_defines_it() {
        let mut attributes: Attributes =
            serde_json::from_str(r#"{ "inches": " 15.6 ", "touch": "yes", "fabric": "1", "size": "M", "else": "2" }"#)
                .expect("attributes");
        read_as_defined(&mut attributes, &definitions(DEFINITIONS));
        assert_eq!(
            serde_json::to_string(&attributes).expect("JSON"),
            r#"{"else":"2","fabric":"1","inches":15.6,"size":"M","touch":true}"#
        );
        let mut wrong = Attributes::from([("inches".to_owned(), AttributeValue::Text("wide".to_owned()))]);
        read_as_defined(&mut wrong, &definitions(DEFINITIONS));
        assert!(check_attributes("", &wrong, &definitions(DEFINITIONS)).is_err());
    }

    #[test]
    fn the_nearest_definition_counts() {
        let root = definitions(
            r#"[{ "key": "a", "label": "A", "type": "text" }, { "key": "b", "label": "B", "type": "text" }]"#,
        );
        let leaf = definitions(r#"[{ "key": "a", "label": "A", "type": "number" }]"#);
        let effective = effective([root.clone(), leaf.clone()]);
        assert_eq!(effective, [leaf[0].clone(), root[1].clone()]);
    }

    #[test]
    fn a_definition_is_stored_as_it_is_read() {
        let stored = serde_json::to_value(definitions(DEFINITIONS)).expect("JSON");
        assert_eq!(stored[0]["type"], "enum");
        assert_eq!(stored[1]["unit"], "in");
        assert_eq!(definitions(&stored.to_string()), definitions(DEFINITIONS));
    }
}
