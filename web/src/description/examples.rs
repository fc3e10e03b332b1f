//! An example of every body: what a request sends and what it is answered with. Made of the examples of the fields, and of what
//! a field of that name holds everywhere; so it has the shape of its schema by construction.
//!
//! A field for which nothing is known is left out. The tests of the description find it there, if it is required.

use serde_json::{Map, Value, json};

/// Deep enough for every body; trees (categories) end here.
const DEPTH_MAX: usize = 6;

pub(super) fn write(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for operation in paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        if let Some(Value::Object(content)) = operation.pointer_mut("/requestBody/content") {
            show(content, &schemas);
        }
        let Some(Value::Object(responses)) = operation.get_mut("responses") else { continue };
        for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
            if let Some(Value::Object(content)) = response.get_mut("content") {
                show(content, &schemas);
            }
        }
    }
}

fn show(content: &mut Map<String, Value>, schemas: &Value) {
    for (media_type, body) in content {
        if !body["example"].is_null() {
            continue;
        }
        let example = match media_type.as_str() {
            // Of a stream, one event.
            "application/json" | "text/event-stream" => of_schema(schemas, &body["schema"], "", 0),
            file => of_file(file),
        };
        if let Some(example) = example {
            body["example"] = example;
        }
    }
}

/// The first lines of a file.
fn of_file(media_type: &str) -> Option<Value> {
    Some(match media_type {
        "text/csv" => json!("sku,stock\nTSHIRT-RED-M,40\n"),
        "text/tab-separated-values" => json!("sku\tstock\nTSHIRT-RED-M\t40\n"),
        "application/jsonl" => json!("{\"sku\":\"TSHIRT-RED-M\",\"stock\":40}\n"),
        "text/plain" => json!("ok\n"),
        _ => return None,
    })
}

fn of_schema(schemas: &Value, schema: &Value, name: &str, depth: usize) -> Option<Value> {
    if let Some(named) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return of_schema(schemas, &schemas[named], name, depth);
    }
    if !schema["example"].is_null() {
        return Some(schema["example"].clone());
    }
    for first in [&schema["examples"][0], &schema["enum"][0], &schema["const"]] {
        if !first.is_null() {
            return Some(first.clone());
        }
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let chosen = choices.iter().find(|choice| choice["type"] != "null")?;
            return of_schema(schemas, chosen, name, depth);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| of_schema(schemas, part, name, depth));
        let fields = parts.filter_map(|part| part.as_object().cloned()).flatten();
        return Some(Value::Object(fields.collect()));
    }
    let kinds = kinds(schema);
    match kinds.iter().copied().find(|kind| *kind != "null") {
        Some("object") => Some(of_object(schemas, schema, depth)),
        Some("array") if depth >= DEPTH_MAX => Some(json!([])),
        Some("array") => Some(of_schema(schemas, &schema["items"], name, depth + 1).into_iter().collect()),
        Some(kind) => of_field(name, kind).or_else(|| of_kind(schema, kind)).or_else(|| {
            // Nothing is known of it, and it may be nothing.
            kinds.contains(&"null").then_some(Value::Null)
        }),
        None => Some(json!({})),
    }
}

fn kinds(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn of_object(schemas: &Value, schema: &Value, depth: usize) -> Value {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let examples = fields.filter_map(|(name, field)| {
        let example = of_schema(schemas, field, name, depth + 1)?;
        let says_nothing = example.is_null() && !is_required(schema, name);
        (!says_nothing).then(|| (name.clone(), example))
    });
    Value::Object(examples.collect())
}

fn is_required(schema: &Value, name: &str) -> bool {
    schema["required"].as_array().into_iter().flatten().any(|required| required == name)
}

/// What every field of this kind may hold.
fn of_kind(schema: &Value, kind: &str) -> Option<Value> {
    match (kind, schema["format"].as_str()) {
        ("string", Some("date-time")) => Some(json!("2026-11-27T18:30:00.000Z")),
        ("integer", _) => Some(json!(schema["minimum"].as_i64().unwrap_or(1).max(1))),
        ("boolean", _) => Some(json!(true)),
        _ => None,
    }
}

/// What a field of this name holds, wherever it stands.
fn of_field(name: &str, kind: &str) -> Option<Value> {
    let example = match name {
        "sku" => json!("TSHIRT-RED-M"),
        "slug" | "product_slug" => json!("t-shirt"),
        "title" => json!("T-Shirt, red, M"),
        "name" | "label" => json!("T-Shirts"),
        "description" => json!("<p>Organic cotton.</p>"),
        "access_token" => json!("eyJhbGciOiJIUzI1NiIsImtpZCI6IjFhMmIifQ.eyJzdWIiOiJhY2N0XzAxOTIifQ.c2lnbmF0dXJl"),
        "password" | "current_password" => json!("correct horse battery staple"),
        "token" => json!("q7X2mJ0cW5yQ1b8ZrT4uVn9KpLsEaHdG"),
        "guest_token" => json!("guest_AZLwwX6bfMCopMHw47XWpwAAAZrLzY"),
        "challenge" => json!("chal_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7"),
        "otpauth_url" => json!("otpauth://totp/Doorbuster:ann@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Doorbuster"),
        "for" => json!("registration"),
        "trace_id" => json!("4bf92f3577b34da6a3ce929d0e0e4736"),
        "device" => json!("Mozilla/5.0"),
        "address" => json!("203.0.113.7"),
        "order_no" => json!("7ZK4-2MQX-9TA"),
        "email" => json!("ann@example.com"),
        "phone" => json!("+919876543210"),
        "line1" => json!("12 MG Road"),
        "line2" => json!("Floor 3"),
        "city" => json!("Bengaluru"),
        "region" => json!("Karnataka"),
        "postal_code" => json!("560001"),
        "country" => json!("IN"),
        "shipping_method" | "tax_class" => json!("standard"),
        "payment_method" => json!("cash_on_delivery"),
        "payment_status" => json!("unpaid"),
        "location" => json!("main"),
        "carrier" => json!("India Post"),
        "tracking" => json!("EE123456789IN"),
        "reason" | "cancel_reason" => json!("ordered twice"),
        "reference" => json!("delivery note 4711"),
        "url" => json!("https://images.example.com/t-shirt.jpg"),
        "alt" => json!("a red T-shirt"),
        "path" => json!("apparel/shirts"),
        "parent" => json!("apparel"),
        "category" => json!("shirts"),
        "brand" => json!("acme"),
        "barcode" => json!("4006381333931"),
        "availability" => json!("in_stock"),
        "next_cursor" => json!("eyJhIjoxfQ"),
        "tags" => json!("summer"),
        "detail" => json!("SKU TSHIRT-RED-M: 2 asked, 1 left"),
        "pointer" => json!("/items/0/sku"),
        "tax_rate_bp" | "rate_bp" => json!(1800),
        "discount_bp" => json!(1334),
        "expires_in_ms" => json!(600_000),
        "hold_ttl_s" => json!(600),
        "window_s" => json!(86_400),
        "weight_grams" => json!(180),
        "quantity" => json!(2),
        "on_hand" | "sellable" | "available" => json!(40),
        "reserved" | "safety" | "rejected" | "rejections_left_out" | "position" => json!(0),
        "has_more" | "draining" | "selected" => json!(false),
        _ => return None,
    };
    let fits = match kind {
        "string" => example.is_string(),
        "integer" => example.is_i64() || example.is_u64(),
        "boolean" => example.is_boolean(),
        _ => false,
    };
    fits.then_some(example)
}
