//! Several servers on one database: one takes the orders, the others stand by until it is gone, however it goes.

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use testdb::{TestDatabase, eventually};

use crate::process::{DataDir, Shop};

fn takes_orders(shop: &Shop) -> Option<()> {
    shop.get("/readyz/owner").starts_with("HTTP/1.1 200").then_some(())
}

fn is_ready(shop: &Shop) -> Option<()> {
    shop.get("/readyz").starts_with("HTTP/1.1 200").then_some(())
}

/// What its metrics say of it: whether it owns the stock, stands by, speaks for it, and is ready for whom it serves.
fn tells(shop: &Shop) -> [u8; 4] {
    let scraped = shop.get("/metrics");
    ["journal_owner", "journal_standing_by", "journal_speaks", "ready"].map(|name| {
        let prefix = format!("doorbuster_{name} ");
        let value = scraped.lines().find_map(|line| line.strip_prefix(&prefix));
        value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} in {scraped}"))
    })
}

/// A cup, and how many there are of it.
fn deliver(shop: &Shop, key: &str, units: u32) {
    let price = json!({ "amount": 129_900, "currency": "INR" });
    let variants = json!([{ "sku": "CUP", "mrp": price, "price": price }]);
    let cup = json!({ "slug": "cup", "title": "Cup", "status": "active", "variants": variants });
    let (status, said) = shop.post("/api/v1/admin/products", key, "cup", &cup.to_string());
    assert_eq!(status, 201, "{said}");
    let delivery = json!({ "quantity": units }).to_string();
    let (status, said) = shop.post("/api/v1/admin/stock/CUP/receive", key, "delivery", &delivery);
    assert_eq!(status, 200, "{said}");
}

/// Buys a cup: a guest of its own, and the price that the shop asks.
fn buy(shop: &Shop, key: &str, token: &str, total: &Value) -> (u16, String) {
    shop.post("/api/v1/checkout", token, key, &purchase(Some(total)))
}

fn guest(shop: &Shop) -> String {
    let (_, session) = shop.post("/api/v1/session", "", "session", "");
    let session: Value = serde_json::from_str(&session).expect("a session");
    session["token"].as_str().expect("a token").to_owned()
}

fn total(shop: &Shop, token: &str) -> Value {
    let (status, quote) = shop.post("/api/v1/checkout/quote", token, "quote", &purchase(None));
    assert_eq!(status, 200, "{quote}");
    serde_json::from_str::<Value>(&quote).expect("a quote")["totals"]["grand"].clone()
}

fn purchase(total: Option<&Value>) -> String {
    let mut body = json!({
        "items": [{ "sku": "CUP", "quantity": 1 }],
        "contact": { "email": "ann@example.com" },
        "address": {
            "name": "Ann", "line1": "12 MG Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN"
        },
        "shipping_method": "standard",
        "payment_method": "manual",
    });
    if let Some(total) = total {
        body["expected_total"] = total.clone();
    }
    body.to_string()
}

