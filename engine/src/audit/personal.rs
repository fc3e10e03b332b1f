//! PURE. What is personal never enters the trail. That a field changed is told, its value is not: the trail cannot be erased
//! from, and a person has a right to be.

use serde_json::Value;

/// Stands where something personal was.
pub(super) const HIDDEN: &str = "(personal)";

/// Names of fields that are about a person wherever they stand.
const ALWAYS: [&str; 19] = [
    "email",
    "phone",
    "contact",
    "address",
    "addresses",
    "street",
    "line1",
    "line2",
    "city",
    "pincode",
    "postal_code",
    "recipient",
    "full_name",
    "first_name",
    "last_name",
    "display_name",
    "birthday",
    // What people write may name people.
    "cancel_reason",
    "note",
];

/// What is called only `name` is a person's in what tells of people; a brand has a name too.
const OF_PEOPLE: [&str; 3] = ["account", "customer", "address"];

pub(super) fn hide(subject_kind: &str, value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_personal =
                    ALWAYS.contains(&name.as_str()) || (name == "name" && OF_PEOPLE.contains(&subject_kind));
                match (is_personal, value.is_null()) {
                    (true, false) => *value = HIDDEN.into(),
                    // That there is nothing says nothing about anybody.
                    (true, true) => {}
                    (false, _) => hide(subject_kind, value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(subject_kind, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_personal_is_hidden_wherever_it_stands() {
        let check = |kind: &str, mut value: Value, hidden: Value| {
            hide(kind, &mut value);
            assert_eq!(value, hidden);
        };
        check(
            "account",
            json!({ "email": "ann@example.org", "phone": null, "name": "Ann", "role": "support" }),
            json!({ "email": HIDDEN, "phone": null, "name": HIDDEN, "role": "support" }),
        );
        check(
            "order",
            json!({ "status": "cancelled", "detail": [{ "contact": { "email": "ann@example.org" } }] }),
            json!({ "status": "cancelled", "detail": [{ "contact": HIDDEN }] }),
        );
        check("brand", json!({ "name": "Acme" }), json!({ "name": "Acme" }));
    }
}
