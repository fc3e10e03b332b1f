//! Making things under a key: once, however often it is asked.

use serde_json::{Value, json};

use crate::app::{TestApp, inr};
use crate::client::Answer;

async fn make(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    app.admin_post(&format!("/api/v1/admin/{path}"), body).header("idempotency-key", key).send().await
}

#[actix_web::test]
async fn whatever_an_admin_makes_is_made_once_for_its_key() {
    let app = TestApp::start();
    let product = app.create_product("t-shirt", &["TEE-M"]).await;
    let variants = format!("products/{}/variants", product["id"].as_str().expect("an id"));
    // Neither slug nor anything else stands in the way of a second one: only the key does.
    let cases = [
        ("products", json!({ "title": "Lamp" })),
        ("brands", json!({ "name": "Acme" })),
        ("categories", json!({ "name": "Home" })),
        ("locations", json!({ "code": "annex", "name": "Annex" })),
        ("tax-classes", json!({ "code": "books", "name": "Books", "rate_bp": 0, "inclusive": true })),
        (variants.as_str(), json!({ "sku": "TEE-L", "price": inr(100) })),
    ];
    for (path, body) in cases {
        let first = make(&app, path, "k", &body).await;
        let made = first.expect(201);
        let again = make(&app, path, "k", &body).await;
        assert_eq!(again.expect(201), made, "{path}");
        assert_eq!(again.header("idempotent-replayed"), "true", "{path}");
        assert_eq!(first.header("idempotent-replayed"), "", "{path}");
        for header in ["location", "etag"] {
            assert_eq!(again.header(header), first.header(header), "{path}");
        }
        let mut other = body.clone();
        other["name"] = json!("Something else");
        if path.starts_with("products") {
            other["position"] = json!(7);
        }
        let other = if path == "products" { json!({ "title": "Lamps" }) } else { other };
        let reused = if path == variants { json!({ "sku": "TEE-L", "price": inr(101) }) } else { other };
        make(&app, path, "k", &reused).await.problem(422, "idempotency_key_reused");
    }
    let lamps = app.admin_get("/api/v1/admin/products?limit=100").send().await.expect(200);
    assert_eq!(lamps["data"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn the_answer_is_that_of_the_first_time_whatever_happened_since() {
    let app = TestApp::start();
    let made = make(&app, "brands", "k", &json!({ "name": "Acme" })).await;
    let path = made.header("location").to_owned();
    app.admin_patch(&path, "*", &json!({ "name": "Apex" })).send().await.expect(200);
    let again = make(&app, "brands", "k", &json!({ "name": "Acme" })).await;
    assert_eq!((&again.expect(201)["name"], again.header("etag")), (&json!("Acme"), "\"1\""));
    // A key belongs to its route.
    make(&app, "categories", "k", &json!({ "name": "Acme" })).await.expect(201);
}

#[actix_web::test]
async fn a_refusal_leaves_the_key_free() {
    let app = TestApp::start();
    make(&app, "brands", "k", &json!({ "name": "" })).await.problem(422, "validation_failed");
    let made = make(&app, "brands", "k", &json!({ "name": "Acme" })).await;
    made.expect(201);
    assert_eq!(made.header("idempotent-replayed"), "");
    make(&app, "brands", &"k".repeat(256), &json!({ "name": "Acme" })).await.problem(400, "bad_request");
}

#[actix_web::test]
async fn of_many_at_once_one_makes_it_and_nobody_makes_a_second() {
    let app = TestApp::start();
    let body = json!({ "title": "Lamp" });
    let answers = futures_util::future::join_all((0..16).map(|_| make(&app, "products", "k", &body))).await;
    let mut made = 0;
    for answer in &answers {
        match answer.status.as_u16() {
            201 if answer.header("idempotent-replayed").is_empty() => made += 1,
            201 => {}
            _ => drop(answer.problem(409, "idempotency_key_in_flight")),
        }
    }
    assert_eq!(made, 1);
    let listed = app.admin_get("/api/v1/admin/products").send().await.expect(200);
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
}
