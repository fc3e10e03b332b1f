//! Whatever comes in: heads, bodies, queries, cursors, tokens, keys and rows that nobody would think of. Each is refused in our
//! words or is right, and never a fault of ours; what is refused changes nothing.
//!
//! `PROPTEST_CASES` says how many of each; what fails is told as small as it still fails.

use std::future::Future;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use chrono::TimeDelta;
use hyper::Method;
use hyper::header::{HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::app::{TestApp, purchase};
use crate::client::Answer;

/// Each case is a request or two over the network.
const CASES: u32 = 96;

/// A shop, and a runtime to talk to it from: the property is a plain function.
struct Target {
    app: TestApp,
    guest: String,
    runtime: tokio::runtime::Runtime,
}

impl Target {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let app = TestApp::start();
        let guest = runtime.block_on(async {
            app.create_product("t-shirt", &["TEE-M"]).await;
            app.receive("TEE-M", 5).await;
            app.until_ready().await;
            app.guest().await
        });
        Self { app, guest, runtime }
    }

    /// Every case of `strategy`, asked and judged.
    fn every<S: Strategy, F>(&self, strategy: S, ask: impl Fn(S::Value) -> F)
    where
        F: Future<Output = Answer>,
    {
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) };
        let judged = TestRunner::new(config).run(&strategy, |case| {
            let answer = self.runtime.block_on(ask(case));
            judge(&answer)
        });
        judged.unwrap_or_else(|failed| panic!("{failed}"));
    }
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES)
}

/// The client has compared it with the description already.
fn judge(answer: &Answer) -> Result<(), TestCaseError> {
    prop_assert!(!answer.status.is_server_error(), "{:?}", answer);
    if answer.status.is_client_error() {
        prop_assert_eq!(answer.header("content-type"), "application/problem+json");
        prop_assert!(answer.json()["code"].is_string(), "{:?}", answer);
    }
    Ok(())
}

/// Any JSON at all.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        any::<String>().prop_map(Value::from),
        "TEE-M|INR|standard|manual|[0-9]{1,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("sku|quantity|amount|currency|[a-z_]{1,8}", inner, 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[test]
fn any_body_is_taken_or_refused() {
    let target = Target::start();
    let fields: Vec<String> =
        purchase(&[("TEE-M", 1)], 129_900).as_object().expect("an object").keys().cloned().collect();
    // A purchase of which one or two fields are something else; or something else altogether.
    let body = prop_oneof![
        3 => prop::collection::btree_map(prop::sample::select(fields), json_value(), 1..3).prop_map(|others| {
            let mut body = purchase(&[("TEE-M", 1)], 129_900);
            body.as_object_mut().expect("an object").extend(others);
            body.to_string().into_bytes()
        }),
        1 => json_value().prop_map(|body| body.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..300),
    ];
    let path = prop::sample::select(vec![
        "/api/v1/checkout",
        "/api/v1/checkout/quote",
        "/api/v1/cart/items",
        "/api/v1/admin/products",
        "/api/v1/admin/stock/TEE-M/adjust",
    ]);
    target.every((path, body, "[!-~]{1,20}"), |(path, body, key)| {
        let token = if path.contains("/admin/") { crate::app::OPERATOR_KEY } else { &target.guest };
        let request = target.app.client.post(path).bearer(token).header("content-type", "application/json");
        request.header("idempotency-key", &key.replace('"', "'")).body(body).send()
    });
    target.app.books_are_clean();
}

#[test]
fn any_query_is_taken_or_refused() {
    let target = Target::start();
    let name = "q|category|brand|price%5B(min|max)%5D|availability|attr\\.[a-z%0-9]{0,4}|sort|page|limit|cursor|facets|include_total|status|sku|since|format|topics|[a-z]{1,4}";
    let value = "[-+]?[0-9]{1,20}|[a-z,:.\\-]{0,12}|(%[0-9a-f]{2}){0,8}|[+%&=;\\[\\]()\"*~^0-9a-z]{0,16}|[0-9]{1,6}-[0-9]{2}-[0-9]{2}T00:00:00Z";
    let query = prop::collection::vec((name, value), 0..4).prop_map(|pairs| {
        let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&").replace(['"', '^', '[', ']'], "%22")
    });
    let path = prop::sample::select(vec![
        "/api/v1/products",
        "/api/v1/categories",
        "/api/v1/orders",
        "/api/v1/admin/orders",
        "/api/v1/admin/products",
        "/api/v1/admin/stock/TEE-M/ledger",
        "/api/v1/admin/stock/TEE-M/holds",
        "/api/v1/admin/brands",
    ]);
    target.every((path, query), |(path, query)| {
        let token = if path.contains("/admin/") { crate::app::OPERATOR_KEY } else { &target.guest };
        target.app.client.get(&format!("{path}?{query}")).bearer(token).send()
    });
}

