//! PURE. What is different between a thing before and after: the fields that changed, with both their values.

use serde_json::{Map, Value};

/// `before` and `after` without what they have in common. Fields are compared whole.
pub(super) fn difference(before: Value, after: Value) -> (Value, Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let (before, after) = (without_same(&before, &after), without_same(&after, &before));
            (Value::Object(before), Value::Object(after))
        }
        other => other,
    }
}

fn without_same(of: &Map<String, Value>, other: &Map<String, Value>) -> Map<String, Value> {
    let differs = |(name, value): &(&String, &Value)| other.get(*name) != Some(*value);
    of.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changed_is_left() {
        let check = |before: Value, after: Value, left: (Value, Value)| {
            assert_eq!(difference(before, after), left);
        };
        check(json!({ "a": 1, "b": 2 }), json!({ "a": 1, "b": 3 }), (json!({ "b": 2 }), json!({ "b": 3 })));
        check(json!({ "a": [1, 2] }), json!({ "a": [1] }), (json!({ "a": [1, 2] }), json!({ "a": [1] })));
        check(json!({ "a": 1 }), json!({ "a": 1 }), (json!({}), json!({})));
        check(json!({ "a": 1 }), json!({ "b": null }), (json!({ "a": 1 }), json!({ "b": null })));
        check(json!(1), json!(2), (json!(1), json!(2)));
    }
}
