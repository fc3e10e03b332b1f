//! API keys over HTTP: told once, good for their scopes, until they end.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, inr};

const KEYS: &str = "/api/v1/admin/keys";

async fn make(app: &TestApp, scopes: &[&str]) -> Value {
    let body = json!({ "name": "till", "kind": "secret", "scopes": scopes });
    app.admin_post(KEYS, &body).send().await.expect(201)
}

fn secret(key: &Value) -> &str {
    key["secret"].as_str().expect("a secret")
}

#[actix_web::test]
async fn a_key_is_told_once_and_opens_what_its_scopes_say() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    let answer =
        app.admin_post(KEYS, &json!({ "name": "till", "kind": "secret", "scopes": ["stock:read"] })).send().await;
    let made = answer.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    let shown = app.admin_get(answer.header("location")).send().await.expect(200);
    assert_eq!(shown["prefix"], secret(&made)[..11]);
    let listed = app.admin_get(KEYS).send().await.expect(200);
    assert!(listed["data"].as_array().expect("a list").contains(&shown), "beside the operator's own: {listed}");
    assert!(!listed.to_string().contains(secret(&made)) && !listed.to_string().contains("secret_hash"));

    let get = |path: &str| app.client.get(path).bearer(secret(&made)).send();
    get("/api/v1/admin/stock/TEE-M").await.expect(200);
    let refused = get("/api/v1/admin/products").await.problem(403, "forbidden");
    assert_eq!(refused["required"], "catalog:read");
}

#[actix_web::test]
async fn a_key_ends_when_it_was_to_and_when_it_is_revoked() {
    let app = TestApp::start();
    let get = async |secret: &str| app.client.get("/api/v1/admin/products").bearer(secret).send().await;
    let expires_at = "2027-01-15T08:01:00Z";
    let body = json!({ "name": "till", "kind": "secret", "scopes": ["catalog:read"], "expires_at": expires_at });
    let short = app.admin_post(KEYS, &body).send().await.expect(201);
    get(secret(&short)).await.expect(200);
    app.advance(TimeDelta::seconds(60));
    get(secret(&short)).await.problem(401, "token_expired");
    app.admin_post(KEYS, &body).send().await.problem(422, "validation_failed");

    let long = make(&app, &["catalog:read"]).await;
    let path = format!("{KEYS}/{}", long["id"].as_str().expect("an id"));
    get(secret(&long)).await.expect(200);
    app.admin_post(&format!("{path}/revoke"), &json!({})).send().await.problem(428, "precondition_required");
    get(secret(&long)).await.expect(200);
    let revoked = app.admin_verb(&path, "revoke").await.expect(200);
    assert!(revoked["revoked_at"].is_string(), "{revoked}");
    get(secret(&long)).await.problem(401, "unauthenticated");
    let rotate = app.admin_post(&format!("{path}/rotate"), &json!({ "overlap_s": 0 })).header("if-match", "*");
    rotate.send().await.problem(409, "invalid_state");
}

#[actix_web::test]
async fn nobody_hands_out_more_than_they_have() {
    let app = TestApp::start();
    let clerk = make(&app, &["keys:write", "stock:read"]).await;
    let as_clerk = |path: &str, body: &Value| app.client.post(path).bearer(secret(&clerk)).json(body);
    let wish = |scope: &str| json!({ "name": "more", "kind": "secret", "scopes": [scope] });
    as_clerk(KEYS, &wish("stock:read")).send().await.expect(201);
    let refused = as_clerk(KEYS, &wish("stock:write")).send().await.problem(403, "forbidden");
    assert_eq!(refused["required"], "stock:write");
    // Nor by way of a key that has it.
    let strong = make(&app, &["stock:write"]).await;
    let rotate = format!("{KEYS}/{}/rotate", strong["id"].as_str().expect("an id"));
    let refused = as_clerk(&rotate, &json!({ "overlap_s": 60 })).header("if-match", "*").send().await;
    assert_eq!(refused.problem(403, "forbidden")["required"], "stock:write");
}

#[actix_web::test]
async fn a_key_is_of_the_kind_that_it_says() {
    let app = TestApp::start();
    let ask = async |kind: &str, scopes: Value| {
        let body = json!({ "name": "shop window", "kind": kind, "scopes": scopes });
        app.admin_post(KEYS, &body).send().await
    };
    let window = ask("publishable", json!(["storefront:read", "carts:write"])).await.expect(201);
    assert!(secret(&window).starts_with("pk_"));
    let shown = app.client.get("/api/v1/admin/products").bearer(secret(&window)).send().await;
    assert_eq!(shown.problem(403, "forbidden")["required"], "catalog:read");
    for (kind, scopes, pointer) in [
        ("publishable", json!(["catalog:read"]), "/scopes/0"),
        ("secret", json!(["seller_orders:read"]), "/scopes/0"),
        ("secret", json!([]), "/scopes"),
        ("secret", json!(["stock:read", "stock:fly"]), "/scopes/1"),
        ("golden", json!(["stock:read"]), "/kind"),
    ] {
        let refused = ask(kind, scopes).await.problem(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
}

/// A request that is repeated with the key that took the other's place is still the same request.
#[actix_web::test]
async fn what_was_done_under_the_old_key_is_not_done_again_under_the_new_one() {
    let app = TestApp::start();
    let old = make(&app, &["catalog:read", "catalog:write"]).await;
    let variants = json!([{ "sku": "TEE-M", "mrp": inr(100), "price": inr(100) }]);
    let product = json!({ "title": "T-Shirt", "variants": variants });
    let send = |key: &Value| {
        let request = app.client.post("/api/v1/admin/products").bearer(secret(key)).json(&product);
        request.header("idempotency-key", "first").send()
    };
    let made = send(&old).await.expect(201);
    let rotate = format!("{KEYS}/{}/rotate", old["id"].as_str().expect("an id"));
    let new = app.admin_post(&rotate, &json!({ "overlap_s": 0 })).header("if-match", "\"1\"").send().await.expect(201);
    let again = send(&new).await;
    assert_eq!((again.header("idempotent-replayed"), again.expect(201)), ("true", made));
    send(&old).await.problem(401, "token_expired");
    // Another's key of the same name is another's.
    let others = app.client.post("/api/v1/admin/products").bearer(OPERATOR_KEY).json(&product);
    others.header("idempotency-key", "first").send().await.problem(422, "validation_failed");
}