#[test]
fn a_cursor_that_was_touched_is_refused_or_a_place_in_the_list() {
    let target = Target::start();
    let cursors: Vec<(String, String)> = target.runtime.block_on(async {
        for number in 0..3 {
            target.app.create_product(&format!("cup-{number}"), &[&format!("CUP-{number}")]).await;
        }
        let pages =
            ["/api/v1/admin/products?limit=1", "/api/v1/admin/stock/TEE-M/ledger?limit=1", "/api/v1/products?limit=1"];
        let mut cursors = Vec::new();
        for page in pages {
            let read = async || {
                // The index waits a moment for more by the shop's clock.
                target.app.advance(TimeDelta::milliseconds(100));
                let listing = target.app.admin_get(page).send().await.expect(200);
                listing["page"]["next_cursor"].as_str().map(str::to_owned)
            };
            let cursor = match page.contains("ledger") {
                // One change has no next page: a cursor of its shape.
                true => read().await.unwrap_or_else(|| "loc_00000000000070008000000000000002.1".to_owned()),
                false => testdb::eventually_async("a second page", read).await,
            };
            cursors.push((page.to_owned(), cursor));
        }
        cursors
    });
    let touched = (prop::sample::select(cursors), any::<prop::sample::Index>(), "[A-Za-z0-9_.\\-]?", 0_usize..3);
    target.every(touched, |((page, cursor), place, other, taken)| {
        let place = place.index(cursor.len());
        let end = (place + taken).min(cursor.len());
        let cursor = format!("{}{other}{}", &cursor[..place], &cursor[end..]);
        target.app.admin_get(&format!("{page}&cursor={cursor}")).send()
    });
}

#[test]
fn no_other_text_is_anybodys_token() {
    let target = Target::start();
    let (guest, admin) = (target.guest.clone(), crate::app::OPERATOR_KEY.to_owned());
    // What is not quite a token, and what is none at all.
    let touched = (
        prop::sample::select(vec![guest.clone(), admin.clone()]),
        any::<prop::sample::Index>(),
        "[!-~]{0,2}",
        0_usize..3,
    )
        .prop_map(|(token, place, other, taken)| {
            let place = place.index(token.len());
            let end = (place + taken).min(token.len());
            format!("{}{other}{}", &token[..place], &token[end..])
        });
    let token = prop_oneof![touched, "(guest_|sk_|pk_|rt_|eyJ)?[A-Za-z0-9_.\\-]{0,120}", "[ -~]{0,40}"];
    let path = prop::sample::select(vec!["/api/v1/cart", "/api/v1/orders", "/api/v1/admin/orders"]);
    let known = [guest, admin];
    target.every((path, token), |(path, token)| {
        let is_known = known.iter().any(|known| known == token.trim());
        let request = target.app.client.get(path).header("authorization", &format!("Bearer {token}"));
        async move {
            let answer = request.send().await;
            let refused = ["unauthenticated", "bad_request"].iter().any(|code| answer.json()["code"] == *code);
            assert!(is_known || refused, "{token:?} opened {path}: {answer:?}");
            answer
        }
    });
}

