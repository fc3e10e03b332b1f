//! Nonsense for every route there is: the routes are taken from the API description, so that a new one is attacked from its
//! first day. Whatever comes in, the answer is a refusal with its document, or it is right; never a fault of ours.

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp};
use crate::client::{Answer, Request};

/// What nobody is called, as it stands in a path.
const SEGMENTS: [&str; 9] =
    ["1", "%00", "%ff", "%zz", "..%2f..%2fetc", "%E2%82%AC", "9223372036854775808", "null", "'%3B--"];

const QUERIES: [&str; 12] = [
    "unknown=1",
    "limit=-1",
    "limit=9223372036854775808",
    "limit=1&limit=1",
    "cursor=%00",
    "q=%ff",
    "q=((((%22AND",
    "%ff=1",
    "page=99999999999999999999",
    "price[min]=-1",
    "sort=%27",
    "&&=&%",
];

const HEADERS: [(&str, &[u8]); 11] = [
    ("authorization", b"Basic x"),
    ("authorization", b"Bearer \xff\xfe"),
    ("if-match", b"7"),
    ("if-match", b"\xff"),
    ("if-match", b"\"9223372036854775808\""),
    ("idempotency-key", b"\xff"),
    ("if-none-match", b"\"\"\"\xff"),
    ("cookie", b"\xff=\xff;;;="),
    ("accept-encoding", b"gzip;q=abc, ,;;\xff"),
    ("traceparent", b"00-\xff"),
    ("x-forwarded-for", b"999.1.1.1,,,"),
];

/// As they come off the wire.
fn bodies() -> Vec<Vec<u8>> {
    let mut bodies: Vec<Vec<u8>> =
        ["", "{", "null", "[]", "7", "\"x\"", "{} x", r#"{"a":1,"a":2}"#, r#"{"a":"\ud800"}"#]
            .map(|text| text.as_bytes().to_vec())
            .to_vec();
    bodies.extend([b"\0".to_vec(), b"\xff".to_vec(), "[".repeat(10_000).into(), " ".repeat((1 << 20) + 1).into()]);
    bodies
}

/// What may stand in any field.
fn values() -> Vec<Value> {
    let numbers =
        [json!(0), json!(-1), json!(9_223_372_036_854_775_808_u64), json!(i64::MIN), json!(1e300), json!(1.5)];
    let others = [json!("1"), json!(""), json!("\u{0}"), Value::Null, json!(true), json!([]), json!({}), json!([[{}]])];
    let texts = [json!("x".repeat(100_000)), json!("9999-12-31T23:59:59Z"), json!("\u{1f600}")];
    numbers.into_iter().chain(others).chain(texts).collect()
}

struct Route {
    method: Method,
    pattern: String,
    /// A body that has every field, made of the schema.
    body: Option<Value>,
}

impl Route {
    fn path(&self, segment: &str) -> String {
        let mut path = String::new();
        for part in self.pattern.split('/').skip(1) {
            let part = if part.starts_with('{') { segment } else { part };
            write!(path, "/{part}").expect("a string takes everything");
        }
        path
    }
}

struct Attack<'a> {
    app: &'a TestApp,
    guest: String,
    sent: AtomicUsize,
}

