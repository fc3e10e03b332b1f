//! What the door does to every request, whatever it asks for. Some of its routes are made for these tests.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Data, get, post};
use actix_web::{App, HttpResponse, HttpServer};
use engine::catalog::{Slug, Title};
use engine::clock::CountedIds;
use engine::money::Currency;
use engine::tenant::{StoreDraft, Tenants};
use hyper::Method;
use identity::access::{Keys, Role};
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use web::extract::Body;
use web::middleware::Door;
use web::settings::Settings;
use web::{routes, startup};

use crate::app::{Ground, OPERATOR_KEY, TestApp, metrics, settings};
use crate::client::Client;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Small {
    quantity: i64,
}

async fn panics() -> HttpResponse {
    panic!("a mistake of the tests")
}

async fn never_answers() -> HttpResponse {
    std::future::pending().await
}

async fn takes(body: Body<Small>) -> HttpResponse {
    HttpResponse::Ok().json(body.value.quantity)
}

/// Of the shop next door, which shares the server.
const NEXT_DOORS_KEY: &str = "sk_the-operator-next-door-and-of-nobody-else";

/// A server with routes that a shop does not have. It ends with the test's runtime.
struct Server {
    client: Client,
    ground: Ground,
}

async fn serve(change: impl FnOnce(&mut Settings)) -> Server {
    let ground = Ground::new();
    let mut settings = settings(&ground);
    change(&mut settings);
    let state = Data::new(startup::state(&settings, ground.engine.clone(), metrics()).expect("a state"));
    // What keeps it up with others ends with the ground.
    state.identity.start().await.expect("who may come in");
    let application = move || {
        App::new()
            .app_data(state.clone())
            .route("/panics", get().to(panics))
            .route("/api/v1/never", get().to(never_answers))
            .route("/api/v1/checkout", post().to(never_answers))
            .route("/takes", post().to(takes))
            .configure(|config| routes::all().mount(config))
            .wrap(Door::new(state.clone()))
    };
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = HttpServer::new(application).workers(1).disable_signals().listen(listener).expect("a server");
    actix_web::rt::spawn(server.run());
    Server { client: Client { address }, ground }
}

/// Until so many requests are inside, beside the one that asks.
async fn until_inside(client: &Client, others: usize) {
    let are_inside = async || {
        let ready = client.get("/readyz").send().await.json();
        (ready["requests_inside"] == others + 1).then_some(())
    };
    testdb::eventually_async("all to be inside", are_inside).await;
}

#[actix_web::test]
async fn every_answer_has_the_headers_of_the_house() {
    let app = TestApp::start();
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for path in ["/healthz", "/nowhere"] {
        let answer = app.client.get(path).header("traceparent", trace).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("traceparent")[..36], trace[..36]);
        assert_eq!(answer.header("x-request-id"), "4bf92f3577b34da6a3ce929d0e0e4736");
    }
    let named = app.client.get("/healthz").header("x-request-id", "mine-7").send().await;
    assert_eq!(named.header("x-request-id"), "mine-7");
}

#[actix_web::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let app = TestApp::start();
    let answer = app.client.request(Method::DELETE, "/api/v1/session").send().await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST, OPTIONS");
    let answer = app.client.request(Method::OPTIONS, "/healthz").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("allow")), (204, "GET, HEAD, OPTIONS"));
    let head = app.client.request(Method::HEAD, "/healthz").send().await;
    assert_eq!((head.status.as_u16(), head.body.len(), head.header("content-length")), (200, 0, "3"));
}

#[actix_web::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let server = serve(|_| {}).await;
    let client = server.client;
    let answer = client.get("/panics").send().await;
    let problem = answer.problem(500, "internal");
    assert!(!problem.to_string().contains("mistake"), "{problem}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(client.get("/healthz").send().await.status, 200);
}

#[actix_web::test]
async fn too_late_is_told_and_a_purchase_is_told_to_ask_again() {
    let server = serve(|settings| settings.server.request_timeout_ms = 20).await;
    let client = server.client;
    client.get("/api/v1/never").send().await.problem(503, "overloaded");
    client.post("/api/v1/checkout").send().await.problem(503, "outcome_unknown");
}

