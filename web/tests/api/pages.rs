//! Pages for people.

use crate::app::TestApp;

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
