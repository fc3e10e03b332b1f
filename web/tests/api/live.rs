//! Server-sent events.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{TestApp, purchase};

struct Listening {
    stream: TcpStream,
    heard: String,
}

impl Listening {
    async fn to(app: &TestApp, query: &str, headers: &str) -> Self {
        let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
        let request = format!("GET /api/v1/events?{query} HTTP/1.1\r\nhost: a\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.expect("a request");
        Self { stream, heard: String::new() }
    }

    /// Listens until `text` was heard; says what was heard up to then.
    async fn until(&mut self, text: &str) -> String {
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
    app.client.get(&format!("/api/v1/events?{query}")).send().await.problem(400, "bad_request");
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
