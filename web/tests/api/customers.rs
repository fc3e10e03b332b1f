//! Customers' own rooms: profile, addresses, wishes, what was looked at, orders of before, carts of before, and the end.

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{PASSWORD, TestApp, purchase};
use crate::client::{Answer, Request};

fn ask(app: &TestApp, method: Method, access: &str, path: &str) -> Request {
    app.client.request(method, path).bearer(access)
}

async fn put(app: &TestApp, access: &str, path: &str) -> Answer {
    ask(app, Method::PUT, access, path).send().await
}

fn place(name: &str, postal_code: &str) -> Value {
    json!({ "name": name, "line1": "12 MG Road", "city": "Bengaluru", "postal_code": postal_code, "country": "IN",
            "phone": "+91 98765 43210" })
}

async fn add_to_cart(app: &TestApp, token: &str, sku: &str, quantity: i64) {
    let body = json!({ "sku": sku, "quantity": quantity });
    app.client.post("/api/v1/cart/items").bearer(token).json(&body).send().await.expect(200);
}

async fn cart(app: &TestApp, token: &str) -> Vec<(String, i64)> {
    let cart = app.client.get("/api/v1/cart").bearer(token).send().await.expect(200);
    let lines = cart["lines"].as_array().expect("lines").iter();
    lines
        .map(|line| (line["sku"].as_str().expect("a SKU").to_owned(), line["quantity"].as_i64().expect("a number")))
        .collect()
}

/// Buys one of it as `email`, and says its number.
async fn order(app: &TestApp, token: &str, sku: &str, email: &str) -> String {
    let mut body = purchase(&[(sku, 1)], 0);
    body["contact"] = json!({ "email": email });
    let quote = app.quote(token, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    let placed = app.checkout(token, &format!("{email}-{sku}"), &body).await.expect(201);
    placed["order_no"].as_str().expect("a number").to_owned()
}

async fn orders(app: &TestApp, token: &str) -> Vec<String> {
    let listed = app.client.get("/api/v1/orders").bearer(token).send().await.expect(200);
    let numbers = listed["data"].as_array().expect("orders").iter();
    numbers.map(|order| order["order_no"].as_str().expect("a number").to_owned()).collect()
}

#[actix_web::test]
async fn a_profile_is_changed_against_its_version() {
    let app = TestApp::start();
    let access = app.customer("ann@example.com").await;
    let read = ask(&app, Method::GET, &access, "/api/v1/me").send().await;
    assert_eq!(read.expect(200)["email"], "ann@example.com");
    let version = read.header("etag").to_owned();
    let rename = |version: &str, body: Value| {
        ask(&app, Method::PATCH, &access, "/api/v1/me").header("if-match", version).json(&body)
    };
    let changed = rename(&version, json!({ "name": "Ann" })).send().await.expect(200);
    assert_eq!(changed["name"], "Ann");
    rename(&version, json!({ "name": "Bob" })).send().await.problem(412, "version_conflict");
    assert_eq!(rename("*", json!({})).send().await.expect(200)["name"], "Ann");
    assert_eq!(rename("*", json!({ "name": null })).send().await.expect(200)["name"], Value::Null);
    rename("*", json!({ "name": " " })).send().await.problem(422, "validation_failed");
    rename("*", json!({ "role": "admin" })).send().await.problem(422, "validation_failed");
    let unconditional = ask(&app, Method::PATCH, &access, "/api/v1/me").json(&json!({ "name": "Eve" }));
    unconditional.send().await.problem(428, "precondition_required");
    let guest = app.guest().await;
    ask(&app, Method::GET, &guest, "/api/v1/me").send().await.problem(401, "unauthenticated");
}

#[actix_web::test]
async fn an_address_book_has_one_default_and_is_its_owner_s() {
    let app = TestApp::start();
    let (ann, bob) = (app.customer("ann@example.com").await, app.customer("bob@example.com").await);
    let write = |body: &Value| ask(&app, Method::POST, &ann, "/api/v1/me/addresses").json(body);
    let home = write(&place("Home", "560001")).send().await.expect(201);
    assert_eq!((&home["is_default"], &home["phone"]), (&json!(true), &json!("+919876543210")));
    let mut second = place("Work", "560 002");
    second["is_default"] = json!(true);
    let work = write(&second).send().await.expect(201);
    let names = async |access: &str| -> Vec<(String, bool)> {
        let listed = ask(&app, Method::GET, access, "/api/v1/me/addresses").send().await.expect(200);
        let rows = listed["data"].as_array().expect("addresses").iter();
        rows.map(|row| (row["name"].as_str().expect("a name").to_owned(), row["is_default"] == true)).collect()
    };
    assert_eq!(names(&ann).await, [("Work".to_owned(), true), ("Home".to_owned(), false)]);
    assert_eq!(names(&bob).await, []);

    let flawed = write(&place("", "012345")).send().await.problem(422, "validation_failed");
    let pointers: Vec<_> = flawed["errors"].as_array().expect("errors").iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/postal_code"]);

    let path = format!("/api/v1/me/addresses/{}", work["id"].as_str().expect("an id"));
    ask(&app, Method::GET, &bob, &path).send().await.problem(404, "not_found");
    ask(&app, Method::DELETE, &bob, &path).send().await.problem(404, "not_found");
    let change = |access: &str, version: &str| {
        ask(&app, Method::PUT, access, &path).header("if-match", version).json(&place("Office", "560003"))
    };
    change(&bob, "*").send().await.problem(404, "not_found");
    change(&ann, "\"7\"").send().await.problem(412, "version_conflict");
    let changed = change(&ann, "\"1\"").send().await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["is_default"], &changed["version"]),
        (&json!("Office"), &json!(true), &json!(2))
    );
    ask(&app, Method::DELETE, &ann, &path).send().await.expect(204);
    assert_eq!(names(&ann).await, [("Home".to_owned(), true)]);
}

