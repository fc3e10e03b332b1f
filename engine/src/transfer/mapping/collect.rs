//! PURE. Attributes or specifications out of many keys of a record.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::row::plain;
use super::path::find;
use crate::catalog::Slug;

/// Attributes or specifications out of many keys.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Collect {
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

impl Collect {
    /// Either a prefix or a path, never both.
    pub(super) fn has_one_source(&self) -> bool {
        self.prefix.is_some() != self.from.is_some()
    }

    /// The field that it collects into.
    pub(super) fn field(&self) -> &'static str {
        self.into.field()
    }

    pub(super) fn apply(&self, record: &Map<String, Value>, element: Option<&Value>) -> Map<String, Value> {
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

fn default_key() -> String {
    "name".to_owned()
}

fn default_value() -> String {
    "value".to_owned()
}
