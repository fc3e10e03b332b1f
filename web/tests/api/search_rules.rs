//! Synonyms and rules of the shop's search, as staff keep them.

use chrono::TimeDelta;
use engine::id::StoreId;
use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp};
use crate::client::Answer;

const SYNONYMS: &str = "/api/v1/admin/search/synonyms";
const RULES: &str = "/api/v1/admin/search/rules";

async fn remove(app: &TestApp, path: &str, version: &str) -> Answer {
    app.client.request(Method::DELETE, path).bearer(OPERATOR_KEY).header("if-match", version).send().await
}

fn told(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().expect("errors").iter();
    errors
        .map(|e| format!("{} {}", e["pointer"].as_str().expect("a pointer"), e["code"].as_str().expect("a code")))
        .collect()
}

#[actix_web::test]
async fn a_synonym_lives_and_goes() {
    let app = TestApp::start();
    let made = app.admin_post(SYNONYMS, &json!({ "words": ["sofa", " couch "] })).send().await;
    let sofa = made.expect(201);
    assert_eq!((&sofa["words"], &sofa["means"], &sofa["version"]), (&json!(["sofa", "couch"]), &json!([]), &json!(1)));
    let path = format!("{SYNONYMS}/{}", sofa["id"].as_str().expect("an id"));
    assert_eq!((made.header("location"), made.header("etag")), (&*path, "\"1\""));
    assert_eq!(app.admin_get(&path).send().await.expect(200), sofa);

    let changed = app.admin_patch(&path, "\"1\"", &json!({ "words": ["sofa"], "means": ["settee"] })).send().await;
    assert_eq!(changed.expect(200)["means"], json!(["settee"]));
    app.admin_patch(&path, "\"1\"", &json!({})).send().await.problem(412, "version_conflict");
    let without = app.client.request(Method::PATCH, &path).bearer(OPERATOR_KEY).json(&json!({}));
    without.send().await.problem(428, "precondition_required");
    app.admin_post(SYNONYMS, &json!({ "words": ["tv", "television"] })).send().await.expect(201);
    let first = app.admin_get(&format!("{SYNONYMS}?limit=1")).send().await.expect(200);
    let cursor = first["page"]["next_cursor"].as_str().expect("there is more");
    let rest = app.admin_get(&format!("{SYNONYMS}?cursor={cursor}")).send().await.expect(200);
    assert_eq!(rest["data"][0]["words"], json!(["tv", "television"]));

    for (body, errors) in [
        (json!({ "words": [] }), vec!["/words required"]),
        (json!({ "words": ["sofa"] }), vec!["/words required"]),
        (json!({ "words": ["sofa", "Sofa", "\u{0}"] }), vec!["/words/1 duplicate", "/words/2 invalid"]),
        (json!({ "words": ["sofa", "x".repeat(65)] }), vec!["/words/1 too_long"]),
        (json!({ "words": "sofa" }), vec!["/words invalid"]),
        (json!({ "means": ["sofa"] }), vec!["/words required"]),
        (json!({ "words": ["a", "b"], "both": true }), vec!["/both unknown"]),
    ] {
        let refused = app.admin_post(SYNONYMS, &body).send().await.problem(422, "validation_failed");
        assert_eq!(told(&refused), errors, "{body}");
    }
    remove(&app, &path, "\"1\"").await.problem(412, "version_conflict");
    remove(&app, &path, "\"2\"").await.expect(204);
    remove(&app, &path, "*").await.problem(404, "not_found");
    app.admin_get(&format!("{SYNONYMS}/syn_7")).send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_rule_pins_or_weighs() {
    let app = TestApp::start();
    let tee = app.create_product("t-shirt", &["TEE-M"]).await["id"].clone();
    app.admin_post("/api/v1/admin/brands", &json!({ "name": "Acme" })).send().await.expect(201);
    let draft = json!({ "name": "Tees", "when": "contains", "text": "tee", "pin": [tee] });
    let made = app.admin_post(RULES, &draft).send().await;
    let rule = made.expect(201);
    assert_eq!(
        (&rule["when"], &rule["text"], &rule["pin"], &rule["weigh"], &rule["active"]),
        (&json!("contains"), &json!("tee"), &json!([tee]), &Value::Null, &json!(true))
    );
    let path = made.header("location").to_owned();
    let weigh =
        json!({ "when": "always", "weigh": { "brand": "acme", "percent": 150 }, "ends_at": "2027-01-16T00:00:00Z" });
    let changed = app.admin_patch(&path, made.header("etag"), &weigh).send().await.expect(200);
    assert_eq!(
        (&changed["text"], &changed["pin"], &changed["weigh"], &changed["ends_at"]),
        (&Value::Null, &Value::Null, &json!({ "brand": "acme", "percent": 150 }), &json!("2027-01-16T00:00:00.000Z"))
    );
    assert_eq!(app.admin_get(&path).send().await.expect(200), changed);
    let open = app.admin_patch(&path, "*", &json!({ "ends_at": null })).send().await.expect(200);
    assert_eq!((&open["ends_at"], &open["name"], &open["version"]), (&Value::Null, &json!("Tees"), &json!(3)));

    let nobodys = "prod_00000000000000000000000000000007";
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "Other", "when": "always", "weigh": { "brand": "acme", "percent": 50 } });
        body[field] = value;
        body
    };
    for (body, errors) in [
        (json!({ "name": "Other", "when": "always" }), vec![" required"]),
        (with("pin", json!([tee])), vec!["/weigh invalid"]),
        (with("name", json!("Tees")), vec!["/name taken"]),
        (with("name", json!("")), vec!["/name required"]),
        (with("when", json!("never")), vec!["/when unknown"]),
        (with("text", json!("tee")), vec!["/text unknown"]),
        (with("when", json!("is")), vec!["/text required"]),
        (with("weigh", json!({ "brand": "acme", "percent": 1001 })), vec!["/weigh/percent out_of_range"]),
        (with("weigh", json!({ "brand": "acme" })), vec!["/weigh/percent required"]),
        (with("weigh", json!({ "brand": "other", "percent": 1 })), vec!["/weigh/brand unknown"]),
        (with("weigh", json!({ "category": "other", "percent": 1 })), vec!["/weigh/category unknown"]),
        (with("weigh", json!({ "product": nobodys, "percent": 1 })), vec!["/weigh/product unknown"]),
        (with("weigh", json!({ "percent": 1 })), vec!["/weigh required"]),
        (with("starts_at", json!("tomorrow")), vec!["/starts_at invalid"]),
        (json!({ "name": "Other", "when": "always", "pin": [tee, nobodys, "tee"] }), vec!["/pin/2 invalid"]),
        (json!({ "name": "Other", "when": "always", "pin": [nobodys] }), vec!["/pin/0 unknown"]),
        (json!({ "name": "Other", "when": "always", "pin": [] }), vec!["/pin required"]),
    ] {
        let refused = app.admin_post(RULES, &body).send().await.problem(422, "validation_failed");
        assert_eq!(told(&refused), errors, "{body}");
    }
    remove(&app, &path, "*").await.expect(204);
    assert_eq!(app.admin_get(RULES).send().await.expect(200)["data"], json!([]));
}

