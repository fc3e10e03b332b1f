//! Searching as shoppers do it, and as those who look after the shop look into it.

use chrono::TimeDelta;
use identity::access::Role;
use serde_json::{Value, json};

use crate::app::{TestApp, inr};

/// A small shop: (slug, title, brand, category, attributes, price, MRP).
async fn shop() -> TestApp {
    let app = TestApp::start();
    for brand in ["Acme", "Bolt"] {
        app.admin_post("/api/v1/admin/brands", &json!({ "name": brand })).send().await.expect(201);
    }
    let shop = json!({ "name": "Electronics" });
    app.admin_post("/api/v1/admin/categories", &shop).send().await.expect(201);
    for name in ["Phones", "Cases"] {
        let body = json!({ "name": name, "parent": "electronics" });
        app.admin_post("/api/v1/admin/categories", &body).send().await.expect(201);
    }
    for (slug, title, brand, category, attributes, price, mrp) in [
        ("phone-64", "Acme Phone 64 GB", "acme", "phones", json!({ "color": "red", "weight": 150.5 }), 900, 1000),
        ("phone-128", "Acme Phone 128 GB", "acme", "phones", json!({ "color": "blue", "weight": 171 }), 700, 1000),
        ("case", "Leather Case for Phone", "bolt", "cases", json!({ "color": "red" }), 100, 100),
        ("charger", "Travel Charger", "bolt", "electronics", json!({}), 50, 50),
    ] {
        let variant = json!({
            "sku": slug.to_uppercase(), "price": inr(price), "mrp": inr(mrp), "attributes": attributes
        });
        let body = json!({
            "slug": slug, "title": title, "brand": brand, "category": category, "status": "active", "variants": [variant]
        });
        app.admin_post("/api/v1/admin/products", &body).send().await.expect(201);
    }
    until(&app, "/api/v1/products?include_total=true&facets=false", |page| page["page"]["total"] == 4).await;
    app
}

async fn until(app: &TestApp, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let look = async || {
        let page = app.client.get(path).send().await.expect(200);
        app.advance(TimeDelta::milliseconds(100));
        is_so(&page).then_some(page)
    };
    testdb::eventually_async(path, look).await
}

fn slugs(page: &Value) -> Vec<&str> {
    let cards = page["data"].as_array().expect("products").iter();
    cards.map(|card| card["slug"].as_str().expect("a slug")).collect()
}

#[actix_web::test]
async fn a_listing_is_narrowed_by_what_is_wanted_and_by_what_is_not() {
    let app = shop().await;
    let check = async |query: &str, expected: &[&str]| {
        let page = app.client.get(&format!("/api/v1/products?sort=price&{query}")).send().await.expect(200);
        assert_eq!(slugs(&page), expected, "{query}");
    };
    check("brand[not]=bolt", &["phone-128", "phone-64"]).await;
    check("category[not]=phones", &["charger", "case"]).await;
    check("category[not]=electronics", &[]).await;
    check("attr.color[not]=red", &["charger", "phone-128"]).await;
    check("attr.weight[min]=150.5&attr.weight[max]=170", &["phone-64"]).await;
    check("attr.weight[max]=200", &["phone-128", "phone-64"]).await;
    check("discount[min]=10", &["phone-128", "phone-64"]).await;
    check("discount[min]=30", &["phone-128"]).await;
    check("rating[min]=1", &[]).await;
    check("q=64gb", &["phone-64"]).await;
}