#[actix_web::test]
async fn wishes_and_what_was_looked_at_are_kept_once_each() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.create_product("mug", &["MUG"]).await;
    let access = app.customer("ann@example.com").await;
    put(&app, &access, "/api/v1/me/wishlist/TEE-M").await.expect(204);
    put(&app, &access, "/api/v1/me/wishlist/TEE-M").await.expect(204);
    app.advance(chrono::TimeDelta::seconds(1));
    put(&app, &access, "/api/v1/me/wishlist/MUG").await.expect(204);
    put(&app, &access, "/api/v1/me/wishlist/NONE").await.problem(404, "not_found");
    let list = async |path: &str, key: &str| -> Vec<String> {
        let listed = ask(&app, Method::GET, &access, path).send().await.expect(200);
        let rows = listed["data"].as_array().expect("rows").iter();
        rows.map(|row| row[key].as_str().expect("a text").to_owned()).collect()
    };
    assert_eq!(list("/api/v1/me/wishlist", "sku").await, ["MUG", "TEE-M"]);
    for _ in 0..2 {
        ask(&app, Method::DELETE, &access, "/api/v1/me/wishlist/MUG").send().await.expect(204);
    }
    assert_eq!(list("/api/v1/me/wishlist", "sku").await, ["TEE-M"]);

    for slug in ["t-shirt", "mug", "t-shirt"] {
        app.advance(chrono::TimeDelta::seconds(1));
        put(&app, &access, &format!("/api/v1/me/viewed/{slug}")).await.expect(204);
    }
    assert_eq!(list("/api/v1/me/viewed", "slug").await, ["t-shirt", "mug"]);
    put(&app, &access, "/api/v1/me/viewed/none").await.problem(404, "not_found");
    ask(&app, Method::DELETE, &access, "/api/v1/me/viewed").send().await.expect(204);
    assert_eq!(list("/api/v1/me/viewed", "slug").await, Vec::<String>::new());
}

#[actix_web::test]
async fn a_guest_s_cart_comes_along_at_login_and_what_is_cut_is_told() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.receive("TEE-M", 50).await;
    app.sql("update variants set purchase_limit = 2 where sku = 'TEE-L'");
    let access = app.customer("ann@example.com").await;
    add_to_cart(&app, &access, "TEE-M", 1).await;
    let guest = app.guest().await;
    add_to_cart(&app, &guest, "TEE-M", 2).await;
    add_to_cart(&app, &guest, "TEE-L", 5).await;

    let body = json!({ "email": "ann@example.com", "password": PASSWORD });
    let login = || app.client.post("/api/v1/auth/login").bearer(&guest).json(&body);
    let merged = login().send().await.expect(200)["cart"].clone();
    let cut = json!([{ "sku": "TEE-L", "asked": 5, "kept": 2, "reason": "purchase_limit" }]);
    assert_eq!(merged, json!({ "state": "merged", "lines": 2, "cut": cut }));
    assert_eq!(cart(&app, &access).await, [("TEE-M".to_owned(), 3), ("TEE-L".to_owned(), 2)]);
    assert_eq!(cart(&app, &guest).await, []);
    let again = login().send().await.expect(200)["cart"].clone();
    assert_eq!(again, json!({ "state": "nothing", "lines": 0, "cut": [] }));

    // Later, and by name.
    add_to_cart(&app, &guest, "TEE-M", 1).await;
    let merge = |token: &str| {
        let body = json!({ "guest_token": token });
        app.client.post("/api/v1/cart/merge").bearer(&access).json(&body)
    };
    assert_eq!(merge(&guest).send().await.expect(200)["lines"], 1);
    assert_eq!(cart(&app, &access).await[0], ("TEE-M".to_owned(), 4));
    merge("guest_forged").send().await.problem(422, "validation_failed");
    // Without a guest's token nothing is said of carts.
    assert_eq!(app.login("ann@example.com", PASSWORD).await.expect(200)["cart"], Value::Null);
}

