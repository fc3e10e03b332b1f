//! Whatever is sent, it is never a fault of ours: a table of nonsense, and the code that each line is answered with.

use serde_json::{Value, json};

use crate::app::{TestApp, inr, purchase};

#[actix_web::test]
async fn nonsense_in_a_purchase_is_told_where_it_is() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.receive("TEE-M", 5).await;
    let guest = app.guest().await;
    let with = |pointer: &str, value: Value| {
        let mut body = purchase(&[("TEE-M", 1)], 129_900);
        match body.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
                body.pointer_mut(parent).expect("a parent")[name] = value;
            }
        }
        body
    };
    let cases = [
        ("/items/0/quantity", json!(0)),
        ("/items/0/quantity", json!(-1)),
        ("/items/0/quantity", json!(1_000_001)),
        ("/items/0/quantity", json!(9_223_372_036_854_775_808_u64)),
        ("/items/0/quantity", json!("1")),
        ("/items/0/quantity", json!(1.5)),
        ("/items/0/quantity", Value::Null),
        ("/items/0/sku", json!("NOTHING")),
        ("/items/0/sku", json!("")),
        ("/items/0/sku", json!("TEE-M\u{0}")),
        ("/items/0/sku", json!("x".repeat(65))),
        ("/items/0/sku", json!("caf\u{e9}")),
        ("/items/0/sku", json!(7)),
        ("/items", json!([])),
        ("/items", json!({})),
        ("/expected_total/amount", json!("129900")),
        ("/expected_total/amount", json!(1299.0)),
        ("/expected_total/amount", json!(-1)),
        ("/expected_total/currency", json!("rupees")),
        ("/contact/email", json!("nobody")),
        ("/contact/email", json!("ann@example.com\u{0}")),
        ("/contact/phone", json!("call me")),
        ("/address/name", json!("\u{0}")),
        ("/address/city", json!("x".repeat(201))),
        ("/address/country", json!("India")),
        ("/address/planet", json!("Earth")),
        ("/payment_method", json!("card")),
        ("/shipping_method", json!("teleport")),
        ("/quote_id", json!("quote_x")),
        ("/hold_ttl_s", json!(0)),
        ("/hold_ttl_s", json!(i64::MAX)),
        ("/coupon", json!("FREE")),
    ];
    for (number, (pointer, value)) in cases.into_iter().enumerate() {
        let answer = app.checkout(&guest, &number.to_string(), &with(pointer, value.clone())).await;
        let told = answer.problem(422, "validation_failed");
        let place = told["errors"][0]["pointer"].as_str().expect("a pointer");
        assert!(place.starts_with(pointer), "{pointer} = {value}: {told}");
    }
    let many: Vec<_> = (0..201).map(|_| json!({ "sku": "TEE-M", "quantity": 1 })).collect();
    app.checkout(&guest, "many", &with("/items", json!(many))).await.problem(422, "validation_failed");
    assert_eq!(app.stock("TEE-M").await["reserved"], 0);
}

#[actix_web::test]
async fn nonsense_around_a_body_is_refused() {
    let app = TestApp::start();
    let guest = app.guest().await;
    let send = |media_type: &'static str, body: Vec<u8>| {
        let request = app.client.post("/api/v1/checkout").bearer(&guest).header("idempotency-key", "k");
        request.header("content-type", media_type).body(body).send()
    };
    let whole = purchase(&[("TEE-M", 1)], 1).to_string();
    send("text/xml", whole.clone().into_bytes()).await.problem(415, "unsupported_media_type");
    send("application/json; charset=utf-16", whole.clone().into_bytes()).await.problem(415, "unsupported_media_type");
    send("application/json", whole[..20].into()).await.problem(400, "bad_request");
    send("application/json", Vec::new()).await.problem(400, "bad_request");
    let mut broken = whole.clone().into_bytes();
    let at = whole.find("Ann").expect("a name");
    broken[at] = 0xff;
    send("application/json", broken).await.problem(400, "bad_request");
    send("application/json", "[".repeat(100_000).into_bytes()).await.problem(422, "validation_failed");
    send("application/json", r#"{"a":"#.repeat(100_000).into_bytes()).await.problem(422, "validation_failed");
    for key in ["", "two words", &"k".repeat(256), "\"open", "\u{e9}"] {
        let request = app.client.post("/api/v1/checkout").bearer(&guest).header("idempotency-key", key);
        let answer = request.json(&purchase(&[("TEE-M", 1)], 1)).send().await;
        answer.problem(400, "bad_request");
    }
    for token in ["", "x", "guest_", "guest_\u{e9}", &"A".repeat(10_000)] {
        let answer = app.client.get("/api/v1/orders").header("authorization", &format!("Bearer {token}")).send().await;
        assert!(matches!(answer.status.as_u16(), 400 | 401), "{token}: {answer:?}");
    }
}

