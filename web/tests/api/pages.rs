//! Pages for people.

use chrono::TimeDelta;
use serde_json::json;

use crate::app::{TestApp, inr, purchase};

#[actix_web::test]
async fn pages_are_made_of_our_own_things_alone() {
    let app = TestApp::start();
    for (path, part) in [("/", "API reference"), ("/api/docs", "Begin as a guest")] {
        let page = app.client.get(path).send().await;
        let html = String::from_utf8_lossy(&page.body).into_owned();
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(html.contains(part), "{html}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
        assert!(!html.contains("http://") && !html.contains("https://"), "{html}");
        for asset in html.split("\"/assets/").skip(1) {
            let name = asset.split('"').next().expect("a name");
            let asset = app.client.get(&format!("/assets/{name}")).send().await;
            assert_eq!(asset.status, 200, "{name}");
            assert!(!asset.header("etag").is_empty(), "{name}");
        }
    }
    app.client.get("/assets/nothing.js").send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_page_shows_the_demo_sale_when_there_is_one() {
    let app = TestApp::start();
    let home = async || String::from_utf8_lossy(&app.client.get("/").send().await.body).into_owned();
    assert!(home().await.contains("No sale is set up"));
    app.create_product("aurora", &["DROP-AURORA"]).await;
    let html = home().await;
    assert!(html.contains("data-sku=\"DROP-AURORA\"") && html.contains("INR 1299.00"), "{html}");
}

#[actix_web::test]
async fn every_code_has_a_page_that_says_what_it_means() {
    let app = TestApp::start();
    for code in web::error::Code::ALL {
        let code = code.name();
        let page = app.client.get(&format!("/problems/{}", code.replace('_', "-"))).send().await;
        let text = String::from_utf8_lossy(&page.body);
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"), "{code}");
        assert!(text.contains(&format!("<code>{code}</code>")), "{text}");
    }
    // A refusal leads to its page, and what it says besides is described.
    let refused = app.client.post("/api/v1/cart/items").send().await.problem(401, "unauthenticated");
    app.client.get(refused["type"].as_str().expect("an address")).send().await;
    let page = app.client.get("/problems/out-of-stock").send().await;
    assert!(String::from_utf8_lossy(&page.body).contains("<code>items</code>"));
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let members = [
        ("OutOfStock", "items"),
        ("ValidationFailed", "errors"),
        ("PriceChanged", "expected_total"),
        ("PriceChanged", "current_total"),
        ("PriceChanged", "changes"),
        ("InvalidState", "allowed"),
        ("PurchaseLimitReached", "resets_at"),
        ("NotOnSaleYet", "opens_at"),
    ];
    for (code, member) in members {
        let problem = &description["components"]["schemas"][format!("{code}Problem")];
        assert!(problem["properties"][member].is_object(), "{member} is not described");
    }
    app.client.get("/problems/no-such-thing").send().await.problem(404, "not_found");
    app.client.get("/problems/out_of_stock").send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn the_page_is_whole_without_a_script() {
    let app = TestApp::start();
    let variant = json!({ "sku": "DROP-AURORA", "price": inr(100), "on_sale_from": "2027-01-15T08:01:30Z" });
    let body = json!({ "title": "Aurora", "status": "active", "availability": "exact", "variants": [variant] });
    app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    app.receive("DROP-AURORA", 1).await;
    let home = async || String::from_utf8_lossy(&app.client.get("/").send().await.body).into_owned();
    let before = home().await;
    assert!(before.contains(">01:30</p>") && before.contains("data-opens-in-ms=\"90000\""), "{before}");
    assert!(before.contains("<dd id=\"stock\">1</dd>") && before.contains("2027-01-15T08:01:30.000Z"), "{before}");
    app.advance(TimeDelta::seconds(90));
    let open = home().await;
    assert!(open.contains("countdown open") && open.contains(">open</p>"), "{open}");
    let guest = app.guest().await;
    app.checkout(&guest, "k", &purchase(&[("DROP-AURORA", 1)], 5_000)).await.expect(201);
    let after = home().await;
    assert!(after.contains(">sold out</p>") && after.contains("<dd id=\"stock\">0</dd>"), "{after}");
    assert!(after.contains("<dd id=\"placed\">1</dd>"), "{after}");
}
