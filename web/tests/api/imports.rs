//! Files into the running shop and out of it, over HTTP alone.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{OPERATOR_KEY, TestApp, inr};
use crate::client::{Answer, Request};

const PRODUCTS: &str = "/api/v1/admin/imports/products";
const STOCK: &str = "/api/v1/admin/imports/stock";

const SHIRTS: &str = "\
product,title,status,sku,price,stock,colour
shirt,Shirt,active,SHIRT-S,499.00,5,
shirt,,,SHIRT-M,499.00,7,
";

fn upload(app: &TestApp, path: &str, media_type: &str, body: impl Into<hyper::body::Bytes>) -> Request {
    app.client.post(path).bearer(OPERATOR_KEY).header("content-type", media_type).body(body)
}

/// The file without its last column, which no shop knows.
fn shirts() -> String {
    SHIRTS.lines().map(|line| format!("{}\n", line.rsplit_once(',').expect("a column").0)).collect()
}

fn form(mapping: &str, file: &str) -> (String, String) {
    let body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"mapping\"; filename=\"m.toml\"\r\n\r\n{mapping}\r\n\
         --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"feed.jsonl\"\r\n\r\n{file}\r\n--edge--\r\n"
    );
    ("multipart/form-data; boundary=edge".to_owned(), body)
}

async fn on_hand(app: &TestApp, sku: &str) -> Value {
    app.stock(sku).await["on_hand"].clone()
}

#[actix_web::test]
async fn a_file_of_products_is_taken_by_the_running_shop_and_repeating_it_changes_nothing() {
    let app = TestApp::start();
    let taken = upload(&app, PRODUCTS, "text/csv; charset=utf-8", shirts()).send().await.expect(200);
    assert_eq!(
        (&taken["rows"], &taken["rejected"], &taken["products"], &taken["stock"]),
        (&json!(2), &json!(0), &json!({ "created": 1, "changed": 0 }), &json!({ "set": 2, "unchanged": 0 }))
    );
    assert_eq!(on_hand(&app, "SHIRT-M").await, 7);
    // Its counts are in the books of the actor that is awake now.
    let ledger = app.admin_get("/api/v1/admin/stock/SHIRT-M/ledger").send().await.expect(200);
    assert_eq!(ledger["data"][0]["reference"], "import");
    let guest = app.guest().await;
    let quote = app.quote(&guest, &json!({ "items": [{ "sku": "SHIRT-M", "quantity": 2 }] })).await.expect(200);
    assert_eq!(quote["totals"]["grand"], inr(99_800));

    let again = upload(&app, PRODUCTS, "text/csv", shirts()).send().await.expect(200);
    assert_eq!((&again["unchanged"], &again["stock"]), (&json!(2), &json!({ "set": 0, "unchanged": 2 })));
}

#[actix_web::test]
async fn what_is_wrong_with_a_row_is_told_and_its_neighbours_are_taken() {
    let app = TestApp::start_with(|settings| settings.imports.rejections_max = 2);
    let taken = upload(&app, PRODUCTS, "text/csv", SHIRTS).send().await.expect(200);
    assert_eq!(taken["rejected"], 2);
    let lines = "{\"sku\":\"A\",\"title\":\"A\",\"price\":\"1,5\"}\n{\"sku\":\"B\",\"title\":\"B\",\"price\":5}\nnonsense\n[]\n";
    let taken = upload(&app, PRODUCTS, "application/jsonl", lines).send().await.expect(200);
    assert_eq!((&taken["rows"], &taken["rejected"], &taken["variants"]["created"]), (&json!(4), &json!(3), &json!(1)));
    let first = &taken["rejections"][0];
    assert_eq!((&first["line"], &first["sku"], &first["field"]), (&json!(1), &json!("A"), &json!("price")));
    assert_eq!(
        (taken["rejections"].as_array().map(Vec::len), &taken["rejections_left_out"]),
        (Some(2), &json!(1)),
        "the list is bounded"
    );
}

