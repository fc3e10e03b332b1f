//! Whether an answer is one that the description promises: its status, its media type, its body.

use hyper::Method;
use serde_json::Value;

use super::{DESCRIPTION, step};
use crate::client::Answer;

/// Of an answer to `method` and `target` (path and query).
///
/// # Panics
/// If it is not described. What is no operation of the API (pages, addresses that are not there, methods that a resource does
/// not take) is not looked at.
pub(crate) fn compare(method: &Method, target: &str, answer: &Answer) {
    let path = target.split(['?', '#']).next().unwrap_or(target);
    let Some(place) = operation(method, path) else { return };
    let told =
        || format!("{method} {target} was answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    let status = answer.status.as_str();
    let response = format!("{place}/responses/{status}");
    let described = DESCRIPTION.document.pointer(&response);
    let described = described.unwrap_or_else(|| panic!("no such answer is described. {}", told()));
    for name in described["headers"].as_object().into_iter().flatten().map(|(name, _)| name) {
        assert!(!answer.header(&name.to_lowercase()).is_empty(), "{name} is missing. {}", told());
    }
    if answer.body.is_empty() {
        return;
    }
    let media_type = answer.header("content-type").split(';').next().unwrap_or("").trim().to_owned();
    let content = described["content"].get(&media_type);
    assert!(content.is_some(), "{media_type:?} is not described there. {}", told());
    if !media_type.ends_with("json") || !answer.header("content-encoding").is_empty() {
        return;
    }
    let flaws = DESCRIPTION.flaws(&format!("{response}/content/{}/schema", step(&media_type)), &answer.json());
    assert!(flaws.is_empty(), "it is described otherwise: {flaws:#?} {}", told());
}

/// The place of the operation in the document. Names go before placeholders.
fn operation(method: &Method, path: &str) -> Option<String> {
    let paths = DESCRIPTION.document["paths"].as_object().expect("paths");
    let fitting = paths.iter().filter(|(pattern, _)| fits(pattern, path));
    let (pattern, verbs) = fitting.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
    let verb = method.as_str().to_lowercase();
    verbs.get(&verb).is_some_and(Value::is_object).then(|| format!("/paths/{}/{verb}", step(pattern)))
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(name), Some(step)) if name == step || (name.starts_with('{') && !step.is_empty()) => {}
            _ => return false,
        }
    }
}

#[test]
fn a_path_fits_its_pattern_and_no_other() {
    assert!(fits("/api/v1/orders/{order_no}", "/api/v1/orders/7ZK4"));
    assert!(
        !fits("/api/v1/orders/{order_no}", "/api/v1/orders/") && !fits("/api/v1/orders/{order_no}", "/api/v1/orders")
    );
    assert_eq!(
        operation(&Method::GET, "/api/v1/orders/7").as_deref(),
        Some("/paths/~1api~1v1~1orders~1{order_no}/get")
    );
    assert_eq!(operation(&Method::PUT, "/api/v1/orders/7"), None);
    assert_eq!(operation(&Method::GET, "/nowhere"), None);
}

#[test]
#[should_panic(expected = "no such answer is described")]
fn an_answer_that_is_not_described_is_noticed() {
    compare(&Method::GET, "/api/v1/cart?x=1", &answer(418, "application/json", "{}"));
}

#[test]
#[should_panic(expected = "\"text/html\" is not described there")]
fn a_media_type_that_is_not_described_is_noticed() {
    compare(&Method::GET, "/api/v1/cart", &answer(200, "text/html", "<p>"));
}

#[test]
#[should_panic(expected = "'more' was unexpected")]
fn a_field_that_is_not_described_is_noticed() {
    let page = r#"{"data":[],"page":{"next_cursor":null,"has_more":false,"more":1}}"#;
    compare(&Method::GET, "/api/v1/orders", &answer(200, "application/json", page));
}

#[test]
#[should_panic(expected = "has_more\\\" is a required property")]
fn a_field_that_is_missing_is_noticed() {
    let page = r#"{"data":[],"page":{"next_cursor":null}}"#;
    compare(&Method::GET, "/api/v1/orders", &answer(200, "application/json", page));
}

#[cfg(test)]
fn answer(status: u16, media_type: &'static str, body: &'static str) -> Answer {
    use hyper::body::Bytes;
    use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
    Answer {
        status: hyper::StatusCode::from_u16(status).expect("a status"),
        headers,
        body: Bytes::from_static(body.as_bytes()),
    }
}
