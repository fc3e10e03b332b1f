//! Customers' accounts, and who helps them.

use identity::access::Role;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp};
use crate::client::Answer;

const CUSTOMERS: &str = "/api/v1/admin/customers";

async fn find(app: &TestApp, access: &str, query: &str) -> Answer {
    app.client.get(&format!("{CUSTOMERS}?{query}")).bearer(access).send().await
}

fn emails(page: &Value) -> Vec<&str> {
    page["data"].as_array().expect("a list").iter().map(|one| one["email"].as_str().expect("an address")).collect()
}

#[actix_web::test]
async fn support_finds_a_customer_and_nobody_else() {
    let app = TestApp::start();
    let sam = app.signed_in("sam@example.com", Role::Support).await;
    for email in ["ann@example.com", "bob@example.com", "cem@example.com"] {
        app.account(email, Role::Customer).await;
    }
    app.sql("update accounts set phone = '+919876543210' where email_key = 'bob@example.com'");
    let page = find(&app, &sam, "limit=2").await.expect(200);
    assert_eq!(emails(&page), ["ann@example.com", "bob@example.com"]);
    let cursor = page["page"]["next_cursor"].as_str().expect("there is more");
    assert_eq!(emails(&find(&app, &sam, &format!("limit=2&cursor={cursor}")).await.expect(200)), ["cem@example.com"]);
    for (query, found) in [
        ("email=Ann@Example.com", &["ann@example.com"][..]),
        ("phone=%2B91%2098765%2043210", &["bob@example.com"]),
        ("email=sam@example.com", &[]),
        ("email=nobody@example.com", &[]),
    ] {
        assert_eq!(emails(&find(&app, &sam, query).await.expect(200)), found, "{query}");
    }
    for query in ["email=nobody", "phone=12", "email=ann@example.com&phone=%2B919876543210", "name=Ann"] {
        find(&app, &sam, query).await.problem(400, "bad_request");
    }
    let ann = page["data"][0]["id"].as_str().expect("an id");
    let ann = app.client.get(&format!("{CUSTOMERS}/{ann}")).bearer(&sam).send().await.expect(200);
    assert_eq!((&ann["email_verified"], &ann["status"]), (&json!(true), &json!("active")));
    let staff = app.admin_get("/api/v1/admin/users").send().await.expect(200);
    let staff = staff["data"][0]["id"].as_str().expect("an id");
    app.client.get(&format!("{CUSTOMERS}/{staff}")).bearer(&sam).send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_customer_is_kept_out_and_let_in_again() {
    let app = TestApp::start();
    let sam = app.signed_in("sam@example.com", Role::Support).await;
    let ann = app.customer("ann@example.com").await;
    let page = find(&app, &sam, "email=ann@example.com").await.expect(200);
    let path = format!("{CUSTOMERS}/{}", page["data"][0]["id"].as_str().expect("an id"));
    let block = app.client.post(&format!("{path}/block")).bearer(&sam).header("if-match", "*").json(&json!({}));
    assert_eq!(block.send().await.problem(403, "forbidden")["required"], "customers:write");
    app.admin_post(&format!("{path}/block"), &json!({}))
        .header("if-match", "\"7\"")
        .send()
        .await
        .problem(412, "version_conflict");
    assert_eq!(app.admin_verb(&path, "block").await.expect(200)["status"], "blocked");
    app.client.get("/api/v1/me").bearer(&ann).send().await.problem(401, "unauthenticated");
    app.login("ann@example.com", PASSWORD).await.problem(403, "account_blocked");
    assert_eq!(app.admin_verb(&path, "unblock").await.expect(200)["status"], "active");
    app.login("ann@example.com", PASSWORD).await.expect(200);
    // Who works for the shop is no customer.
    let staff = app.admin_get("/api/v1/admin/users").send().await.expect(200);
    let staff = format!("{CUSTOMERS}/{}", staff["data"][0]["id"].as_str().expect("an id"));
    app.admin_verb(&staff, "block").await.problem(404, "not_found");
    app.client.get("/api/v1/admin/orders").bearer(&sam).send().await.expect(200);
}
