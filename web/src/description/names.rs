//! What is written out and has a name is called by its name: lists of things are described by the generator as if each were a
//! thing of its own.

use std::collections::HashMap;

use serde_json::Value;

pub(super) fn use_names(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object() else { return };
    let names: HashMap<String, String> = schemas
        .iter()
        .filter(|(_, schema)| !schema["properties"].is_null())
        .map(|(name, schema)| (schema.to_string(), format!("#/components/schemas/{name}")))
        .collect();
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for schema in schemas.values_mut() {
        below(schema, &names);
    }
    call(&mut document["paths"], &names);
}

fn call(part: &mut Value, names: &HashMap<String, String>) {
    let known = if part["properties"].is_object() { names.get(&part.to_string()) } else { None };
    match known {
        Some(place) => *part = serde_json::json!({ "$ref": place }),
        None => below(part, names),
    }
}

fn below(part: &mut Value, names: &HashMap<String, String>) {
    match part {
        Value::Object(fields) => fields.values_mut().for_each(|field| call(field, names)),
        Value::Array(items) => items.iter_mut().for_each(|item| call(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