#[actix_web::test]
async fn a_file_of_stock_sets_counts_and_makes_nothing() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M", "TEE-L"]).await;
    app.admin_post("/api/v1/admin/locations", &json!({ "code": "annex", "name": "Annex" })).send().await.expect(201);
    app.receive("TEE-M", 10).await;
    let counts = "sku,title,stock,stock.annex\nTEE-M,Another title,4,2\nTEE-L,,3,\nNOBODY,,1,\n,,1,\nTEE-L,,-1,\n";
    let taken = upload(&app, STOCK, "text/csv", counts).send().await.expect(200);
    let told: Vec<_> = taken["rejections"].as_array().expect("a list").iter().map(|row| row["code"].clone()).collect();
    assert_eq!(told, [json!("unknown"), json!("required"), json!("stock_refused")]);
    assert_eq!((&taken["products"]["created"], &taken["products"]["changed"]), (&json!(0), &json!(0)));
    assert_eq!(on_hand(&app, "TEE-M").await, 4);
    let kept = app.admin_get("/api/v1/admin/products?limit=1").send().await.expect(200);
    assert_eq!(kept["data"][0]["title"], "T-Shirt", "only the stock is taken");

    let out = app.admin_get("/api/v1/admin/exports/stock?format=csv").send().await;
    assert_eq!(out.header("content-type"), "text/csv; charset=utf-8");
    let text = String::from_utf8(out.body.to_vec()).expect("UTF-8");
    assert_eq!(text.lines().next(), Some("sku,stock,safety,stock.annex"));
    assert!(text.contains("TEE-M,4,0,2\n"), "{text}");
    let again = upload(&app, STOCK, "text/csv", text).send().await.expect(200);
    assert_eq!((&again["rejected"], &again["stock"]["set"]), (&json!(0), &json!(0)));
}

#[actix_web::test]
async fn what_is_exported_can_be_imported_elsewhere() {
    let here = TestApp::start();
    upload(&here, PRODUCTS, "text/csv", shirts()).send().await.expect(200);
    let there = TestApp::start();
    for (format, media_type) in
        [("jsonl", "application/jsonl"), ("csv", "text/csv"), ("tsv", "text/tab-separated-values")]
    {
        let out = here.admin_get(&format!("/api/v1/admin/exports/products?format={format}")).send().await;
        assert_eq!(out.status, 200);
        assert!(out.header("content-disposition").contains(&format!("products.{format}")));
        let taken = upload(&there, PRODUCTS, media_type, out.body).send().await.expect(200);
        assert_eq!((&taken["rows"], &taken["rejected"]), (&json!(2), &json!(0)), "{format}");
    }
    assert_eq!(on_hand(&there, "SHIRT-S").await, 5);
    here.admin_get("/api/v1/admin/exports/products?format=xml").send().await.problem(400, "bad_request");
    here.client.get("/api/v1/admin/exports/products").send().await.problem(401, "unauthenticated");
    let empty = TestApp::start().admin_get("/api/v1/admin/exports/products").send().await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (200, 0));
}

