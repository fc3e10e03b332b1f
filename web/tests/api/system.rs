//! Health, metrics, the description.

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{Ground, TestApp};

#[actix_web::test]
async fn it_is_not_ready_before_there_is_an_index_and_says_so() {
    let ground = Ground::new();
    // There is nothing to build the index from.
    ground.database.sql("alter table products rename to products_away");
    let app = TestApp::start_on(ground, |_| {});
    let answer = app.client.get("/readyz").send().await;
    let told = answer.expect(503);
    assert_eq!((&told["ready"], &told["not_ready"]), (&json!(false), &json!(["search_index"])), "{told}");
    app.client.get("/api/v1/products").send().await.problem(503, "temporarily_unavailable");
    app.ground.database.sql("alter table products_away rename to products");
    assert_eq!(app.until_ready().await["search_index"], true);
}

#[actix_web::test]
async fn it_says_how_it_is() {
    let app = TestApp::start();
    assert_eq!(app.client.get("/healthz").send().await.body, "ok\n");
    let ready = app.until_ready().await;
    assert_eq!((&ready["not_ready"], &ready["database"]), (&json!([]), &json!(true)), "{ready}");
    app.client.get("/nowhere").send().await.problem(404, "not_found");
    let metrics = app.client.get("/metrics").send().await;
    let text = String::from_utf8_lossy(&metrics.body).into_owned();
    assert!(text.contains(r#"doorbuster_http_requests_total{route="/readyz",status="2xx"}"#), "{text}");
    assert!(text.contains(r#"doorbuster_http_requests_total{route="none",status="4xx"}"#), "{text}");
    assert!(!text.contains("/nowhere"), "labels are patterns: {text}");
}

/// What an operator watches in a sale.
const WATCHED: [&str; 26] = [
    "doorbuster_actors_awake{kind=\"cart\"}",
    "doorbuster_actors_awake{kind=\"sku\"}",
    "doorbuster_cart_free_seats",
    "doorbuster_database_pool_connections{state=\"in_use\"}",
    "doorbuster_database_pool_connections_max",
    "doorbuster_database_pool_waiting",
    "doorbuster_database_up",
    "doorbuster_http_buyers_in_flight_max",
    "doorbuster_http_requests_in_flight",
    "doorbuster_http_requests_in_flight_max",
    "doorbuster_journal_epoch",
    "doorbuster_journal_free_seats",
    "doorbuster_journal_owner",
    "doorbuster_journal_stopped_accounts_total",
    "doorbuster_live_listeners",
    "doorbuster_orders_expired_total",
    "doorbuster_orders_placed_total",
    "doorbuster_outbox_lag_age_seconds",
    "doorbuster_outbox_lag_rows",
    "doorbuster_ready",
    "doorbuster_search_corrupt",
    "doorbuster_search_documents",
    "doorbuster_search_index_bytes",
    "doorbuster_search_rebuild_products",
    "doorbuster_search_rebuild_products_expected",
    "doorbuster_stock_waits_total",
];

#[actix_web::test]
async fn what_an_operator_watches_is_there_and_named_as_prometheus_has_it() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 2).await;
    app.until_ready().await;
    // The outbox is asked about every few seconds.
    let has_lag = |text: &str| text.contains("\ndoorbuster_outbox_lag_rows ");
    let scrape = async || {
        let scraped = app.client.get("/metrics").send().await;
        Some(String::from_utf8_lossy(&scraped.body).into_owned()).filter(|text| has_lag(text))
    };
    let text = testdb::eventually_async("the lag of the outbox", scrape).await;
    for name in WATCHED {
        assert!(text.lines().any(|line| line.starts_with(&format!("{name} "))), "{name} is missing: {text}");
    }
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        let mut words = line.split(' ').skip(2);
        let (name, kind) = (words.next().expect("a name"), words.next().expect("a kind"));
        assert!(name.starts_with("doorbuster_"), "{line}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{line}");
        assert!(kind != "summary", "quantiles cannot be added up: {line}");
        let is_time = name.contains("duration") || name.contains("age") || name.contains("time");
        assert!(!is_time || name.ends_with("_seconds"), "{line}");
        assert!(!name.ends_with("_ms") && !name.ends_with("_kb"), "base units: {line}");
        assert!(text.contains(&format!("# HELP {name} ")), "{name} explains itself");
    }
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