#[actix_web::test]
async fn what_there_is_not_is_refused_with_what_there_is() {
    let app = shop().await;
    let refused = app.client.get("/api/v1/products?colour=red").send().await.problem(400, "bad_request");
    assert_eq!(refused["parameter"], "colour");
    let valid: Vec<&str> = refused["valid"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert!(["q", "brand", "price[min]", "attr.*"].iter().all(|known| valid.contains(known)), "{valid:?}");
    let refused = app.client.get("/api/v1/products?attr.colour=red").send().await.problem(400, "bad_request");
    let told = refused["detail"].as_str().expect("a text");
    assert!(told.contains("color") && told.contains("weight"), "{told}");
    for wrong in [
        "attr.color[least]=1",
        "attr.weight[min]=heavy",
        "rating[min]=6",
        "discount[min]=-1",
        "attr.weight[min]=3&attr.weight[max]=2",
    ] {
        app.client.get(&format!("/api/v1/products?{wrong}")).send().await.problem(400, "bad_request");
    }
    app.client.get("/api/v1/categories/phones?category=cases").send().await.problem(400, "bad_request");
}

#[actix_web::test]
async fn a_category_shows_its_products() {
    let app = shop().await;
    let page = app.client.get("/api/v1/categories/electronics?sort=price&limit=3&include_total=true").send().await;
    assert!(page.header("link").starts_with("</api/v1/categories/electronics?"), "{page:?}");
    let page = page.expect(200);
    assert_eq!((page["slug"].as_str(), page["products"]["page"]["total"].as_u64()), (Some("electronics"), Some(4)));
    assert_eq!(slugs(&page["products"]), ["charger", "case", "phone-128"]);
    let facets = page["products"]["facets"].as_array().expect("facets");
    assert!(facets.iter().any(|facet| facet["key"] == "category"));
    let phones = app.client.get("/api/v1/categories/phones?q=red").send().await.expect(200);
    assert_eq!(slugs(&phones["products"]), ["phone-64"]);
    app.client.get("/api/v1/categories/nowhere").send().await.problem(404, "not_found");
}

#[actix_web::test]
async fn what_was_meant_and_where_to_look_is_told() {
    let app = shop().await;
    let ask = async |query: &str| app.client.get(&format!("/api/v1/products?q={query}")).send().await.expect(200);
    let mistyped = ask("lether+case").await;
    assert_eq!((&mistyped["did_you_mean"], &mistyped["unknown_words"]), (&json!("leather case"), &json!(["lether"])));
    assert_eq!(slugs(&mistyped)[0], "case");
    let nothing = ask("xylophone+qwertz+charger+zzyzx").await;
    assert_eq!((&nothing["matching"], slugs(&nothing)), (&json!("nothing"), vec!["charger"]));
    assert_eq!(nothing["closest_categories"][0]["slug"], "electronics");
    assert_eq!(ask("phone").await.get("did_you_mean"), None);
}

#[actix_web::test]
async fn what_is_being_typed_is_completed() {
    let app = shop().await;
    let suggest =
        async |query: &str| app.client.get(&format!("/api/v1/search/suggest?{query}")).send().await.expect(200);
    let names = |named: &Value| -> Vec<String> {
        let named = named.as_array().expect("names").iter();
        named.map(|name| name["slug"].as_str().expect("a slug").to_owned()).collect()
    };
    let pho = suggest("q=pho").await;
    assert_eq!(pho["queries"], json!(["phone", "phones"]));
    assert_eq!(names(&pho["categories"]), ["phones"]);
    assert_eq!(names(&pho["products"]).len(), 3);
    assert_eq!(names(&suggest("q=acm").await["brands"]), ["acme"]);
    assert_eq!(names(&suggest("q=chager").await["products"]), ["charger"]);
    assert_eq!(names(&suggest("q=phone&limit=1").await["products"]).len(), 1);
    assert_eq!(suggest("").await["products"], json!([]));
    for wrong in ["limit=0", "limit=21", "q=%00", "p=x"] {
        let answer = app.client.get(&format!("/api/v1/search/suggest?{wrong}")).send().await;
        answer.problem(400, "bad_request");
    }
}

#[actix_web::test]
async fn why_it_stands_there_is_for_staff() {
    let app = shop().await;
    let path = "/api/v1/products?q=phone&explain=true";
    app.client.get(path).send().await.problem(401, "unauthenticated");
    let customer = app.customer("ann@example.com").await;
    app.client.get(path).bearer(&customer).send().await.problem(403, "forbidden");
    let admin = app.signed_in("admin@example.com", Role::Admin).await;
    let answer = app.client.get(path).bearer(&admin).send().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = answer.expect(200);
    let why = &page["data"][0]["explanation"];
    assert_eq!((&why["tier"], &why["words"][0]["typed"]), (&json!("all_words"), &json!("phone")));
    assert!(why["words"][0]["fields"].as_array().is_some_and(|fields| fields.contains(&json!("title"))));
    let plain = app.client.get("/api/v1/products?q=phone").send().await.expect(200);
    assert_eq!(plain["data"][0].get("explanation"), None);
    let within = app.client.get("/api/v1/categories/phones?explain=true").bearer(&admin).send().await;
    let refused = within.problem(400, "bad_request");
    assert!(!refused["valid"].as_array().expect("what there is").contains(&json!("explain")), "{refused}");
}

#[actix_web::test]
async fn what_the_shop_says_is_heeded() {
    let app = shop().await;
    app.admin_post("/api/v1/admin/search/synonyms", &json!({ "words": ["handset", "phone"] })).send().await.expect(201);
    until(&app, "/api/v1/products?q=handset", |page| slugs(page).len() == 3).await;
    let case = app.client.get("/api/v1/products/case").send().await.expect(200);
    let rule = json!({ "name": "Cases first", "when": "contains", "text": "phones", "pin": [case["id"]] });
    app.admin_post("/api/v1/admin/search/rules", &rule).send().await.expect(201);
    until(&app, "/api/v1/products?q=acme+phone", |page| slugs(page).first() == Some(&"case")).await;
    let admin = app.signed_in("admin@example.com", Role::Admin).await;
    let page = app.client.get("/api/v1/products?q=acme+phone&explain=true").bearer(&admin).send().await.expect(200);
    assert_eq!(page["data"][0]["explanation"]["tier"], "pinned");
}

#[actix_web::test]
async fn whatever_is_typed_is_answered_or_refused() {
    let app = shop().await;
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let long = "a ".repeat(5_000);
    for (text, status) in [
        ("هاتف جوال", 200),
        ("🎧🎧 📱", 200),
        ("\u{200f}\u{202e}phone", 200),
        ("e\u{301}\u{301}\u{301}", 200),
        ("\"';--%_\\", 200),
        ("phone AND (case OR NOT +red) title:x ~2 ^9", 200),
        ("手机 64GB", 200),
        (&"x".repeat(200), 200),
        (&"é ".repeat(100), 200),
        (&"x".repeat(201), 400),
        (&long, 400),
        ("a\u{0}b", 400),
        ("a\u{7f}b\r\n", 400),
    ] {
        for path in ["products", "search/suggest", "categories/phones"] {
            let answer = app.client.get(&format!("/api/v1/{path}?q={}", encoded(text))).send().await;
            assert_eq!(answer.status.as_u16(), status, "{path} {text:?}");
        }
    }
}
