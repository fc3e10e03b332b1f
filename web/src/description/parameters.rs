//! Parameters that mean the same thing wherever they stand. What an operation says of one itself is left as it is.

use serde_json::{Value, json};

pub(super) fn explain(operation: &mut Value) {
    let Some(Value::Array(parameters)) = operation.get_mut("parameters") else { return };
    for parameter in parameters {
        let Some(known) = parameter["name"].as_str().and_then(of_name) else { continue };
        let known = known.as_object().expect("an object, as written below");
        for (name, value) in known.iter().filter(|(name, _)| *name != "schema") {
            if parameter[name].is_null() {
                parameter[name] = value.clone();
            }
        }
        for (name, value) in known.get("schema").and_then(Value::as_object).into_iter().flatten() {
            if parameter["schema"][name].is_null() {
                parameter["schema"][name] = value.clone();
            }
        }
    }
}

fn of_name(name: &str) -> Option<Value> {
    Some(match name {
        "Idempotency-Key" => json!({
            "description": "Names the attempt: a fresh one for each, the same one to repeat it.",
            "schema": { "minLength": 1, "maxLength": 255, "pattern": r#"^([!#-~]+|"[ !#-\[\]-~]+")$"# },
            "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
        }),
        "If-Match" => json!({
            "description": "the ETag you read, or *",
            "schema": { "pattern": r#"^(\*|"[0-9]+")$"# },
            "example": "\"3\"",
        }),
        "Last-Event-ID" => json!({ "description": "The id of the last event that was seen.", "example": "41" }),
        "limit" => json!({ "description": "How many at most. 25 if left out." }),
        "cursor" => json!({
            "description": "`page.next_cursor` of the page before.",
            "schema": { "minLength": 1, "maxLength": 2000 },
        }),
        "include_total" => json!({ "description": "`true`: count how many there are in all." }),
        "page" => json!({ "description": "Which page, counted from 1. Not with `cursor`." }),
        "sku" => json!({ "description": "The SKU of a variant.", "example": "TSHIRT-RED-M" }),
        "slug" => json!({ "description": "The name in the address of a page.", "example": "t-shirt" }),
        "order_no" => json!({ "description": "The number of an order.", "example": "7ZK4-2MQX-9TA" }),
        "code" => json!({ "description": "Its code.", "example": "standard" }),
        "id" => json!({ "description": "Its id." }),
        "status" => json!({ "description": "Only those in this state." }),
        "state" => json!({ "description": "Only those in this state." }),
        "action" => json!({ "description": "Only what was done so." }),
        "subject_kind" => json!({ "description": "Only what was done to things of this kind." }),
        "subject_id" => json!({ "description": "Only what was done to this thing." }),
        "trace_id" => json!({ "description": "Only what the request with this trace did." }),
        "role" => json!({ "description": "Only those with this role.", "example": "support" }),
        "idempotency_key" => json!({ "description": "Made under this key." }),
        _ => return None,
    })
}