#[actix_web::test]
async fn ten_megabytes_are_too_many_whether_announced_or_not() {
    let app = TestApp::start();
    let guest = app.guest().await;
    let head = format!(
        "POST /api/v1/checkout HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {guest}\r\nidempotency-key: k\r\ncontent-type: application/json\r\n"
    );
    let announced = format!("{head}content-length: 10485760\r\n\r\n{{");
    let answer = app.client.raw(announced.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("payload_too_large"), "{answer}");
    let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
    let silent = format!("{head}transfer-encoding: chunked\r\n\r\n{}", chunk.repeat(17));
    let answer = app.client.raw(silent.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("payload_too_large"), "{answer}");
}

#[actix_web::test]
async fn nonsense_in_paths_and_queries_is_not_found_or_refused() {
    let app = TestApp::start();
    let guest = app.guest().await;
    let cases = [
        ("/api/v1/orders/1", 404),
        ("/api/v1/orders/%00", 404),
        ("/api/v1/orders/%ff", 404),
        ("/api/v1/orders/%zz", 400),
        ("/api/v1/orders/..%2f..%2fetc", 404),
        ("/api/v1/orders?limit=-1", 400),
        ("/api/v1/orders?limit=1&limit=2", 400),
        ("/api/v1/orders?cursor=prod_00000000000000000000000000000007", 400),
        ("/api/v1/orders?q=%ff", 400),
        ("/api/v1/categories/%00", 404),
        ("/api/v1/categories/UPPER", 404),
        ("/api/v1/categories/x%20y", 404),
        ("/api/v1/nothing", 404),
        ("//", 404),
        ("/api/v1/session/", 404),
    ];
    for (path, status) in cases {
        let answer = app.client.get(path).bearer(&guest).send().await;
        let code = if status == 404 { "not_found" } else { "bad_request" };
        answer.problem(status, code);
    }
    for sku in ["%00", "%ff", "x%0ay", "caf%C3%A9"] {
        let answer = app.admin_get(&format!("/api/v1/admin/stock/{sku}")).send().await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{sku}: {answer:?}");
    }
}

#[actix_web::test]
async fn nonsense_in_the_catalogue_is_told_where_it_is() {
    let app = TestApp::start();
    let variant = |name: &str, value: Value| {
        let mut variant = json!({ "sku": "A", "price": inr(100) });
        variant[name] = value;
        json!({ "title": "A", "variants": [variant] })
    };
    let cases = [
        (json!({ "title": "" }), "/title"),
        (json!({ "title": "A\u{0}" }), "/title"),
        (json!({ "title": "A", "slug": "Not A Slug" }), "/slug"),
        (json!({ "title": "A", "brand": "nobody" }), "/brand"),
        (json!({ "title": "A", "category": "nowhere" }), "/category"),
        (json!({ "title": "A", "category": "\u{0}" }), "/category"),
        (json!({ "title": "A", "brand": "\u{0}" }), "/brand"),
        (json!({ "title": "A", "status": "sold" }), "/status"),
        (json!({ "title": "A", "specs": { "a": "\u{0}" } }), "/specs"),
        (json!({ "title": "A", "colour": "red" }), "/colour"),
        (variant("price", json!({ "amount": -1, "currency": "INR" })), "/variants/0/price"),
        (variant("price", json!({ "amount": "1", "currency": "INR" })), "/variants/0/price/amount"),
        (variant("price", json!({ "amount": 1, "currency": "USD" })), "/variants/0/price"),
        (variant("mrp", inr(1)), "/variants/0/price"),
        (variant("sku", json!("\u{0}")), "/variants/0/sku"),
        (variant("weight_grams", json!(-1)), "/variants/0/weight_grams"),
        (variant("on_sale_from", json!("soon")), "/variants/0/on_sale_from"),
        (variant("purchase_limit", json!({ "max": 0 })), "/variants/0/purchase_limit"),
        (variant("attributes", json!({ "Big Key": 1 })), "/variants/0/attributes"),
        (variant("tax_class", json!("none")), "/variants/0/tax_class"),
    ];
    for (body, pointer) in cases {
        let answer = app.admin_post("/api/v1/admin/products", &body).send().await;
        assert_eq!(answer.status, 422, "{body}");
        let told = answer.problem(422, "validation_failed");
        let place = told["errors"][0]["pointer"].as_str().expect("a pointer");
        assert!(place.starts_with(pointer), "{body}: {told}");
    }
}
