//! Whatever takes a name is asked for the other store's.

use hyper::Method;
use serde_json::{Value, json};

use super::next_door::two_stores;
use crate::app::{OPERATOR_KEY, TestApp};

/// Every operation of the description that takes a name, asked in one store with the names of the other.
#[actix_web::test]
async fn the_names_of_one_lead_nowhere_in_the_other() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    let names = there.fill(700, 3).await;
    let theirs = there.guest().await;
    let (_, number) = there.buy(&theirs, 1).await;
    let before = there.books().await;
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let mut tried = 0;
    let guest = here.guest().await;
    let (ann, their_ann) = (here.customer().await, there.customer().await);
    let found = there.staff(Method::GET, "/api/v1/admin/customers?email=ann@example.com").send().await.expect(200);
    let their_customer = found["data"][0]["id"].as_str().expect("an id").to_owned();
    let their_session = there.session(&their_ann).await;
    let seller = here.seller().await;
    let written = there.ask(Method::POST, "/api/v1/me/addresses").bearer(&their_ann).json(&address()).send().await;
    let their_address = written.expect(201)["id"].as_str().expect("an id").to_owned();
    for (path, verbs) in description["paths"].as_object().expect("paths") {
        for verb in
            verbs.as_object().expect("verbs").keys().filter(|_| path.contains("{id}") || path.contains("{order_no}"))
        {
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).expect("a method");
            let id = match path.as_str() {
                path if path.contains("/admin/customers/") => &*their_customer,
                path if path.contains("/me/sessions/") => &*their_session,
                path if path.contains("/me/addresses/") => &*their_address,
                path if path.contains("{id}") => names.id_for(path),
                _ => "",
            };
            let asked = path.replace("{id}", id).replace("{order_no}", &number);
            let shown = match path.as_str() {
                path if path.contains("/admin/") => OPERATOR_KEY,
                path if path.contains("/seller/") => &*seller,
                path if path.contains("/me/") => &*ann,
                _ => &*guest,
            };
            let request = here.ask(method.clone(), &asked).bearer(shown).header("if-match", "*");
            let request = request.header("idempotency-key", &format!("try-{tried}"));
            let request = if method == Method::GET { request } else { request.json(&body_for(path, &method)) };
            let answer = request.send().await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried} are few");
    // What names something of the other in a body finds as little.
    let price = json!({ "amount": 100, "currency": "INR" });
    for (n, (field, name)) in [("brand", &names.brand), ("category", &names.category)].into_iter().enumerate() {
        let product = json!({ "title": "Lamp", field: name, "variants": [{ "sku": format!("LAMP-{n}"), "mrp": price, "price": price }] });
        let refused = here.post("/api/v1/admin/products", &format!("lamp-{n}"), &product).await;
        refused.problem(422, "validation_failed");
    }
    let below =
        here.post("/api/v1/admin/categories", "below", &json!({ "name": "Below", "parent": names.category })).await;
    below.problem(422, "validation_failed");
    assert_eq!(there.books().await, before, "nothing was changed next door");
    there.ask(Method::GET, "/api/v1/me/sessions").bearer(&their_ann).send().await.expect(200);
}

/// What is called the same in either store is moved in the one that is asked.
#[actix_web::test]
async fn what_is_done_to_a_name_is_done_to_ones_own() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    here.post("/api/v1/admin/locations", "annex", &json!({ "name": "Annex", "code": "annex" })).await.expect(201);
    let (ann, their_ann) = (here.customer().await, there.customer().await);
    let put = json!({ "sku": "TEE-M", "quantity": 1 });
    for (store, who) in [(here, &ann), (there, &their_ann)] {
        store.ask(Method::POST, "/api/v1/cart/items").bearer(who).json(&put).send().await.expect(200);
        store.ask(Method::PUT, "/api/v1/me/wishlist/TEE-M").bearer(who).json(&json!({})).send().await.expect(204);
        store.ask(Method::PUT, "/api/v1/me/viewed/t-shirt").bearer(who).json(&json!({})).send().await.expect(204);
    }
    let rooms = async || {
        let mut rooms = Vec::new();
        for path in ["/api/v1/cart", "/api/v1/me/wishlist", "/api/v1/me/viewed"] {
            let mut room = there.ask(Method::GET, path).bearer(&their_ann).send().await.expect(200);
            if let Some(room) = room.as_object_mut() {
                room.remove("expires_in_ms");
            }
            rooms.push(room);
        }
        rooms
    };
    let (books, rooms_before) = (there.books().await, rooms().await);
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let mut moved = 0;
    for (path, verbs) in description["paths"].as_object().expect("paths") {
        let named = path.contains("{sku}") || path.contains("{slug}") || path.contains("{code}");
        // What is to be taken away last.
        for verb in ["put", "post", "patch", "delete"].into_iter().filter(|verb| named && verbs.get(verb).is_some()) {
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).expect("a method");
            let asked = path.replace("{sku}", "TEE-M").replace("{slug}", "t-shirt").replace("{code}", "luxury");
            let shown = if path.contains("/admin/") { OPERATOR_KEY } else { &*ann };
            let request = here.ask(method.clone(), &asked).bearer(shown).header("if-match", "*");
            let request = request.header("idempotency-key", &format!("move-{moved}"));
            let answer = request.json(&own_body(path)).send().await;
            let text = String::from_utf8_lossy(&answer.body);
            assert!(answer.status.is_success(), "{method} {path}: {} {text}", answer.status);
            moved += 1;
        }
    }
    assert!(moved >= 11, "{moved} are few");
    assert_eq!(there.books().await, books, "nothing was changed next door");
    assert_eq!(rooms().await, rooms_before);
}

/// A body that does something to what is there.
fn own_body(path: &str) -> Value {
    match path.rsplit('/').next().expect("a last part") {
        "receive" => json!({ "quantity": 9 }),
        "adjust" => json!({ "delta": -1, "reason": "broken" }),
        "set" => json!({ "on_hand": 20, "count_version": 0 }),
        "transfer" => json!({ "from": "main", "to": "annex", "quantity": 1 }),
        "{code}" => json!({ "rate_bp": 1_200 }),
        "{sku}" if path.contains("/cart/") => json!({ "quantity": 2 }),
        _ => json!({}),
    }
}

fn address() -> Value {
    json!({ "name": "Ann", "line1": "12 MG Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN" })
}

/// A body that the operation would take, were the thing there.
fn body_for(path: &str, method: &Method) -> Value {
    match path.rsplit('/').next().expect("a last part") {
        "ship" => json!({ "carrier": "Post" }),
        "return" => json!({ "restock": true }),
        "extend" => json!({ "hold_ttl_s": 60 }),
        "rotate" => json!({ "overlap_s": 0 }),
        "{id}" if path.contains("/users/") => json!({ "role": "admin" }),
        "variants" => {
            json!({ "sku": "NEW", "mrp": { "amount": 1, "currency": "INR" }, "price": { "amount": 1, "currency": "INR" } })
        }
        "{id}" if *method == Method::PUT => address(),
        "{id}" if *method == Method::PATCH => json!({}),
        _ => json!({}),
    }
}