#[actix_web::test]
async fn when_it_is_full_browsers_are_turned_away_and_operators_are_not() {
    let server = serve(|settings| settings.server.requests_max = 4).await;
    let client = server.client;
    let (ids, engine) = (Arc::new(CountedIds::lane(11)), &server.ground.engine);
    let draft = StoreDraft {
        slug: Slug::parse("next-door").expect("a slug"),
        name: Title::parse("Next Door").expect("a name"),
        currency: Currency::parse("EUR").expect("a currency"),
        domains: Vec::new(),
    };
    let tenants = Tenants::new(engine.database().clone());
    let next_door = tenants.open(draft, &**engine.clock(), &*ids).await.expect("a store").id;
    let keys = Keys::new(engine.database().clone(), Arc::clone(engine.clock()), ids);
    keys.adopt(next_door, "operator", &NEXT_DOORS_KEY.into(), Role::Admin.scopes()).await.expect("a key");
    let window = json!({ "name": "shop window", "kind": "publishable", "scopes": ["storefront:read"] });
    let ask = client.post("/api/v1/admin/keys").bearer(OPERATOR_KEY).header("idempotency-key", "window").json(&window);
    let window = ask.send().await.expect(201)["secret"].as_str().expect("a secret").to_owned();
    // Whoever shows a key that is known is told what it may not do.
    for (key, status) in [(window.as_str(), 403), (NEXT_DOORS_KEY, 401)] {
        let is_known = async || {
            let told = client.get("/api/v1/admin/orders").bearer(key).send().await;
            let told = (told.status.as_u16(), told.json()["detail"] != "this key opens nothing");
            (told == (status, true)).then_some(())
        };
        testdb::eventually_async("the key", is_known).await;
    }
    let mut waiting = Vec::new();
    for _ in 0..4 {
        waiting.push(tokio::task::spawn_local(client.post("/api/v1/checkout").send()));
        // Until it is inside: readiness says how many are, itself among them.
        until_inside(&client, waiting.len()).await;
    }
    client.get("/api/v1/openapi.json").send().await.problem(503, "overloaded");
    client.post("/api/v1/checkout").send().await.problem(503, "overloaded");
    // Who shows no key is no operator, and who shows no token has no order.
    client.get("/api/v1/admin/orders").send().await.problem(503, "overloaded");
    client.get("/api/v1/admin/orders").bearer("guessed").send().await.problem(503, "overloaded");
    client.post("/api/v1/orders/D-1/cancel").send().await.problem(503, "overloaded");
    // Nor is everybody who can read a storefront's pages, or looks after the shop next door.
    for key in [window.as_str(), NEXT_DOORS_KEY] {
        client.get("/api/v1/admin/orders").bearer(key).send().await.problem(503, "overloaded");
    }
    assert_eq!(client.get("/api/v1/admin/orders").bearer(OPERATOR_KEY).send().await.status, 200);
    assert_eq!(client.get("/healthz").send().await.status, 200);
    waiting.into_iter().for_each(|request| request.abort());
}

