//! The rules that the description keeps: what every operation says of itself, and that nothing in it leads nowhere.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{DESCRIPTION, step};

/// An operation, and where it stands in the document.
struct Operation {
    name: String,
    place: String,
    value: &'static Value,
}

/// Everything that is said of all of them, so that one run names all that is missing.
fn check(rule: impl Fn(&Operation) -> Vec<String>) {
    let wrong: Vec<String> = operations()
        .iter()
        .flat_map(|operation| {
            let flaws = rule(operation).into_iter();
            flaws.map(|flaw| format!("{}: {flaw}", operation.name)).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn operations() -> Vec<Operation> {
    let paths = DESCRIPTION.document["paths"].as_object().expect("paths");
    let of_path = |(path, verbs): (&String, &'static Value)| {
        let place = format!("/paths/{}", step(path));
        let verbs = verbs.as_object().expect("verbs").iter();
        let path = path.clone();
        verbs.map(move |(verb, value)| Operation {
            name: format!("{} {path}", verb.to_uppercase()),
            place: format!("{place}/{verb}"),
            value,
        })
    };
    let operations: Vec<Operation> = paths.iter().flat_map(of_path).collect();
    assert!(operations.len() > 70, "only {}", operations.len());
    operations
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or("")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The codes that an operation refuses with.
fn codes(operation: &Operation) -> BTreeSet<&'static str> {
    let problems = fields(&operation.value["responses"]).map(|(_, response)| &response["content"]);
    let schemas = problems.map(|content| &content["application/problem+json"]["schema"]);
    let refs =
        schemas.flat_map(|schema| list(&schema["oneOf"]).chain([schema])).filter_map(|part| part["$ref"].as_str());
    refs.map(|place| {
        let schema = DESCRIPTION.document.pointer(&place[1..]).expect("a schema");
        schema["properties"]["code"]["const"].as_str().expect("a problem has one code")
    })
    .collect()
}

#[test]
fn every_operation_has_a_name_of_its_own_a_heading_and_words() {
    let named: BTreeSet<&str> = list(&DESCRIPTION.document["tags"])
        .filter(|tag| !text(tag, "description").is_empty())
        .map(|tag| text(tag, "name"))
        .collect();
    check(|operation| {
        let value = operation.value;
        let mut flaws = Vec::new();
        if text(value, "summary").is_empty() || text(value, "summary").contains('\n') {
            flaws.push("a summary on one line: the first paragraph above the handler".to_owned());
        }
        if text(value, "operationId").is_empty() {
            flaws.push("no operationId".to_owned());
        }
        let tags: Vec<&str> = list(&value["tags"]).filter_map(Value::as_str).collect();
        if tags.len() != 1 || !named.contains(tags[0]) {
            flaws.push(format!("one heading that description/headings.rs explains, not {tags:?}"));
        }
        flaws
    });
    let names: BTreeSet<&str> = operations().iter().map(|operation| text(operation.value, "operationId")).collect();
    assert_eq!(names.len(), operations().len(), "two operations have one name");
}

#[test]
fn who_may_ask_is_said_by_ways_that_are_explained() {
    let schemes = &DESCRIPTION.document["components"]["securitySchemes"];
    check(|operation| {
        let Some(ways) = operation.value["security"].as_array() else {
            return vec!["no security, not even none".to_owned()];
        };
        let named = ways.iter().flat_map(fields).map(|(scheme, _)| scheme);
        named
            .filter(|scheme| text(&schemes[*scheme], "description").is_empty())
            .map(|scheme| format!("there is no way to say who one is called {scheme}"))
            .collect()
    });
}

#[test]
fn every_parameter_is_explained_and_those_of_the_path_are_all_there() {
    check(|operation| {
        let parameters: Vec<&Value> = list(&operation.value["parameters"]).collect();
        let mut flaws = Vec::new();
        for parameter in &parameters {
            if text(parameter, "description").is_empty() {
                flaws.push(format!("{} has no description", parameter["name"]));
            }
            if parameter["schema"]["type"].is_null()
                && parameter["schema"]["$ref"].is_null()
                && parameter["schema"]["oneOf"].is_null()
            {
                flaws.push(format!("{} has no type", parameter["name"]));
            }
        }
        let path = operation.name.split(' ').nth(1).expect("method and path");
        let meant: BTreeSet<&str> =
            path.split('/').filter_map(|step| step.strip_prefix('{')?.strip_suffix('}')).collect();
        let said: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| text(parameter, "name"))
            .collect();
        if meant != said {
            flaws.push(format!("the path has {meant:?}, described are {said:?}"));
        }
        let key = codes(operation).contains("idempotency_key_reused");
        let version = !operation.value["responses"]["412"].is_null();
        for (refused, header) in [(key, "Idempotency-Key"), (version, "If-Match")] {
            let takes = parameters.iter().any(|parameter| parameter["name"] == header);
            if refused != takes {
                flaws.push(format!("{header} is described: {takes}; that it can fail: {refused}"));
            }
        }
        flaws
    });
}

#[test]
fn every_operation_says_what_it_answers_and_what_it_refuses() {
    check(|operation| {
        let mut flaws = Vec::new();
        let responses = &operation.value["responses"];
        let codes = codes(operation);
        for always in ["internal", "overloaded"] {
            if !codes.contains(always) {
                flaws.push(format!("{always} is not described"));
            }
        }
        for (status, response) in fields(responses) {
            if text(response, "description").is_empty() {
                flaws.push(format!("{status} has no words"));
            }
            let nothing = ["204", "302", "303", "304"].contains(&status.as_str());
            if nothing != response["content"].is_null() {
                flaws.push(format!("{status} has {}", if nothing { "a body" } else { "no body" }));
            }
        }
        if !fields(responses).any(|(status, _)| status.starts_with('2') || status.starts_with('3')) {
            flaws.push("nothing that goes well".to_owned());
        }
        flaws
    });
}

#[test]
fn every_body_has_a_schema_and_an_example_that_is_one() {
    check(|operation| {
        let responses = fields(&operation.value["responses"]).filter(|(status, _)| status.starts_with('2'));
        let answers = responses.map(|(status, response)| (format!("/responses/{status}"), response));
        let asked = (!operation.value["requestBody"].is_null())
            .then(|| ("/requestBody".to_owned(), &operation.value["requestBody"]));
        let mut flaws = Vec::new();
        for (place, body) in answers.chain(asked) {
            for (media_type, content) in fields(&body["content"]) {
                let place = format!("{place}/content/{}", step(media_type));
                match (&content["schema"], &content["example"]) {
                    (Value::Null, _) => flaws.push(format!("{place} has no schema")),
                    (_, Value::Null) if media_type == "multipart/form-data" => {}
                    (_, Value::Null) => flaws.push(format!("{place} has no example")),
                    (_, example) if media_type.ends_with("json") => {
                        let wrong = DESCRIPTION.flaws(&format!("{}{place}/schema", operation.place), example);
                        flaws.extend(wrong.into_iter().map(|flaw| format!("the example of {place}: {flaw}")));
                    }
                    _ => {}
                }
            }
        }
        flaws
    });
}

#[test]
fn every_object_that_is_taken_refuses_what_it_does_not_know() {
    check(|operation| {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        let mut open = Vec::new();
        let mut seen = BTreeSet::new();
        find_open(schema, &mut seen, &mut open);
        open
    });
}

/// Objects below `schema` that name their fields and take others as well.
fn find_open(schema: &Value, seen: &mut BTreeSet<String>, open: &mut Vec<String>) {
    if schema.is_null() {
        return;
    }
    if let Some(place) = schema["$ref"].as_str() {
        if seen.insert(place.to_owned()) {
            find_open(DESCRIPTION.document.pointer(&place[1..]).expect("a schema"), seen, open);
        }
        return;
    }
    if !schema["properties"].is_null() && schema["additionalProperties"].is_null() {
        open.push(format!(
            "takes any field beside {:?}",
            fields(&schema["properties"]).map(|(name, _)| name).collect::<Vec<_>>()
        ));
    }
    for (_, field) in fields(&schema["properties"]) {
        find_open(field, seen, open);
    }
    for part in ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|part| list(&schema[part])).chain([&schema["items"]]) {
        find_open(part, seen, open);
    }
}

#[test]
fn nothing_leads_nowhere_and_nothing_stands_unused() {
    let mut used = BTreeSet::new();
    references(&DESCRIPTION.document, &mut used);
    for place in &used {
        assert!(DESCRIPTION.document.pointer(&place[1..]).is_some(), "{place} leads nowhere");
    }
    let kinds = ["schemas", "responses", "parameters"];
    let components = kinds.into_iter().flat_map(|kind| {
        let parts = fields(&DESCRIPTION.document["components"][kind]);
        parts.map(move |(name, _)| format!("#/components/{kind}/{}", step(name)))
    });
    let unused: Vec<String> = components.filter(|place| !used.contains(place)).collect();
    assert!(unused.is_empty(), "described for nothing: {unused:#?}");
}

fn references(part: &'static Value, used: &mut BTreeSet<String>) {
    match part {
        Value::Object(inner) => {
            if let Some(place) = inner.get("$ref").and_then(Value::as_str) {
                used.insert(place.to_owned());
            }
            inner.values().for_each(|value| references(value, used));
        }
        Value::Array(inner) => inner.iter().for_each(|value| references(value, used)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_link_leads_to_an_operation_and_names_parameters_of_it() {
    let all = operations();
    let mut linked = BTreeSet::new();
    check(|operation| {
        let responses = fields(&operation.value["responses"]);
        let links = responses.flat_map(|(_, response)| fields(&response["links"]));
        let mut flaws = Vec::new();
        for (name, link) in links {
            let to = all.iter().find(|target| target.value["operationId"] == link["operationId"]);
            let Some(to) = to else {
                flaws.push(format!("the link {name} leads nowhere"));
                continue;
            };
            for (parameter, _) in fields(&link["parameters"]) {
                if !list(&to.value["parameters"]).any(|known| known["name"] == *parameter) {
                    flaws.push(format!("{name} has no parameter {parameter}"));
                }
            }
        }
        flaws
    });
    for operation in &all {
        let links = fields(&operation.value["responses"]).flat_map(|(_, response)| fields(&response["links"]));
        linked.extend(links.map(|(name, _)| name.clone()));
    }
    assert!(linked.len() > 40, "only {} operations are linked to", linked.len());
}