impl Attack<'_> {
    fn request(&self, route: &Route, path: &str) -> Request {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let token = if route.pattern.contains("/admin/") { OPERATOR_KEY } else { &self.guest };
        let key = format!("k{number}");
        let request = self.app.client.request(route.method.clone(), path).bearer(token);
        request.header("idempotency-key", &key).header("if-match", "*")
    }

    async fn route(&self, route: &Route) {
        for segment in SEGMENTS.iter().filter(|_| route.pattern.contains('{')) {
            self.send(route, &route.path(segment), segment).await;
        }
        for query in QUERIES {
            self.send(route, &format!("{}?{query}", route.path("t-shirt")), query).await;
        }
        for (name, value) in HEADERS {
            let request = self.app.client.request(route.method.clone(), &route.path("t-shirt"));
            let value = HeaderValue::from_bytes(value).expect("bytes");
            judge(&request.raw_header(HeaderName::from_static(name), value).send().await, route, name);
        }
        let Some(whole) = &route.body else { return };
        for body in bodies() {
            let what = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            self.send_body(route, body, &what).await;
        }
        for place in places(whole) {
            for value in values() {
                let mut body = whole.clone();
                let what = format!("{place} = {}", value.to_string().chars().take(40).collect::<String>());
                *body.pointer_mut(&place).expect("a place of this body") = value;
                self.send_body(route, body.to_string().into(), &what).await;
            }
        }
    }

    async fn send(&self, route: &Route, path: &str, what: &str) {
        let request = self.request(route, path);
        let request = match &route.body {
            Some(body) => request.json(body),
            None => request,
        };
        judge(&request.send().await, route, what);
    }

    async fn send_body(&self, route: &Route, body: Vec<u8>, what: &str) {
        let path = route.path("t-shirt");
        let request = self.request(route, &path).header("content-type", "application/json");
        judge(&request.body(body).send().await, route, what);
    }
}

/// Not our fault, and if it is a refusal, one in our words.
fn judge(answer: &Answer, route: &Route, what: &str) {
    let told = format!("{} {}, {what}: {answer:?}", route.method, route.pattern);
    assert!(answer.status < StatusCode::INTERNAL_SERVER_ERROR, "{told}");
    if answer.status.is_client_error() {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{told}");
        assert!(answer.json()["code"].is_string(), "{told}");
    }
}

#[actix_web::test]
async fn no_route_answers_nonsense_with_a_fault_of_ours() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["t-shirt"]).await;
    app.receive("t-shirt", 5).await;
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    app.until_ready().await;
    let guest = app.guest().await;
    let attack = Attack { app: &app, guest, sent: AtomicUsize::new(0) };
    let routes = routes(&description);
    // A stream has no end to wait for; what it refuses is tested with it.
    let attacked = routes.iter().filter(|route| !route.pattern.ends_with("/events"));
    // All at once, so that they get into each other's way too.
    join_all(attacked.map(|route| attack.route(route))).await;
    let sent = attack.sent.load(Ordering::Relaxed);
    assert!(sent > 2_000, "{sent}");
    assert_eq!(app.client.get("/healthz").send().await.status, 200);
}

fn routes(description: &Value) -> Vec<Route> {
    let paths = description["paths"].as_object().expect("paths");
    let of_path = |(pattern, verbs): (&String, &Value)| {
        let verbs = verbs.as_object().expect("verbs").clone();
        let pattern = pattern.clone();
        verbs.into_iter().map(move |(verb, operation)| {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let body = schema.map(|schema| example(description, schema, 0));
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).expect("a method");
            Route { method, pattern: pattern.clone(), body }
        })
    };
    paths.iter().flat_map(of_path).collect()
}

/// Something of this schema's shape.
fn example(description: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return example(description, &description["components"]["schemas"][name], depth);
    }
    if depth > 5 {
        return Value::Null;
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        let choices = schema[choice].as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(chosen) = choices.iter().find(|choice| choice["type"] != "null") {
            return example(description, chosen, depth + 1);
        }
    }
    if !schema["example"].is_null() {
        return schema["example"].clone();
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(1)),
        "boolean" => json!(true),
        "string" if schema["format"] == "date-time" => json!("2027-01-15T09:00:00Z"),
        "string" => json!("t-shirt"),
        "array" => json!([example(description, &schema["items"], depth + 1)]),
        _ => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, field)| (name.clone(), example(description, field, depth + 1))).collect()
        }
    }
}

/// Every place in a body, by its pointer; the whole of it too.
fn places(body: &Value) -> Vec<String> {
    let below = |(step, value): (String, &Value)| {
        let step = step.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(move |rest| format!("/{step}{rest}")).collect::<Vec<_>>()
    };
    let mut places = vec![String::new()];
    match body {
        Value::Object(fields) => {
            places.extend(fields.iter().map(|(name, value)| (name.clone(), value)).flat_map(below))
        }
        Value::Array(items) => {
            places.extend(items.iter().enumerate().map(|(index, value)| (index.to_string(), value)).flat_map(below));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    places
}