/// Pages are kept for a moment: what was made by the old rules is forgotten with them.
#[actix_web::test]
async fn a_rule_holds_at_once_and_pages_by_the_old_ones_are_forgotten() {
    // None goes by its age.
    let app = TestApp::start_with(|settings| settings.sale.band_max_age_ms = 3_600_000);
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.until_ready().await;
    let found = async |query: &str| {
        let page = app.client.get(&format!("/api/v1/products?q={query}")).send().await.expect(200);
        page["data"].as_array().expect("products").len()
    };
    let indexed = async || {
        app.advance(TimeDelta::hours(1));
        (found("t-shirt").await == 1).then_some(())
    };
    testdb::eventually_async("the product", indexed).await;
    let rules = || app.ground.engine.merchandising().in_force().of(StoreId::MAIN);
    let before = rules();
    assert_eq!(found("garment").await, 0);
    app.admin_post(SYNONYMS, &json!({ "words": ["garment", "t-shirt"] })).send().await.expect(201);
    assert_ne!(rules(), before, "whoever is told that it is made searches by it");
    testdb::eventually_async("a page by the new rules", async || (found("garment").await == 1).then_some(())).await;
    let weigh = json!({ "attribute": { "key": "color", "value": "red" }, "percent": 0 });
    let starts_at = (app.now() + TimeDelta::minutes(1)).to_rfc3339();
    let draft = json!({ "name": "Later", "when": "always", "weigh": weigh, "starts_at": starts_at });
    app.admin_post(RULES, &draft).send().await.expect(201);
    let waiting = rules();
    app.advance(TimeDelta::minutes(1));
    assert_ne!(rules(), waiting, "it begins at its moment");
}

#[actix_web::test]
async fn a_shop_s_support_reads_and_does_not_write() {
    let app = TestApp::start();
    let sam = app.signed_in("sam@example.com", identity::access::Role::Support).await;
    app.client.get(SYNONYMS).bearer(&sam).send().await.expect(200);
    let draft = json!({ "words": ["sofa", "couch"] });
    let refused = app.client.post(SYNONYMS).bearer(&sam).json(&draft).send().await.problem(403, "forbidden");
    assert_eq!(refused["required"], "search:write");
}
