//! From an answer to what can be asked with it: whoever made a thing or listed things has the name of one, and every operation
//! that takes such a name in its path is linked. Found by the paths, so that new operations are linked as well.

use serde_json::{Map, Value, json};

/// Names that lead somewhere else than below the path that told them.
const ELSEWHERE: [(&str, &str, &str, &str); 5] = [
    // Told by, as; asked below, as.
    ("POST /api/v1/checkout", "order_no", "/api/v1/orders/", "order_no"),
    ("POST /api/v1/checkout", "order_no", "/api/v1/admin/orders/", "order_no"),
    ("POST /api/v1/admin/products", "variants/0/sku", "/api/v1/admin/stock/", "sku"),
    ("POST /api/v1/admin/products", "variants/0/sku", "/api/v1/cart/items/", "sku"),
    ("POST /api/v1/admin/products", "variants/0/id", "/api/v1/admin/variants/", "id"),
];

/// An operation that takes a name in its path.
struct Target {
    operation_id: String,
    /// The path before the name.
    before: String,
    name: String,
    /// Against which version it is done.
    is_change: bool,
}

pub(super) fn write(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let targets: Vec<Target> = paths.iter().flat_map(|(path, verbs)| targets(path, verbs)).collect();
    for (path, verbs) in paths {
        for (verb, operation) in verbs.as_object_mut().into_iter().flatten() {
            let asked = format!("{} {path}", verb.to_uppercase());
            let Some(Value::Object(responses)) = operation.get_mut("responses") else { continue };
            for (_, response) in responses.iter_mut().filter(|(status, _)| status.starts_with("20")) {
                let links = links(&asked, path, response, &schemas, &targets);
                if !links.is_empty() {
                    response["links"] = Value::Object(links);
                }
            }
        }
    }
}

fn targets(path: &str, verbs: &Value) -> Vec<Target> {
    let (Some((before, rest)), 1) = (path.split_once('{'), path.matches('{').count()) else { return Vec::new() };
    let name = rest.split('}').next().unwrap_or_default();
    let target = |operation: &Value| {
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        Some(Target {
            operation_id: operation["operationId"].as_str()?.to_owned(),
            before: before.to_owned(),
            name: name.to_owned(),
            is_change: parameters.any(|parameter| parameter["name"] == "If-Match"),
        })
    };
    verbs.as_object().into_iter().flat_map(|verbs| verbs.values()).filter_map(target).collect()
}

fn links(asked: &str, path: &str, response: &Value, schemas: &Value, targets: &[Target]) -> Map<String, Value> {
    let body = fields(&response["content"]["application/json"]["schema"], schemas);
    let listed = fields(&fields(&body["data"], schemas)["items"], schemas);
    let mut links = Map::new();
    for target in targets {
        let elsewhere = ELSEWHERE
            .iter()
            .find(|(by, _, before, name)| *by == asked && *before == target.before && *name == target.name);
        let is_below = target.before == format!("{path}/");
        let place = match elsewhere {
            Some((_, told, _, _)) => (*told).to_owned(),
            None if is_below && !body[&target.name].is_null() => target.name.clone(),
            None if is_below && !listed[&target.name].is_null() => format!("data/0/{}", target.name),
            None => continue,
        };
        let mut parameters = json!({ &target.name: format!("$response.body#/{place}") });
        if target.is_change && place == target.name {
            parameters["If-Match"] = json!("$response.header.ETag");
        }
        let link = json!({ "operationId": target.operation_id, "parameters": parameters });
        links.insert(target.operation_id.clone(), link);
    }
    links
}

/// The fields of an object by its schema; of a list, its schema as it is.
fn fields(schema: &Value, schemas: &Value) -> Value {
    let named = schema["$ref"].as_str().and_then(|place| place.rsplit('/').next());
    let schema = named.map_or(schema, |name| &schemas[name]);
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().filter_map(|part| fields(part, schemas).as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    if schema["properties"].is_object() { schema["properties"].clone() } else { schema.clone() }
}
