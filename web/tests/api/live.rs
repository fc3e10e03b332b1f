//! Server-sent events.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{TestApp, purchase};

pub(crate) struct Listening {
    stream: TcpStream,
    heard: String,
}

impl Listening {
    pub(crate) async fn to(app: &TestApp, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
        let request = format!("GET /api/v1/events?{query} HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("a request");
        Self { stream, heard: String::new() }
    }

    /// Listens until `text` was heard; says what was heard up to then.
    pub(crate) async fn until(&mut self, text: &str) -> String {
        let mut chunk = [0; 4096];
        let listening = async {
            while !self.heard.contains(text) {
                let length = self.stream.read(&mut chunk).await.expect("bytes");
                assert!(length > 0, "it ended: {}", self.heard);
                self.heard.push_str(&String::from_utf8_lossy(&chunk[..length]));
            }
        };
        let heard = tokio::time::timeout(Duration::from_secs(20), listening).await;
        assert!(heard.is_ok(), "{text} was never heard: {}", self.heard);
        self.heard.clone()
    }
}

/// The ids that were heard.
fn ids(heard: &str) -> Vec<u64> {
    heard.lines().filter_map(|line| line.strip_prefix("id: ")?.trim().parse().ok()).collect()
}

async fn order(app: &TestApp, guest: &str, key: &str) -> Value {
    let mut body = purchase(&[("TEE-M", 1)], 0);
    let quote = app.quote(guest, &json!({ "items": body["items"] })).await.expect(200);
    body["expected_total"] = quote["totals"]["grand"].clone();
    app.checkout(guest, key, &body).await.expect(201)
}

#[actix_web::test]
async fn a_listener_hears_what_happens_and_what_was_missed() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 6).await;
    let mut first = Listening::to(&app, "topics=stock:TEE-M,orders", "").await;
    let head = first.until("\"availability\":\"in_stock\"").await;
    assert!(head.contains("content-type: text/event-stream"), "{head}");
    let guest = app.guest().await;
    order(&app, &guest, "one").await;
    first.until("\"availability\":\"low\"").await;
    let heard = first.until("\"placed\":1").await;
    let ids = ids(&heard);
    assert!(ids.is_sorted() && ids.len() >= 3, "{heard}");
    // Who comes back with the first id hears of the rest.
    let mut again = Listening::to(&app, "topics=stock:TEE-M", &format!("last-event-id: {}\r\n", ids[0])).await;
    again.until("\"availability\":\"low\"").await;
}

#[actix_web::test]
async fn an_order_is_told_to_its_buyer_alone() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let order_no = order(&app, &guest, "one").await["order_no"].as_str().expect("a number").to_owned();
    let query = format!("topics=order:{order_no}");
    app.client.get(&format!("/api/v1/events?{query}")).send().await.problem(401, "unauthenticated");
    let mut listening = Listening::to(&app, &query, &format!("authorization: Bearer {guest}\r\n")).await;
    listening.until("\"status\":\"payment_pending\"").await;
    app.client.post(&format!("/api/v1/orders/{order_no}/cancel")).bearer(&guest).send().await.expect(200);
    listening.until("\"status\":\"cancelled\"").await;
}

#[actix_web::test]
async fn what_cannot_be_listened_to_is_refused() {
    let app = TestApp::start();
    for query in ["", "topics=", "topics=weather", "topics=stock:", "topics=order:1", "topics=orders&since=1"] {
        app.client.get(&format!("/api/v1/events?{query}")).send().await.problem(400, "bad_request");
    }
}

#[actix_web::test]
async fn one_address_gets_so_many_seats_and_all_together_so_many() {
    let app = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
        settings.limits.listeners_per_address = 1;
        settings.limits.listeners_max = 2;
    });
    let from = |address: &str| format!("x-forwarded-for: {address}\r\n");
    let mut ann = Listening::to(&app, "topics=orders", &from("192.0.2.1")).await;
    ann.until("retry: 2000").await;
    let refused = app.client.get("/api/v1/events?topics=orders").header("x-forwarded-for", "192.0.2.1").send().await;
    refused.problem(429, "rate_limited");
    let mut bob = Listening::to(&app, "topics=orders", &from("192.0.2.2")).await;
    bob.until("retry: 2000").await;
    let full = app.client.get("/api/v1/events?topics=orders").header("x-forwarded-for", "192.0.2.3").send().await;
    full.problem(503, "overloaded");
    // Who goes makes room, once the server has something to say to them.
    drop(ann);
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 1).await;
    order(&app, &app.guest().await, "one").await;
    let has_room = async || begins_to_listen(&app, "192.0.2.4").await.then_some(());
    testdb::eventually_async("a seat to be given back", has_room).await;
}

async fn begins_to_listen(app: &TestApp, address: &str) -> bool {
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let head = format!("GET /api/v1/events?topics=orders HTTP/1.1\r\nhost: a\r\nx-forwarded-for: {address}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("a request");
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.expect("a status");
    &status == b"HTTP/1.1 200"
}

#[actix_web::test]
async fn how_often_one_may_begin_to_listen_is_limited() {
    let app = TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.requests_per_second = 1;
        settings.limits.requests_burst = 1;
    });
    let mut first = Listening::to(&app, "topics=orders", "").await;
    first.until("retry: 2000").await;
    app.client.get("/api/v1/events?topics=orders").send().await.problem(429, "rate_limited");
}
