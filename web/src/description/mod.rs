//! The API description (OpenAPI 3.1). What stands in it is made of the list of routes: what a handler takes, what it refuses,
//! what it answers. Words that mean the same thing everywhere (parameters, fields, headings) are explained once, here.

mod examples;
mod headings;
mod links;
mod names;
mod parameters;
mod refusals;
mod security;
pub mod words;

use serde_json::{Map, Value, json};
use utoipa::openapi::{ComponentsBuilder, Info, License, OpenApi, OpenApiBuilder, Server};

use crate::routes::{Described, Routes, verb};

/// The whole API of this build.
pub fn describe() -> Value {
    let Routes { operations, schemas, .. } = crate::routes::all();
    let components = ComponentsBuilder::new().schemas_from_iter(schemas).build();
    let mut document = to_value(&begin(components));
    document["components"]["securitySchemes"] = security::schemes();
    let mut paths = Map::new();
    for described in &operations {
        let name = verb(&described.method).as_str().to_lowercase();
        let path = paths.entry(described.path.clone()).or_insert_with(|| json!({}));
        path[name] = operation(described, &mut document["components"]["schemas"]);
    }
    document["tags"] = headings::of(&paths);
    document["paths"] = Value::Object(paths);
    names::use_names(&mut document);
    examples::write(&mut document);
    links::write(&mut document);
    document
}

fn begin(components: utoipa::openapi::Components) -> OpenApi {
    let mut info = Info::new("Doorbuster", env!("CARGO_PKG_VERSION"));
    info.description = Some(INTRODUCTION.to_owned());
    let mut license = License::new(env!("CARGO_PKG_LICENSE"));
    license.identifier = Some(env!("CARGO_PKG_LICENSE").to_owned());
    info.license = Some(license);
    let mut here = Server::new("/");
    here.description = Some("The shop that serves this description.".to_owned());
    OpenApiBuilder::new().info(info).servers(Some([here])).components(Some(components)).build()
}

const INTRODUCTION: &str = "A commerce engine for flash sales. Money is in minor units, times are RFC 3339 in UTC, \
    an unknown parameter or field is an error, and every error is a problem document.";

fn operation(described: &Described, schemas: &mut Value) -> Value {
    let mut operation = to_value(&described.operation);
    put_into_words(&mut operation);
    parameters::explain(&mut operation);
    refusals::write(&mut operation, described, schemas);
    security::say(&mut operation, &described.path);
    operation
}

/// A summary is one line. What goes well needs no words of its own, but some.
fn put_into_words(operation: &mut Value) {
    if let Some(summary) = operation["summary"].as_str() {
        operation["summary"] = json!(summary.replace('\n', " "));
    }
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!(match status.as_str() {
                "201" => "It was made.",
                "202" => "It is being done.",
                "204" => "It was done.",
                _ => "As asked.",
            });
        }
    }
}

fn to_value<T: serde::Serialize>(part: &T) -> Value {
    serde_json::to_value(part).expect("a description of texts and numbers is JSON")
}
