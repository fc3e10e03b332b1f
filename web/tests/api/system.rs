//! Health, metrics, the description.

use hyper::Method;
use serde_json::Value;

use crate::app::TestApp;

#[actix_web::test]
async fn it_says_how_it_is() {
    let app = TestApp::start();
    assert_eq!(app.client.get("/healthz").send().await.body, "ok\n");
    assert_eq!(app.client.get("/readyz").send().await.expect(200)["ready"], true);
    app.client.get("/nowhere").send().await.problem(404, "not_found");
    let metrics = app.client.get("/metrics").send().await;
    let text = String::from_utf8_lossy(&metrics.body).into_owned();
    assert!(text.contains(r#"doorbuster_http_requests_total{route="/readyz",status="2xx"}"#), "{text}");
    assert!(text.contains(r#"doorbuster_http_requests_total{route="none",status="4xx"}"#), "{text}");
    assert!(!text.contains("/nowhere"), "labels are patterns: {text}");
}

#[actix_web::test]
async fn the_description_and_the_routes_know_each_other() {
    let app = TestApp::start();
    let answer = app.client.get("/api/v1/openapi.json").send().await;
    let description = answer.expect(200);
    assert_eq!(description["openapi"], "3.1.0");

    let described = operations(&description);
    let pages = ["/", "/api/docs", "/assets/{name}", "/problems/{name}"];
    for (method, path) in web::routes::all().table() {
        let known = described.iter().any(|(verb, known, _)| *verb == method.as_str() && *known == path);
        assert!(known || pages.contains(&path.as_str()), "{method} {path} is not described");
    }
    // And what is described is really served: a method that is not there is 405, a route 404.
    for (method, path, _) in &described {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let path = path.replace(['{', '}'], "");
        let answer = app.client.request(method.clone(), &path).send().await;
        let told = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status != 405 && !told.contains("no such route"), "{method} {path}: {told}");
    }
    let mut names: Vec<_> = described.iter().map(|(_, _, name)| name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), described.len(), "two operations have one name");

    let known = app.client.get("/api/v1/openapi.json").header("if-none-match", answer.header("etag")).send().await;
    known.expect(304);
}

/// Method, path and name of all that is described.
fn operations(description: &Value) -> Vec<(String, String, String)> {
    let paths = description["paths"].as_object().expect("paths");
    let verbs = |(path, verbs): (&String, &Value)| {
        let verbs = verbs.as_object().expect("verbs").clone();
        let path = path.clone();
        verbs.into_iter().map(move |(verb, operation)| {
            let name = operation["operationId"].as_str().expect("a name").to_owned();
            assert!(operation["tags"][0].is_string(), "{name} is under no heading");
            (verb.to_uppercase(), path.clone(), name)
        })
    };
    paths.iter().flat_map(verbs).collect()
}
