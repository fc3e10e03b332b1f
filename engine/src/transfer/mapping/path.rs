//! PURE. Where a value stands in a record.

use serde_json::{Map, Value};

/// What is at a path: keys and indexes between points; `@` is the element. A key that has points itself comes first.
pub(super) fn find<'a>(record: &'a Map<String, Value>, element: Option<&'a Value>, path: &str) -> Option<&'a Value> {
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