#[actix_web::test]
async fn bodies_are_read_strictly() {
    let server = serve(|settings| {
        settings.server.body_max_bytes = 1024;
        settings.server.body_timeout_ms = 50;
    })
    .await;
    let client = server.client;
    let send =
        |media_type, body: &str| client.post("/takes").header("content-type", media_type).body(body.to_owned()).send();
    assert_eq!(send("application/json", r#"{"quantity":7}"#).await.expect(200), 7);
    send("text/plain", r#"{"quantity":7}"#).await.problem(415, "unsupported_media_type");
    client.post("/takes").body(r#"{"quantity":7}"#).send().await.problem(415, "unsupported_media_type");
    send("application/json", "{").await.problem(400, "bad_request");
    let wrong = send("application/json", r#"{"quantity":"7"}"#).await.problem(422, "validation_failed");
    assert_eq!(wrong["errors"][0]["pointer"], "/quantity");
    let large = format!(r#"{{"quantity":7{}}}"#, " ".repeat(2000));
    send("application/json", &large).await.problem(413, "payload_too_large");

    let chunked =
        "POST /takes HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless = format!("{chunked}800\r\n{}\r\n", " ".repeat(0x800));
    let answer = client.raw(endless.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let slow = format!("{chunked}1\r\n{{\r\n");
    let answer = client.raw(slow.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
}

#[actix_web::test]
async fn only_configured_origins_may_read() {
    let app = TestApp::start_with(|settings| settings.cors.origins = vec!["https://shop.example".to_owned()]);
    let from = |origin| app.client.get("/healthz").header("origin", origin).send();
    let allowed = from("https://shop.example").await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    assert!(allowed.header("access-control-expose-headers").contains("etag"));
    let other = from("https://elsewhere.example").await;
    assert_eq!((other.header("access-control-allow-origin"), other.header("vary")), ("", "origin"));
    let preflight = app
        .client
        .request(Method::OPTIONS, "/api/v1/session")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .send()
        .await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), "https://shop.example");
    assert!(preflight.header("access-control-allow-headers").contains("idempotency-key"));
    let anywhere = TestApp::start_with(|settings| settings.cors.origins = vec!["*".to_owned()]);
    let answer = anywhere.client.get("/healthz").header("origin", "https://any.example").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookies for any page there is");
    // A refusal can be read too.
    let refused = app.client.get("/nowhere").header("origin", "https://shop.example").send().await;
    assert_eq!(refused.header("access-control-allow-origin"), "https://shop.example");
}

#[actix_web::test]
async fn a_page_of_another_site_changes_nothing_with_the_cookie_alone() {
    let app = TestApp::start_with(|settings| settings.cors.origins = vec!["https://shop.example".to_owned()]);
    app.create_product("tee", &["TEE"]).await;
    let guest = app.guest().await;
    let add = || app.client.post("/api/v1/cart/items").json(&json!({ "sku": "TEE", "quantity": 1 }));
    let by_cookie = || add().header("cookie", &format!("doorbuster_session={guest}"));
    let quantity = async || {
        let cart = app.client.get("/api/v1/cart").bearer(&guest).send().await.expect(200);
        cart["lines"][0]["quantity"].as_i64().unwrap_or(0)
    };
    by_cookie().header("sec-fetch-site", "cross-site").send().await.problem(403, "cross_site_request");
    by_cookie().header("sec-fetch-site", "same-site").send().await.problem(403, "cross_site_request");
    by_cookie().header("origin", "https://elsewhere.example").send().await.problem(403, "cross_site_request");
    assert_eq!(quantity().await, 0);
    by_cookie().header("sec-fetch-site", "same-origin").send().await.expect(200);
    by_cookie()
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://shop.example")
        .send()
        .await
        .expect(200);
    add().bearer(&guest).header("sec-fetch-site", "cross-site").send().await.expect(200);
    by_cookie().send().await.expect(200);
    assert_eq!(quantity().await, 4);
}

#[actix_web::test]
async fn a_stopping_server_ends_though_a_connection_is_open() {
    let app = TestApp::start();
    let _idle = TcpStream::connect(app.client.address).await.expect("a connection");
    assert_eq!(app.client.get("/healthz").send().await.status, 200);
    // Dropping the app waits for its server and asserts that it ended well.
    drop(app);
}

/// Sends `bytes` and takes no answer, until the server has had enough.
async fn is_let_go(app: &TestApp, bytes: &[u8]) {
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let let_go = async {
        // Enough of it to fill every buffer between us, where it asks for answers.
        while stream.write_all(bytes).await.is_ok() {}
    };
    let let_go = tokio::time::timeout(Duration::from_secs(30), let_go).await;
    assert!(let_go.is_ok(), "still there: {}", String::from_utf8_lossy(bytes));
}

#[actix_web::test]
async fn nobody_keeps_a_connection_by_being_slow() {
    let app = TestApp::start_with(|settings| {
        settings.server.head_timeout_ms = 2_000;
        settings.server.body_timeout_ms = 200;
        settings.server.request_timeout_ms = 5_000;
        settings.server.keep_alive_s = 1;
    });
    // A first head that never ends, and one that comes after an answer.
    let answer = app.client.raw(b"GET /healthz HTTP/1.1\r\nhost: a\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    let ended = |bytes: &'static [u8]| tokio::time::timeout(Duration::from_secs(30), app.client.raw(bytes));
    let answer = ended(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\nGET / HT").await.expect("it ends");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("ok\n"), "{answer}");
    let endless = b"POST /api/v1/session HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\n \r\n";
    let answer = ended(endless).await.expect("it ends");
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    is_let_go(&app, b"GET /api/v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n").await;
}

#[actix_web::test]
async fn what_was_accepted_is_finished_when_the_server_stops() {
    let app = TestApp::start();
    let head = "POST /api/v1/checkout/quote HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    let head = format!("{head}authorization: Bearer {}\r\ncontent-length: 12\r\n\r\n", app.guest().await);
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("a head");
    until_inside(&app.client, 1).await;
    let client = app.client;
    let stopped = tokio::task::spawn_blocking(move || drop(app));
    // It takes nothing new, and waits for the rest of this.
    let is_shut = async || TcpStream::connect(client.address).await.is_err().then_some(());
    testdb::eventually_async("the port to be shut", is_shut).await;
    stream.write_all(b"{\"items\":[]}").await.expect("a body");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 422") && answer.contains("validation_failed"), "{answer}");
    stopped.await.expect("it ended well");
}

#[actix_web::test]
async fn what_is_large_is_compressed_for_those_who_ask_and_what_is_small_is_not() {
    let app = TestApp::start();
    let skus = ["TEE-XS", "TEE-S", "TEE-M", "TEE-L", "TEE-XL", "TEE-XXL"];
    app.create_product("t-shirt", &skus).await;
    let guest = app.guest().await;
    for sku in skus {
        let body = serde_json::json!({ "sku": sku, "quantity": 1 });
        app.client.post("/api/v1/cart/items").bearer(&guest).json(&body).send().await.expect(200);
    }
    for path in ["/api/v1/cart", "/metrics", "/"] {
        let plain = app.client.get(path).bearer(&guest).send().await;
        assert_eq!((plain.status.as_u16(), plain.header("content-encoding")), (200, ""), "{path}");
        assert_eq!(plain.header("vary"), "accept-encoding", "{path}");
        let packed = app.client.get(path).bearer(&guest).header("accept-encoding", "br, gzip").send().await;
        assert_eq!((packed.status.as_u16(), packed.header("content-encoding")), (200, "gzip"), "{path}");
        assert_eq!(packed.header("etag"), plain.header("etag"), "{path}: a version to make changes against");
        assert!(packed.body.len() < plain.body.len() * 2 / 3, "{path}: {} of {}", packed.body.len(), plain.body.len());
        assert!(packed.body.starts_with(&[0x1f, 0x8b]), "{path}");
    }
    let small = app.client.get("/readyz").header("accept-encoding", "gzip").send().await;
    assert_eq!((small.header("content-encoding"), small.header("vary")), ("", ""));
}

#[actix_web::test]
async fn who_is_told_to_come_back_can_do_so_on_the_same_connection() {
    let server = serve(|settings| settings.server.requests_max = 0).await;
    let mut stream = TcpStream::connect(server.client.address).await.expect("a connection");
    let body = "{\"items\":[]}";
    let (first, rest) = body.split_at(4);
    let head = format!("POST /api/v1/checkout HTTP/1.1\r\nhost: shop\r\ncontent-length: {}\r\n\r\n", body.len());
    for _ in 0..2 {
        // The body may come with its head, or later.
        stream.write_all(format!("{head}{first}").as_bytes()).await.expect("it is taken");
        stream.write_all(rest.as_bytes()).await.expect("it is taken");
    }
    stream.shutdown().await.expect("nothing else comes");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.expect("answers");
    assert_eq!(answers.matches("HTTP/1.1 503 ").count(), 2, "{answers}");
    assert!(!answers.contains("connection: close"), "{answers}");
}
