//! Whoever asks too often, and whoever sends what nobody wants.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::app::{OPERATOR_KEY, TestApp};

/// A shop where whoever is nobody in particular may ask twice.
fn strict() -> TestApp {
    TestApp::start_with(|settings| {
        settings.limits.exempt = Vec::new();
        settings.limits.requests_per_second = 1;
        settings.limits.requests_burst = 2;
    })
}

#[actix_web::test]
async fn who_goes_on_asking_when_told_to_wait_is_disconnected() {
    let app = strict();
    for path in ["/", "/nowhere", "/api/v1/checkout"] {
        let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
        let requests = format!("GET {path} HTTP/1.1\r\nhost: shop\r\n\r\n").repeat(200);
        stream.write_all(requests.as_bytes()).await.expect("they are taken");
        // It may be ended so hard that the last answers are lost with it.
        let mut answers = Vec::new();
        let _ended = stream.read_to_end(&mut answers).await;
        let answers = String::from_utf8_lossy(&answers);
        let refusals = answers.matches("HTTP/1.1 429 ").count();
        assert!((1..=4).contains(&refusals), "{path}: {refusals} of 200");
        assert!(answers.contains("connection: close"), "{path}");
    }
}

#[actix_web::test]
async fn after_the_last_word_the_connection_ends_whatever_else_was_sent() {
    let app = strict();
    let requests = "GET / HTTP/1.1\r\nhost: shop\r\n\r\n".repeat(200);
    let garbage = format!("{requests}\x01\x02 nothing that is HTTP\r\n\r\n");
    let much = requests.repeat(40);
    for (name, sent, half_closes) in
        [("half-closed", &requests, true), ("garbage behind it", &garbage, false), ("more than fits", &much, false)]
    {
        let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
        // It may be ended before it is all taken.
        let _taken = stream.write_all(sent.as_bytes()).await;
        if half_closes {
            let _closed = stream.shutdown().await;
        }
        let mut answers = Vec::new();
        let ended = timeout(Duration::from_secs(60), stream.read_to_end(&mut answers)).await;
        assert!(ended.is_ok(), "{name}: it is still open");
    }
}

#[actix_web::test]
async fn who_is_far_ahead_of_what_is_answered_is_disconnected() {
    let app = TestApp::start();
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let feed = "GET /api/v1/events?topics=orders HTTP/1.1\r\nhost: shop\r\n\r\n";
    let behind = "GET /healthz HTTP/1.1\r\nhost: shop\r\n\r\n".repeat(8_000);
    let _taken = stream.write_all(format!("{feed}{behind}").as_bytes()).await;
    let mut answers = Vec::new();
    let ended = timeout(Duration::from_secs(60), stream.read_to_end(&mut answers)).await;
    assert!(ended.is_ok(), "the feed has no end");
    assert!(!String::from_utf8_lossy(&answers).contains("\"healthy\""));
}

#[actix_web::test]
async fn who_pipelines_gets_every_answer() {
    let app = TestApp::start();
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    // More than the framework queues, and less than it is given in one turn.
    let slow = "GET /readyz HTTP/1.1\r\nhost: shop\r\n\r\n";
    let quick = "GET /healthz HTTP/1.1\r\nhost: shop\r\n\r\n".repeat(60);
    stream.write_all(format!("{slow}{quick}").as_bytes()).await.expect("they are taken");
    let mut answers = Vec::new();
    let mut piece = [0; 4096];
    while String::from_utf8_lossy(&answers).matches("HTTP/1.1 200 ").count() < 61 {
        let read = timeout(Duration::from_secs(60), stream.read(&mut piece)).await.expect("an answer").expect("bytes");
        assert!(read > 0, "closed: {}", String::from_utf8_lossy(&answers));
        answers.extend_from_slice(&piece[..read]);
    }
}

#[actix_web::test]
async fn nobody_guesses_the_key_as_fast_as_they_like() {
    let app = strict();
    app.client.get("/api/v1/admin/orders").bearer("guess").send().await.problem(401, "unauthenticated");
    for _ in 0..1_000 {
        let answer = app.client.get("/api/v1/admin/orders").bearer("guess").send().await;
        if answer.status == 429 {
            answer.problem(429, "rate_limited");
            // Whoever has the key is not kept out by those who have not.
            app.client.get("/api/v1/admin/orders").bearer(OPERATOR_KEY).send().await.expect(200);
            return;
        }
    }
    panic!("a thousand guesses were answered");
}

#[actix_web::test]
async fn whoever_sends_all_before_reading_is_told_no() {
    let app = TestApp::start();
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let length = 1 << 20;
    let head = format!(
        "POST /api/v1/checkout HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("it is taken");
    stream.write_all(&vec![b' '; length]).await.expect("it is taken to its end");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 401");
}

#[actix_web::test]
async fn the_rest_of_a_body_that_nobody_wants_is_not_read() {
    let app = TestApp::start();
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let head = "POST /api/v1/session HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
                content-length: 1000000000000\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("it is taken");
    let (piece, mut sent) = (vec![b' '; 64 * 1024], 0);
    // What the system keeps on its way is a few megabytes.
    while sent < 256 << 20 {
        if stream.write_all(&piece).await.is_err() {
            break;
        }
        sent += piece.len();
    }
    assert!(sent < 64 << 20, "{sent} bytes were taken");
}

#[actix_web::test]
async fn who_keeps_showing_a_token_that_is_too_old_is_counted() {
    let app = strict();
    let guest = app.guest().await;
    app.advance(chrono::TimeDelta::days(400));
    let ask = || app.client.get("/api/v1/cart").bearer(&guest).send();
    for _ in 0..2 {
        ask().await.problem(401, "token_expired");
    }
    ask().await.problem(429, "rate_limited");
}
