//! The answers of an operation that are refusals: by status, with the codes that may stand in them. Each code is a schema of
//! its own, with the members that it adds, so that a client that has looked at `code` knows the rest.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::to_value;
use crate::error::Code;
use crate::middleware::is_the_owners;
use crate::routes::{Described, verb};

pub(super) fn write(operation: &mut Value, described: &Described, schemas: &mut Value) {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes(described) {
        by_status.entry(status(code, described, operation)).or_default().push(code);
        schemas[schema_name(code)] = schema(code);
    }
    for (status, codes) in by_status {
        let response = &mut operation["responses"][status.to_string()];
        let is_all = response.is_null();
        if is_all {
            *response = json!({ "description": words(&codes) });
        }
        response["content"]["application/problem+json"] = json!({ "schema": one_of(&codes) });
        // An answer that is no refusal (`/readyz`) tells nobody to come back.
        if is_all && (status == 429 || status == 503) {
            let seconds = json!({ "type": "integer", "minimum": 0 });
            response["headers"]["Retry-After"] =
                json!({ "description": "When to come back, in seconds.", "schema": seconds });
        }
    }
}

/// What the operation says of itself, and what is said to anybody at the door.
fn codes(described: &Described) -> BTreeSet<Code> {
    let mut codes: BTreeSet<Code> = described.codes.iter().copied().collect();
    codes.extend([Code::Internal, Code::Overloaded]);
    let method = verb(&described.method);
    if described.path.starts_with("/api/") {
        codes.extend([Code::RateLimited, Code::TemporarilyUnavailable]);
        // Which store is asked: there is none of that name, or the storefront's key that says so is none, or may not.
        codes.extend([Code::NotFound, Code::Unauthenticated, Code::Forbidden]);
    }
    if !method.is_safe() {
        // A change that a page of another site asks for goes no further than the door.
        codes.extend([Code::OutcomeUnknown, Code::CrossSiteRequest]);
    }
    if is_the_owners(&method, &described.path) {
        codes.insert(Code::StandingBy);
    }
    codes
}

/// A version that came in `If-Match` fails as 412, one that came in the body as 409. A second factor is asked of somebody who
/// is not in yet, or of staff who are in and may not go on.
fn status(code: Code, described: &Described, operation: &Value) -> u16 {
    if code == Code::SecondFactorRequired && described.codes.contains(&Code::Forbidden) {
        return Code::Forbidden.status().as_u16();
    }
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    let is_in_the_body = code == Code::VersionConflict && !parameters.any(|parameter| parameter["name"] == "If-Match");
    if is_in_the_body { 409 } else { code.status().as_u16() }
}

fn words(codes: &[Code]) -> String {
    let of_one = |code: &Code| format!("`{}`: {}.", code.name(), code.title());
    codes.iter().map(of_one).collect::<Vec<_>>().join(" ")
}

fn one_of(codes: &[Code]) -> Value {
    let schema = |code: &Code| format!("#/components/schemas/{}", schema_name(*code));
    if let [only] = codes {
        return json!({ "$ref": schema(only) });
    }
    let all: Vec<Value> = codes.iter().map(|code| json!({ "$ref": schema(code) })).collect();
    let mapping: Value = codes.iter().map(|code| (code.name().to_owned(), json!(schema(code)))).collect();
    json!({ "oneOf": all, "discriminator": { "propertyName": "code", "mapping": mapping } })
}

/// `out_of_stock` is described by `OutOfStockProblem`.
fn schema_name(code: Code) -> String {
    let capitalized = |word: &str| word[..1].to_uppercase() + &word[1..];
    code.name().split('_').map(capitalized).collect::<String>() + "Problem"
}

/// RFC 9457. `code` is the contract; `title` and `detail` are for people.
fn schema(code: Code) -> Value {
    let text = |about: &str, example: &str| json!({ "type": "string", "description": about, "example": example });
    let mut properties = json!({
        "type": text("Leads to a page about it.", &format!("/problems/{}", code.slug())),
        "title": text("For people.", code.title()),
        "status": { "type": "integer", "description": "The status of the answer.", "example": code.status().as_u16() },
        "code": { "type": "string", "const": code.name() },
        "detail": { "type": "string", "description": "For people: what it is about this time." },
        "instance": text("The path that was asked.", "/api/v1/checkout"),
        "trace_id": text("Finds it in the log.", "4bf92f3577b34da6a3ce929d0e0e4736"),
    });
    for member in code.members() {
        properties[member.name] = to_value(&member.schema());
    }
    json!({
        "type": "object",
        "description": code.meaning(),
        "properties": properties,
        "required": ["type", "title", "status", "code", "instance", "trace_id"],
    })
}