#[actix_web::test]
async fn another_systems_file_comes_with_its_mapping() {
    let app = TestApp::start();
    let mapping = "[fields]\nsku = \"id\"\ntitle = \"name\"\nprice = { from = \"cents\", amount = \"minor\" }\nstock = \"left\"\n";
    let (media_type, body) = form(mapping, "{\"id\":7,\"name\":\"Lamp\",\"cents\":4995,\"left\":3,\"other\":1}\n");
    let taken = upload(&app, PRODUCTS, &media_type, body).send().await.expect(200);
    assert_eq!((&taken["rejected"], &taken["stock"]["set"]), (&json!(0), &json!(1)));
    assert_eq!(on_hand(&app, "7").await, 3);

    let refused = |answer: Answer| answer.problem(422, "validation_failed")["errors"][0]["pointer"].clone();
    let (media_type, body) = form("[fields]\ncolour = \"x\"\n", "{}");
    assert_eq!(refused(upload(&app, PRODUCTS, &media_type, body).send().await), "/mapping");
    let (media_type, body) = form(mapping, "{}");
    let nameless = body.replace("feed.jsonl", "feed");
    assert_eq!(refused(upload(&app, PRODUCTS, &media_type, nameless).send().await), "/file");
    let other = body.replace("name=\"file\"", "name=\"files\"");
    assert_eq!(refused(upload(&app, PRODUCTS, &media_type, other).send().await), "");
    upload(&app, PRODUCTS, "multipart/form-data; boundary=edge", "nonsense").send().await.problem(400, "bad_request");
    upload(&app, PRODUCTS, "multipart/form-data", "nonsense").send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn a_file_may_be_larger_than_a_body_and_has_a_limit_of_its_own() {
    let app = TestApp::start_with(|settings| settings.imports.max_bytes = 3 << 20);
    // Far beyond the 1 MiB of other bodies; the rows are one product's.
    let row = json!({ "sku": "BIG", "title": "Big", "price": 5, "description": "x".repeat(4000) }).to_string() + "\n";
    let file = row.repeat((2 << 20) / row.len());
    let taken = upload(&app, PRODUCTS, "application/jsonl", file.clone()).send().await.expect(200);
    assert_eq!((&taken["rejected"], &taken["variants"]["created"]), (&json!(0), &json!(1)));
    let twice = file.clone() + &file;
    upload(&app, PRODUCTS, "application/jsonl", twice).send().await.problem(413, "payload_too_large");
    upload(&app, PRODUCTS, "application/json", row.clone()).send().await.problem(415, "unsupported_media_type");
    app.client
        .post(PRODUCTS)
        .bearer(OPERATOR_KEY)
        .body(row.clone())
        .send()
        .await
        .problem(415, "unsupported_media_type");
    app.client.post(PRODUCTS).bearer(&app.guest().await).body(row).send().await.problem(403, "forbidden");
    upload(&app, &format!("{PRODUCTS}?dry_run=true"), "text/csv", "").send().await.problem(400, "bad_request");
    let cut_off = "sku,stock\nA,\"1\nB,2\n";
    let refused = upload(&app, STOCK, "text/csv", cut_off).send().await.problem(400, "bad_request");
    assert_eq!(refused["rows_taken"], 0);
    assert_eq!(upload(&app, STOCK, "text/csv", "").send().await.expect(200)["rows"], 0);
}

/// The head of an upload whose length nobody says.
fn endless() -> String {
    format!(
        "POST {PRODUCTS} HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {OPERATOR_KEY}\r\ncontent-type: application/jsonl\r\n\
         transfer-encoding: chunked\r\n\r\n"
    )
}

/// Nothing is said for a while, and the connection stays.
async fn waits(stream: &mut TcpStream, time: Duration) {
    let said = tokio::time::timeout(time, stream.read_u8()).await;
    assert!(said.is_err(), "{said:?}");
}

#[actix_web::test]
async fn who_asks_before_sending_and_sends_slowly_is_waited_for() {
    let app = TestApp::start_with(|settings| {
        settings.server.head_timeout_ms = 500;
        settings.server.keep_alive_s = 1;
    });
    let file = "{\"sku\":\"A\",\"title\":\"A\",\"price\":\"5\"}\n";
    let head = format!(
        "POST {PRODUCTS} HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {OPERATOR_KEY}\r\nexpect: 100-continue\r\n\
         content-type: application/jsonl\r\ncontent-length: {}\r\n\r\n",
        file.len()
    );
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut told = [0; 25];
    stream.read_exact(&mut told).await.expect("an interim answer");
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    for piece in file.as_bytes().chunks(20) {
        waits(&mut stream, Duration::from_millis(1_000)).await;
        stream.write_all(piece).await.expect("sent");
    }
    let mut told = [0; 12];
    stream.read_exact(&mut told).await.expect("an answer");
    assert_eq!(&told, b"HTTP/1.1 200");
}

#[actix_web::test]
async fn an_import_may_be_answered_long_after_its_last_byte() {
    let app = TestApp::start_with(|settings| {
        settings.server.body_timeout_ms = 200;
        settings.server.request_timeout_ms = 200;
    });
    // Longer than both times and the second to linger.
    app.sql(
        "create function be_slow() returns trigger language plpgsql as 'begin perform pg_sleep(3); return new; end';
         create trigger slow before insert on products for each row execute function be_slow()",
    );
    let file = "{\"sku\":\"A\",\"title\":\"A\",\"price\":\"5\"}\n";
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    let chunks = format!("{}{:x}\r\n{file}\r\n0\r\n\r\n", endless(), file.len());
    stream.write_all(chunks.as_bytes()).await.expect("sent");
    let mut told = [0; 12];
    stream.read_exact(&mut told).await.expect("an answer");
    assert_eq!(&told, b"HTTP/1.1 200");
}

#[actix_web::test]
async fn a_file_without_end_is_stopped_at_the_limit() {
    let app = TestApp::start_with(|settings| {
        settings.imports.max_bytes = 1 << 20;
        settings.server.body_timeout_ms = 500;
    });
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x1_0000));
    let told = app.client.raw((endless() + &chunk.repeat(17)).as_bytes()).await;
    assert!(told.starts_with("HTTP/1.1 413") && told.contains("payload_too_large"), "{told}");
    let told = app.client.raw((endless() + "1\r\n{\r\n").as_bytes()).await;
    assert!(told.starts_with("HTTP/1.1 408") && told.contains("request_timeout"), "{told}");
}

#[actix_web::test]
async fn an_upload_that_breaks_off_ends_and_leaves_its_place_to_the_next() {
    let app = TestApp::start_with(|settings| settings.imports.at_once = 1);
    let mut stream = TcpStream::connect(app.client.address).await.expect("a connection");
    stream.write_all((endless() + "3\r\n{}\n\r\n").as_bytes()).await.expect("sent");
    drop(stream);
    loop {
        let next = upload(&app, PRODUCTS, "text/csv", shirts()).send().await;
        if next.status != 503 {
            assert_eq!(next.expect(200)["products"]["created"], 1);
            return;
        }
    }
}

#[actix_web::test]
async fn only_so_many_are_imported_at_once() {
    let app = TestApp::start_with(|settings| settings.imports.at_once = 0);
    upload(&app, PRODUCTS, "text/csv", shirts()).send().await.problem(503, "overloaded");
}
