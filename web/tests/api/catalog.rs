//! The catalogue: the admin's side, and the tree for everybody.

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, inr};
use crate::client::Answer;

async fn patch(app: &TestApp, path: &str, version: &str, body: &Value) -> Answer {
    app.admin_patch(path, version, body).send().await
}

#[actix_web::test]
async fn a_category_lives_and_is_shown() {
    let app = TestApp::start();
    let create = |body: Value| app.admin_post("/api/v1/admin/categories", &body).send();
    let made = create(json!({ "name": "Apparel" })).await;
    let apparel = made.expect(201);
    assert_eq!(made.header("location"), format!("/api/v1/admin/categories/{}", apparel["id"].as_str().expect("an id")));
    let size = json!({ "key": "size", "label": "Size", "type": "enum", "values": ["S", "M"], "filterable": true });
    create(json!({ "name": "Shirts", "parent": "apparel", "attributes": [size] })).await.expect(201);
    let refused = create(json!({ "name": "Shirts", "slug": "shirts" })).await.problem(422, "validation_failed");
    assert_eq!(
        refused["errors"][0],
        json!({ "pointer": "/slug", "code": "taken", "detail": "another category has this slug" })
    );

    let attributes = [
        (json!({ "key": "size", "label": "Size", "type": "enum" }), "/attributes/0/values", "required"),
        (json!({ "key": "size", "label": "Size", "type": "text", "values": ["S"] }), "/attributes/0/values", "unknown"),
        (
            json!({ "key": "size", "label": "Size", "type": "text", "filtrable": true }),
            "/attributes/0/filtrable",
            "unknown",
        ),
        (json!({ "key": "size", "label": "Size", "type": "words" }), "/attributes/0/type", "invalid"),
    ];
    for (attribute, pointer, code) in attributes {
        let refused =
            create(json!({ "name": "Hats", "attributes": [attribute] })).await.problem(422, "validation_failed");
        assert_eq!((&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]), (&json!(pointer), &json!(code)));
    }

    let shown = app.client.get("/api/v1/categories/shirts").send().await;
    let shirts = shown.expect(200);
    assert_eq!((&shirts["path"], &shirts["ancestors"][0]["slug"]), (&json!("apparel/shirts"), &json!("apparel")));
    assert_eq!(shirts["attributes"][0]["type"], "enum");
    let again = app.client.get("/api/v1/categories/shirts").header("if-none-match", shown.header("etag"));
    again.send().await.expect(304);
    let tree = app.client.get("/api/v1/categories").send().await.expect(200);
    assert_eq!(tree["data"][0]["children"][0]["slug"], "shirts");
    app.client.get("/api/v1/categories/shoes").send().await.problem(404, "not_found");
    app.client.get("/api/v1/categories?depth=1").send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn a_change_needs_the_version_that_was_seen() {
    let app = TestApp::start();
    let made = app.admin_post("/api/v1/admin/brands", &json!({ "name": "Acme" })).send().await;
    let path = format!("/api/v1/admin/brands/{}", made.expect(201)["id"].as_str().expect("an id"));
    let without = app.client.request(Method::PATCH, &path).bearer(OPERATOR_KEY).json(&json!({ "name": "ACME" }));
    without.send().await.problem(428, "precondition_required");
    let changed = patch(&app, &path, made.header("etag"), &json!({ "name": "ACME" })).await;
    assert_eq!(changed.expect(200)["name"], "ACME");
    let stale = patch(&app, &path, made.header("etag"), &json!({ "name": "Acme!" })).await;
    let problem = stale.problem(412, "version_conflict");
    assert_eq!(format!("\"{}\"", problem["current_version"]), changed.header("etag"));
    patch(&app, &path, "*", &json!({ "name": "Acme!" })).await.expect(200);
    let archive = app.admin_post(&format!("{path}/archive"), &json!({})).header("if-match", "*").send().await;
    assert!(archive.expect(200)["archived_at"].is_string());
    let restore = app.admin_post(&format!("{path}/restore"), &json!({})).header("if-match", archive.header("etag"));
    assert!(restore.send().await.expect(200)["archived_at"].is_null());
}

#[actix_web::test]
async fn a_product_and_its_variants_are_written_and_read() {
    let app = TestApp::start();
    let product = app.create_product("t-shirt", &["TEE-M"]).await;
    let path = format!("/api/v1/admin/products/{}", product["id"].as_str().expect("an id"));
    let variant =
        json!({ "sku": "TEE-L", "price": inr(100), "attributes": { "size": "L" }, "purchase_limit": { "max": 2 } });
    let added = app.admin_post(&format!("{path}/variants"), &variant).send().await;
    let added_path = added.header("location").to_owned();
    assert_eq!(added.expect(201)["mrp"], inr(100));
    let sale = json!({ "sale": { "price": inr(80), "ends_at": "2027-02-01T00:00:00Z" }, "purchase_limit": null });
    let changed = patch(&app, &added_path, added.header("etag"), &sale).await.expect(200);
    assert_eq!((&changed["sale"]["price"], &changed["purchase_limit"]), (&inr(80), &Value::Null));

    let whole = app.admin_get(&path).send().await.expect(200);
    assert_eq!(whole["variants"].as_array().map(Vec::len), Some(2));
    let taken = app.admin_post(&format!("{path}/variants"), &variant).send().await.problem(422, "validation_failed");
    assert_eq!(taken["errors"][0]["code"], "taken");
    let listed = app.admin_get("/api/v1/admin/products?status=active").send().await.expect(200);
    assert_eq!(listed["data"][0]["slug"], "t-shirt");
    let archived = app.admin_post(&format!("{path}/archive"), &json!({})).header("if-match", "*").send().await;
    assert_eq!(archived.expect(200)["status"], "archived");
    app.admin_get("/api/v1/admin/products?status=sold").send().await.problem(400, "bad_request");
    app.admin_get("/api/v1/admin/products/prod_7").send().await.problem(404, "not_found");
}
