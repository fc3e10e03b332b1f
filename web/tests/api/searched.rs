//! What people searched for: counted with each first page, told by storefronts, read by staff.

use chrono::TimeDelta;
use engine::searched::Outcome;
use serde_json::{Value, json};

use crate::app::TestApp;

const QUERIES: &str = "/api/v1/admin/search/queries";
const CLICKS: &str = "/api/v1/search/clicks";

async fn search(app: &TestApp, query: &str, times: usize) {
    for _ in 0..times {
        app.client.get(&format!("/api/v1/products?{query}")).send().await.expect(200);
    }
}

async fn click(app: &TestApp, query: &str, position: i64) {
    let body = json!({ "query": query, "product": "t-shirt", "position": position });
    app.client.post(CLICKS).json(&body).send().await.expect(204);
}

async fn report(app: &TestApp, query: &str) -> Value {
    app.ground.engine.searched().write().await.expect("the database is there");
    app.admin_get(&format!("{QUERIES}{query}")).send().await.expect(200)
}

fn texts(report: &Value) -> Vec<&str> {
    let rows = report["data"].as_array().expect("rows").iter();
    rows.map(|row| row["query"].as_str().expect("a text")).collect()
}

#[actix_web::test]
async fn a_search_is_counted_with_its_first_page_however_it_was_made() {
    let app = TestApp::start();
    app.create_product("t-shirt", &["TEE-M"]).await;
    app.until_ready().await;
    let found = async || {
        let page = app.client.get("/api/v1/products?facets=false").send().await.expect(200);
        app.advance(TimeDelta::milliseconds(100));
        (!page["data"].as_array().expect("products").is_empty()).then_some(())
    };
    testdb::eventually_async("the product", found).await;
    search(&app, "q=T-Shirt", 4).await;
    search(&app, "q=t-shirt&page=2", 3).await;
    search(&app, "q=xylophone", 3).await;
    // What a filter lets through says nothing about the words, and the words say the same with it.
    search(&app, "q=xylophone&availability=in_stock", 1).await;
    search(&app, "q=t-shirt&brand=nobodys", 1).await;
    app.admin_post("/api/v1/admin/categories", &json!({ "name": "Shirts" })).send().await.expect(201);
    app.client.get("/api/v1/categories/shirts?q=t-shirt").send().await.expect(200);
    search(&app, "q=shirrt", 3).await;
    search(&app, "q=ann@example.com", 5).await;
    search(&app, "q=rare", 2).await;
    search(&app, "", 9).await;
    app.client.get("/api/v1/products?q=t-shirt&sort=nothing").send().await.problem(400, "bad_request");
    for position in [1, 4] {
        click(&app, "T-shirt", position).await;
    }
    let told = report(&app, "").await;
    assert_eq!(
        told["data"],
        json!([
            {
                "query": "t-shirt", "searches": 6, "without_results": 0, "with_unknown_words": 0, "clicks": 2,
                "click_through_rate": 0.3333, "mean_click_position": 2.5
            },
            {
                "query": "xylophone", "searches": 4, "without_results": 4, "with_unknown_words": 0, "clicks": 0,
                "click_through_rate": 0.0, "mean_click_position": null
            },
            {
                "query": "shirrt", "searches": 3, "without_results": 0, "with_unknown_words": 3, "clicks": 0,
                "click_through_rate": 0.0, "mean_click_position": null
            },
        ])
    );
    assert_eq!((&told["all"]["searches"], &told["all"]["clicks"]), (&json!(20), &json!(2)));
    let missed = report(&app, "/without-results").await;
    assert_eq!(texts(&missed), ["xylophone"]);
    assert_eq!(app.count("select count(*) from search_queries where text like '%@%'"), 0);
}

#[actix_web::test]
async fn staff_ask_by_days_and_page_by_page() {
    let app = TestApp::start();
    let log = app.ground.engine.searched();
    let search = |text: &str, times: usize, outcome: Outcome| {
        (0..times).for_each(|_| log.note_search(engine::id::StoreId::MAIN, text, outcome));
    };
    // The clock stands at 2027-01-15T08:00:00Z.
    search("sofa", 5, Outcome::Found);
    search("größe 42", 4, Outcome::Nothing);
    search("lamp", 3, Outcome::Found);
    app.advance(TimeDelta::days(3));
    search("chair", 3, Outcome::Found);
    assert_eq!(texts(&report(&app, "").await), ["sofa", "größe 42", "chair", "lamp"]);
    assert_eq!(texts(&report(&app, "?sort=searches").await), ["chair", "lamp", "größe 42", "sofa"]);
    assert_eq!(texts(&report(&app, "?sort=-without_results&limit=1").await), ["größe 42"]);
    assert_eq!(texts(&report(&app, "?from=2027-01-18").await), ["chair"]);
    assert_eq!(texts(&report(&app, "?to=2027-01-17").await), ["sofa", "größe 42", "lamp"]);
    assert_eq!(texts(&report(&app, "?from=2027-01-16&to=2027-01-17").await), [""; 0]);

    let mut read = Vec::new();
    let mut path = format!("{QUERIES}?limit=1");
    loop {
        let page = app.admin_get(&path).send().await;
        let told = page.expect(200);
        read.extend(texts(&told).into_iter().map(str::to_owned));
        let Some(cursor) = told["page"]["next_cursor"].as_str() else { break };
        assert!(page.header("link").contains(cursor), "{}", page.header("link"));
        path = format!("{QUERIES}?limit=1&cursor={cursor}");
    }
    assert_eq!(read, ["sofa", "größe 42", "chair", "lamp"]);
    for wrong in [
        "?sort=name",
        "?sort=-searches,clicks",
        "?from=yesterday",
        "?from=2027-02-30",
        "?to=99999-01-01",
        "?from=2027-01-18&to=2027-01-17",
        "?cursor=x",
        "?limit=0",
        "?q=sofa",
        "/without-results?sort=clicks",
    ] {
        app.admin_get(&format!("{QUERIES}{wrong}")).send().await.problem(400, "bad_request");
    }
}

#[actix_web::test]
async fn a_click_says_where_what_was_chosen_stood() {
    let app = TestApp::start();
    for (body, errors) in [
        (json!({ "query": " ", "product": "t-shirt", "position": 1 }), vec!["/query"]),
        (json!({ "query": "x".repeat(201), "product": "t-shirt", "position": 1 }), vec!["/query"]),
        (json!({ "query": "tee", "product": "T Shirt", "position": 0 }), vec!["/product", "/position"]),
        (json!({ "query": "tee", "product": "prod_7", "position": 10_001 }), vec!["/product", "/position"]),
        (json!({ "query": "tee", "product": "t-shirt" }), vec!["/position"]),
        (json!({ "query": "tee", "product": "t-shirt", "position": 1, "who": "ann" }), vec!["/who"]),
    ] {
        let refused = app.client.post(CLICKS).json(&body).send().await.problem(422, "validation_failed");
        let told: Vec<_> =
            refused["errors"].as_array().expect("errors").iter().map(|error| &error["pointer"]).collect();
        assert_eq!(told, errors, "{body}");
    }
    // What nobody can be told by is taken and counted among the others.
    click(&app, "ann@example.com", 3).await;
    click(&app, "\u{200b}", 3).await;
    let all = report(&app, "").await["all"].clone();
    assert_eq!((&all["clicks"], &all["mean_click_position"]), (&json!(1), &json!(3.0)));
}