#[actix_web::test]
async fn orders_of_a_guest_are_claimed_by_whom_their_address_belongs_to() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 50).await;
    let guest = app.guest().await;
    let theirs = order(&app, &guest, "TEE-M", "Ann@Example.COM").await;
    let another = order(&app, &app.guest().await, "TEE-M", "bob@example.com").await;
    let ann = app.customer("ann@example.com").await;
    let eve = app.customer("eve@example.com").await;
    // What somebody with an account orders is theirs, whatever address they give.
    let eves = order(&app, &eve, "TEE-M", "ann@example.com").await;
    app.sql("update accounts set email_verified_at = null where email_key = 'eve@example.com'");

    let claim = |access: &str| app.client.post("/api/v1/me/orders/claim").bearer(access);
    assert_eq!(app.order(&ann, &theirs).await.status, 404);
    claim(&eve).send().await.problem(403, "email_not_confirmed");
    assert_eq!(claim(&ann).send().await.expect(200), json!({ "claimed": 1 }));
    assert_eq!(claim(&ann).send().await.expect(200), json!({ "claimed": 0 }));

    assert_eq!(orders(&app, &ann).await, std::slice::from_ref(&theirs));
    assert_eq!(app.order(&ann, &theirs).await.expect(200)["order_no"], theirs.as_str());
    for not_theirs in [&another, &eves] {
        assert_eq!(app.order(&ann, not_theirs).await.status, 404);
    }
    assert_eq!(app.order(&eve, &theirs).await.status, 404);
    let cancel =
        |access: &str, number: &str| app.client.post(&format!("/api/v1/orders/{number}/cancel")).bearer(access);
    cancel(&eve, &theirs).send().await.problem(404, "not_found");
    assert_eq!(cancel(&ann, &theirs).send().await.expect(200)["status"], "cancelled");
    // The guest who placed it still has it as well.
    assert_eq!(app.order(&guest, &theirs).await.expect(200)["status"], "cancelled");
    app.books_are_clean();
}

#[actix_web::test]
async fn everything_known_is_told_and_then_forgotten() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 50).await;
    let access = app.customer("ann@example.com").await;
    let as_a_guest = order(&app, &app.guest().await, "TEE-M", "ann@example.com").await;
    let own = order(&app, &access, "TEE-M", "ann@example.com").await;
    ask(&app, Method::POST, &access, "/api/v1/me/addresses").json(&place("Home", "560001")).send().await.expect(201);
    put(&app, &access, "/api/v1/me/wishlist/TEE-M").await;
    put(&app, &access, "/api/v1/me/viewed/t-shirt").await;
    add_to_cart(&app, &access, "TEE-M", 1).await;
    let data = ask(&app, Method::GET, &access, "/api/v1/me/data").send().await;
    let known = data.expect(200);
    assert_eq!(known["orders"][1]["order_no"], as_a_guest.as_str(), "it was never claimed: {known}");
    assert_eq!(data.header("cache-control"), "no-store");
    assert_eq!(known["account"]["email"], "ann@example.com");
    assert_eq!(known["orders"][0]["order_no"], own.as_str());
    for room in ["addresses", "wishlist", "viewed", "cart", "sessions"] {
        assert_eq!(known[room].as_array().map(Vec::len), Some(1), "{room}: {known}");
    }

    // Eleven minutes later a session alone does not do.
    app.advance(chrono::TimeDelta::minutes(11));
    let forget = |body: Value| ask(&app, Method::DELETE, &access, "/api/v1/me").json(&body);
    forget(json!({})).send().await.problem(422, "validation_failed");
    forget(json!({ "current_password": "another one entirely" })).send().await.problem(401, "invalid_credentials");
    forget(json!({ "current_password": PASSWORD })).send().await.expect(204);
    ask(&app, Method::GET, &access, "/api/v1/me").send().await.problem(401, "unauthenticated");
    assert_eq!(app.login("ann@example.com", PASSWORD).await.status, 401);

    // The order goes on: it has not ended, so that it can still be delivered.
    let path = format!("/api/v1/admin/orders/{own}");
    let kept = app.admin_get(&path).send().await.expect(200);
    assert_eq!(kept["contact"]["email"], "ann@example.com");
    app.admin_verb(&path, "cancel").await.expect(200);
    app.erase_due().await;
    let kept = app.admin_get(&path).send().await.expect(200);
    assert_eq!((&kept["contact"]["email"], &kept["address"]["city"]), (&Value::Null, &json!("Bengaluru")));
    assert_eq!(kept["lines"][0]["sku"], "TEE-M");
    app.books_are_clean();

    // The address is free.
    let again = app.customer("ann@example.com").await;
    assert_eq!(orders(&app, &again).await, Vec::<String>::new());
    let staff = app.signed_in("sam@example.com", identity::access::Role::Support).await;
    ask(&app, Method::DELETE, &staff, "/api/v1/me").send().await.problem(403, "forbidden");
}