#[test]
fn a_standby_shows_the_shop_and_takes_over_from_a_killed_and_from_a_stopped_server() {
    let database = TestDatabase::migrated();
    let folders = [DataDir::new(), DataDir::new(), DataDir::new()];
    let key = folders[0].key_on(database.url());
    let first = folders[0].serve_on(database.url());
    deliver(&first, &key, 3);
    let token = guest(&first);
    let total = total(&first, &token);
    assert_eq!(buy(&first, "one", &token, &total).0, 201);

    let second = folders[1].serve_on(database.url());
    eventually("a standby that is ready for readers", || is_ready(&second));
    assert!(second.get("/readyz").contains(r#""role":"standby""#), "{}", second.get("/readyz"));
    assert!(takes_orders(&second).is_none() && takes_orders(&first).is_some());
    assert_eq!((tells(&first), tells(&second)), ([1, 0, 1, 1], [0, 1, 0, 1]));
    assert!(second.get("/api/v1/products/cup").starts_with("HTTP/1.1 200"));
    let refused = second.get("/api/v1/cart");
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: "), "{refused}");
    let (status, said) = buy(&second, "two", &token, &total);
    assert!(status == 503 && said.contains(r#""code":"standing_by""#), "{said}");

    first.end(Signal::SIGKILL);
    eventually("a takeover from a killed server", || takes_orders(&second));
    assert_eq!(tells(&second), [1, 0, 1, 1]);
    let (status, said) = buy(&second, "one", &token, &total);
    assert!(status == 201, "what the first one told is known: {said}");
    assert_eq!(buy(&second, "two", &token, &total).0, 201);

    let third = folders[2].serve_on(database.url());
    eventually("another standby", || is_ready(&third));
    assert!(takes_orders(&third).is_none());
    assert!(second.end(Signal::SIGTERM).status.success());
    eventually("a takeover from a server that went in order", || takes_orders(&third));
    assert_eq!(buy(&third, "three", &token, &total).0, 201);
    let (status, said) = buy(&third, "four", &token, &total);
    assert!(status == 409 && said.contains("out_of_stock"), "{said}");
}

#[test]
fn a_server_that_was_stopped_longer_than_a_takeover_takes_neither_sells_nor_refuses() {
    let database = TestDatabase::migrated();
    let folders = [DataDir::new(), DataDir::new()];
    let key = folders[0].key_on(database.url());
    let (first, second) = (folders[0].serve_on(database.url()), folders[1].serve_on(database.url()));
    eventually("a standby", || is_ready(&second));
    deliver(&first, &key, 1);
    let token = guest(&first);
    let total = total(&first, &token);

    first.signal(Signal::SIGSTOP);
    eventually("a takeover from a server that says nothing", || takes_orders(&second));
    // It is awake in the first one's memory, with a cup left; and then in the second one's, without.
    assert_eq!(buy(&second, "last", &token, &total).0, 201);
    first.signal(Signal::SIGCONT);
    eventually("the first one's standing by", || {
        let (status, said) = buy(&first, "late", &token, &total);
        assert_eq!(status, 503, "it does not own the stock: {said}");
        said.contains(r#""code":"standing_by""#).then_some(())
    });
    let (status, said) = buy(&second, "late", &token, &total);
    assert!(status == 409 && said.contains("out_of_stock"), "{said}");
    // It is a standby like any other.
    assert!(second.end(Signal::SIGTERM).status.success());
    eventually("its turn", || takes_orders(&first));
    let (status, said) = buy(&first, "last", &token, &total);
    assert_eq!(status, 201, "the order that the other one took: {said}");
}

#[test]
fn a_server_that_ends_gives_the_stock_up_before_the_slowest_request_has_ended() {
    let database = TestDatabase::migrated();
    let folders = [DataDir::new(), DataDir::new()];
    let key = folders[0].key_on(database.url());
    let (mut first, second) = (folders[0].serve_on(database.url()), folders[1].serve_on(database.url()));
    eventually("a standby", || is_ready(&second));
    deliver(&first, &key, 1);
    let token = guest(&first);
    let total = total(&first, &token);

    let slow = first.dawdle("/api/v1/checkout", &token, "slow", &purchase(Some(&total)));
    // It has been let in, and is waited for.
    eventually("the slow one", || first.get("/readyz").contains(r#""requests_inside":2"#).then_some(()));
    first.signal(Signal::SIGTERM);
    eventually("a takeover from a server that has not ended", || takes_orders(&second));
    assert!(!first.has_ended(), "the slow one was not waited for");
    let (status, said) = slow.finish();
    assert!(status == 503 && said.contains(r#""code":"temporarily_unavailable""#), "{said}");
    assert!(first.ended().status.success());
    let (status, said) = buy(&second, "slow", &token, &total);
    assert_eq!(status, 201, "{said}");
}