#[test]
fn any_header_is_taken_or_refused() {
    let target = Target::start();
    let name = prop::sample::select(vec![
        "idempotency-key",
        "if-match",
        "if-none-match",
        "authorization",
        "cookie",
        "content-type",
        "accept-encoding",
        "traceparent",
        "x-forwarded-for",
        "origin",
        "x-doorbuster-store",
    ]);
    let value = prop_oneof![
        prop::collection::vec(prop_oneof![0x20_u8..=0x7e, 0x80_u8..=0xff], 0..300),
        "(W/)?\"[0-9]{0,20}\"|[a-z/+;=*,. 0-9\"]{0,40}|00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]".prop_map(String::into_bytes),
    ];
    let method = prop::sample::select(vec![Method::GET, Method::POST]);
    target.every((method, name, value), |(method, name, value)| {
        let path = if method == Method::GET { "/api/v1/products/t-shirt" } else { "/api/v1/checkout/quote" };
        let value = HeaderValue::from_bytes(&value).expect("what a client can send");
        let request = target.app.client.request(method, path).bearer(&target.guest);
        request
            .raw_header(HeaderName::from_static(name), value)
            .body(r#"{"items":[{"sku":"TEE-M","quantity":1}]}"#)
            .send()
    });
}

#[test]
fn any_file_is_imported_or_told_what_is_wrong_with_it() {
    let target = Target::start();
    let field = "product|title|description|sku|price|mrp|sale_price|sale_starts_at|on_sale_from|category|brand|tags|media|specs|stock|stock\\.[a-z]{0,4}|weight_grams|position|hold_ttl_s|purchase_limit|barcode|status|[a-z]{1,4}";
    let value = prop_oneof![
        json_value(),
        "[-+]?[0-9]{1,7}-[0-9]{2}-[0-9]{2}".prop_map(Value::from),
        "\u{0}|a\u{0}b|\u{7f}|\u{202e}".prop_map(Value::from),
        Just(json!("TEE-M")),
    ];
    let row = prop::collection::btree_map(field, value, 0..6).prop_map(|mut row| {
        row.entry("sku".to_owned()).or_insert_with(|| json!("TEE-M"));
        json!(row).to_string()
    });
    let file = prop_oneof![
        3 => prop::collection::vec(row, 1..5).prop_map(|rows| ("application/jsonl", rows.join("\n").into_bytes())),
        1 => "(sku|price|title|stock),(sku|mrp|tags|media)\n([A-Z\\-\"',=0-9.\n]{0,40})".prop_map(|text| ("text/csv", text.into_bytes())),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| ("text/csv", bytes)),
    ];
    let path = prop::sample::select(vec!["/api/v1/admin/imports/products", "/api/v1/admin/imports/stock"]);
    target.every((path, file), |(path, (media_type, file))| {
        target
            .app
            .client
            .post(path)
            .bearer(crate::app::OPERATOR_KEY)
            .header("content-type", media_type)
            .body(file)
            .send()
    });
    target.app.books_are_clean();
}

#[test]
fn any_bytes_for_a_head_are_answered_and_end() {
    let target = Target::start();
    let address = target.app.client.address;
    let head = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        // Nearly right.
        ("(GET|POST|PUT|[A-Z]{0,20}|get) ?(/api/v1/(products|session|cart)|\\*|http://x/|[ -~]{0,40}) ?HTTP/[0-9.]{0,4}\r?\n",
         "((host|content-length|transfer-encoding|connection|expect|upgrade|[!-~]{0,8}): ?(shop|[0-9]{1,20}|chunked|close|100-continue|[ -~]{0,20})\r?\n){0,6}",
         "(\r\n)?[0-9a-fA-F]{0,4}(\r\n[ -~]{0,20}){0,3}")
            .prop_map(|(line, fields, rest)| format!("{line}{fields}{rest}").into_bytes()),
    ];
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) };
    let answered = TestRunner::new(config).run(&head, |bytes| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a limit");
        // It may be closed before all of it is sent.
        let _ = stream.write_all(&bytes).and_then(|()| stream.shutdown(Shutdown::Write));
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        let waits = ended
            .is_err_and(|error| matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
        prop_assert!(!waits, "the connection stays open");
        let answer = String::from_utf8_lossy(&answer);
        prop_assert!(!answer.contains("HTTP/1.1 5"), "{}", answer);
        Ok(())
    });
    answered.unwrap_or_else(|failed| panic!("{failed}"));
    assert_eq!(target.runtime.block_on(target.app.client.get("/healthz").send()).status, 200);
}
