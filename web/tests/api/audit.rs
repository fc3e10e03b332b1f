//! The audit trail as staff read it: every write of the API's own description leaves its line, what was refused leaves none.

use std::collections::BTreeSet;

use hyper::Method;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, TestApp, inr, purchase};
use crate::client::{Answer, Request};

const TRAIL: &str = "/api/v1/admin/audit";

/// A walk through the writes, one after the other, each under a trace of its own.
struct Walk {
    app: TestApp,
    operator: String,
    guest: String,
    traces: u128,
    /// Method and path pattern.
    done: BTreeSet<(String, String)>,
}

/// A write: its path pattern, what stands for the placeholder, and what is sent.
#[derive(Clone)]
struct Write {
    method: Method,
    pattern: &'static str,
    name: String,
    media_type: &'static str,
    body: String,
}

fn post(pattern: &'static str, name: &str, body: &Value) -> Write {
    let (name, body) = (name.to_owned(), body.to_string());
    Write { method: Method::POST, pattern, name, media_type: "application/json", body }
}

fn patch(pattern: &'static str, name: &str, body: &Value) -> Write {
    Write { method: Method::PATCH, ..post(pattern, name, body) }
}

fn delete(pattern: &'static str, name: &str) -> Write {
    Write { method: Method::DELETE, ..post(pattern, name, &json!({})) }
}

fn file(pattern: &'static str, media_type: &'static str, body: &str) -> Write {
    Write { media_type, body: body.to_owned(), ..post(pattern, "", &Value::Null) }
}

impl Write {
    fn request(&self, app: &TestApp, trace_id: &str) -> Request {
        let parts = self.pattern.split('/').map(|part| if part.starts_with('{') { self.name.as_str() } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        app.client
            .request(self.method.clone(), &path)
            .header("if-match", "*")
            .header("idempotency-key", trace_id)
            .header("traceparent", &format!("00-{trace_id}-00f067aa0ba902b7-01"))
            .header("content-type", self.media_type)
            .body(self.body.clone())
    }
}

impl Walk {
    async fn begin() -> Self {
        let app = TestApp::start();
        let keys = app.admin_get("/api/v1/admin/keys").send().await.expect(200);
        let operator = keys["data"][0]["id"].as_str().expect("the key of the tests").to_owned();
        let guest = app.guest().await;
        Self { app, operator, guest, traces: 0, done: BTreeSet::new() }
    }

    fn trace(&mut self) -> String {
        self.traces += 1;
        format!("{:032x}", self.traces)
    }

    async fn lines(&self, trace_id: &str) -> Vec<Value> {
        let found = self.app.admin_get(&format!("{TRAIL}?trace_id={trace_id}")).send().await.expect(200);
        found["data"].as_array().expect("lines").clone()
    }

    /// Tries a write without the right to it and with nonsense, then does it; looks each time at what the trail tells.
    async fn go(&mut self, write: Write) -> Value {
        let what = format!("{} {}", write.method, write.pattern);
        for shown in [Some("sk_nobody-has-ever-made-this-one-12345"), Some(&*self.guest.clone()), None] {
            let trace_id = self.trace();
            let request = write.request(&self.app, &trace_id);
            let refused = match shown {
                Some(shown) => request.bearer(shown).send().await,
                None => {
                    let nonsense = Write {
                        body: "{ \"no such field\": 1 ".to_owned(),
                        media_type: "text/x-none",
                        ..write.clone()
                    };
                    nonsense.request(&self.app, &trace_id).bearer(OPERATOR_KEY).send().await
                }
            };
            assert!(refused.status.is_client_error(), "{what}: {refused:?}");
            assert_eq!(self.lines(&trace_id).await, Vec::<Value>::new(), "{what} was refused");
        }
        let trace_id = self.trace();
        let answer = write.request(&self.app, &trace_id).bearer(OPERATOR_KEY).send().await;
        assert!(answer.status.is_success(), "{what}: {answer:?}");
        let lines = self.lines(&trace_id).await;
        if write.pattern.contains("/imports/") {
            assert!(lines.iter().all(|line| line["subject"] == lines[0]["subject"]), "{what}: of one run");
            assert_eq!(lines[0]["action"], "import.end", "{what}: the newest line");
            assert!(lines.len() > 1, "{what}: and what it changed");
        } else {
            assert_eq!(lines.len(), 1, "{what}: {lines:#?}");
        }
        for line in &lines {
            assert_eq!(line["actor"], json!({ "kind": "key", "id": self.operator }), "{what}: {line}");
            assert_eq!((&line["address"], &line["trace_id"]), (&json!("127.0.0.1"), &json!(trace_id)), "{what}");
            let says = |side: &str| line[side].as_object().is_some_and(|picture| !picture.is_empty());
            let action = line["action"].as_str().expect("an action");
            let is_new = action.ends_with(".create") || action.starts_with("import.");
            let is_gone = action.ends_with(".remove");
            // What is begun anew looks as it did.
            let is_begun = action.ends_with(".rebuild");
            let told = (is_gone || says("after")) && (is_new || says("before"));
            assert!(is_begun || told, "{what}: {line}");
            let one = line["id"].as_str().expect("an id");
            assert_eq!(self.app.admin_get(&format!("{TRAIL}/{one}")).send().await.expect(200), *line, "{what}");
        }
        self.done.insert((write.method.to_string().to_lowercase(), write.pattern.to_owned()));
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Made, changed, archived and put back.
    async fn whole_life(&mut self, paths: [&'static str; 4], draft: Value, change: Value) {
        let [collection, one, archive, restore] = paths;
        let made = self.go(post(collection, "", &draft)).await;
        let name = ["id", "code"].into_iter().find_map(|name| made[name].as_str()).expect("a name").to_owned();
        self.go(patch(one, &name, &change)).await;
        self.go(post(archive, &name, &json!({}))).await;
        self.go(post(restore, &name, &json!({}))).await;
    }

    async fn order(&self, key: &str) -> String {
        let placed = self.app.checkout(&self.guest, key, &purchase(&[("TEE-M", 1)], 129_900)).await.expect(201);
        placed["order_no"].as_str().expect("a number").to_owned()
    }
}

#[actix_web::test]
async fn every_write_of_staff_leaves_its_line_and_a_refused_one_leaves_none() {
    let mut walk = Walk::begin().await;
    things(&mut walk).await;
    search(&mut walk).await;
    goods(&mut walk).await;
    stock(&mut walk).await;
    orders(&mut walk).await;
    files(&mut walk).await;
    keys(&mut walk).await;
    users(&mut walk).await;

    let description = walk.app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let mut missing = Vec::new();
    for (path, verbs) in description["paths"].as_object().expect("paths") {
        let is_staffs = path.starts_with("/api/v1/admin/") || path.starts_with("/api/v1/seller/");
        for verb in verbs.as_object().expect("verbs").keys() {
            let write = format!("{verb} {path}");
            let is_told_elsewhere = TOLD_ELSEWHERE.contains(&write.as_str());
            if is_staffs && verb != "get" && !is_told_elsewhere && !walk.done.contains(&(verb.clone(), path.clone())) {
                missing.push(write);
            }
        }
    }
    assert!(missing.is_empty(), "these writes are not walked: {missing:#?}");
    walk.app.books_are_clean();
}

/// Writes whose lines are looked at where they are tested themselves.
const TOLD_ELSEWHERE: [&str; 3] =
    ["post /api/v1/admin/first", "post /api/v1/seller/products", "patch /api/v1/seller/products/{id}"];

async fn things(walk: &mut Walk) {
    let named = |name: &str| json!({ "name": name });
    let of = [
        "/api/v1/admin/brands",
        "/api/v1/admin/brands/{id}",
        "/api/v1/admin/brands/{id}/archive",
        "/api/v1/admin/brands/{id}/restore",
    ];
    walk.whole_life(of, named("Acme"), named("Acme Ltd")).await;
    let of = [
        "/api/v1/admin/categories",
        "/api/v1/admin/categories/{id}",
        "/api/v1/admin/categories/{id}/archive",
        "/api/v1/admin/categories/{id}/restore",
    ];
    walk.whole_life(of, named("Shirts"), named("Tees")).await;
    let of = [
        "/api/v1/admin/locations",
        "/api/v1/admin/locations/{id}",
        "/api/v1/admin/locations/{id}/archive",
        "/api/v1/admin/locations/{id}/restore",
    ];
    walk.whole_life(of, json!({ "code": "annex", "name": "Annex" }), named("The annex")).await;
    let of = [
        "/api/v1/admin/tax-classes",
        "/api/v1/admin/tax-classes/{code}",
        "/api/v1/admin/tax-classes/{code}/archive",
        "/api/v1/admin/tax-classes/{code}/restore",
    ];
    let luxury = json!({ "code": "luxury", "name": "Luxury", "rate_bp": 2800, "inclusive": true });
    walk.whole_life(of, luxury, json!({ "rate_bp": 4000 })).await;
    walk.go(patch("/api/v1/admin/shipping", "", &json!({ "flat": inr(5900) }))).await;
    walk.go(patch("/api/v1/admin/search/settings", "", &json!({ "popularity": 10 }))).await;
    walk.go(post("/api/v1/admin/search/index/rebuild", "", &json!({}))).await;
}

async fn search(walk: &mut Walk) {
    let weigh = json!({ "attribute": { "key": "color", "value": "red" }, "percent": 50 });
    for (all, one, draft, change) in [
        (
            "/api/v1/admin/search/synonyms",
            "/api/v1/admin/search/synonyms/{id}",
            json!({ "words": ["sofa", "couch"] }),
            json!({ "means": ["settee"] }),
        ),
        (
            "/api/v1/admin/search/rules",
            "/api/v1/admin/search/rules/{id}",
            json!({ "name": "Red", "when": "always", "weigh": weigh }),
            json!({ "active": false }),
        ),
    ] {
        let made = walk.go(post(all, "", &draft)).await;
        let id = made["id"].as_str().expect("an id").to_owned();
        walk.go(patch(one, &id, &change)).await;
        walk.go(delete(one, &id)).await;
    }
}

async fn goods(walk: &mut Walk) {
    let variant = |sku: &str| json!({ "sku": sku, "mrp": inr(149_900), "price": inr(129_900) });
    let draft = json!({ "title": "Tee", "status": "active", "variants": [variant("TEE-M")] });
    let made = walk.go(post("/api/v1/admin/products", "", &draft)).await;
    let product = made["id"].as_str().expect("an id").to_owned();
    walk.go(patch("/api/v1/admin/products/{id}", &product, &json!({ "title": "T-Shirt" }))).await;
    let made = walk.go(post("/api/v1/admin/products/{id}/variants", &product, &variant("TEE-L"))).await;
    let large = made["id"].as_str().expect("an id").to_owned();
    walk.go(patch("/api/v1/admin/variants/{id}", &large, &json!({ "weight_grams": 180 }))).await;
    walk.go(post("/api/v1/admin/variants/{id}/archive", &large, &json!({}))).await;
    walk.go(post("/api/v1/admin/variants/{id}/restore", &large, &json!({}))).await;
    let other = walk.app.create_product("old", &["OLD"]).await;
    walk.go(post("/api/v1/admin/products/{id}/archive", other["id"].as_str().expect("an id"), &json!({}))).await;
}

async fn stock(walk: &mut Walk) {
    walk.go(post("/api/v1/admin/stock/{sku}/receive", "TEE-M", &json!({ "quantity": 9 }))).await;
    let broken = json!({ "delta": -1, "reason": "broken" });
    walk.go(post("/api/v1/admin/stock/{sku}/adjust", "TEE-M", &broken)).await;
    let counted = json!({ "on_hand": 20, "count_version": 0 });
    walk.go(post("/api/v1/admin/stock/{sku}/set", "TEE-M", &counted)).await;
    let moved = json!({ "from": "main", "to": "annex", "quantity": 2 });
    walk.go(post("/api/v1/admin/stock/{sku}/transfer", "TEE-M", &moved)).await;
}

async fn orders(walk: &mut Walk) {
    let order = walk.order("first").await;
    for (pattern, body) in [
        ("/api/v1/admin/orders/{order_no}/extend", json!({ "hold_ttl_s": 3600 })),
        ("/api/v1/admin/orders/{order_no}/confirm", json!({})),
        ("/api/v1/admin/orders/{order_no}/pack", json!({})),
        ("/api/v1/admin/orders/{order_no}/ship", json!({ "carrier": "Post" })),
        ("/api/v1/admin/orders/{order_no}/deliver", json!({})),
        ("/api/v1/admin/orders/{order_no}/return", json!({ "restock": true })),
    ] {
        walk.go(post(pattern, &order, &body)).await;
    }
    let order = walk.order("second").await;
    let cancel = json!({ "reason": "Ann Smith of 12 MG Road asked for it" });
    walk.go(post("/api/v1/admin/orders/{order_no}/cancel", &order, &cancel)).await;
    let told = walk.app.admin_get(&format!("{TRAIL}?action=order.cancel")).send().await.expect(200);
    assert_eq!(told["data"][0]["after"]["cancel_reason"], "(personal)");
}

async fn files(walk: &mut Walk) {
    walk.go(file("/api/v1/admin/imports/products", "text/csv", "sku,title,price\nIMP,Imported,5.00\n")).await;
    let counts = "{\"sku\":\"TEE-M\",\"stock\":30}\n";
    walk.go(file("/api/v1/admin/imports/stock", "application/jsonl", counts)).await;
}

async fn keys(walk: &mut Walk) {
    let draft = json!({ "name": "till", "kind": "secret", "scopes": ["stock:read"] });
    let old = walk.go(post("/api/v1/admin/keys", "", &draft)).await;
    let old = old["id"].as_str().expect("an id").to_owned();
    let new = walk.go(post("/api/v1/admin/keys/{id}/rotate", &old, &json!({ "overlap_s": 60 }))).await;
    walk.go(post("/api/v1/admin/keys/{id}/revoke", new["id"].as_str().expect("an id"), &json!({}))).await;
    let told = walk.app.admin_get(&format!("{TRAIL}?subject_kind=key")).send().await.expect(200).to_string();
    let secret = new["secret"].as_str().expect("a secret");
    assert!(!told.contains(secret) && told.contains(new["prefix"].as_str().expect("a prefix")), "{told}");
}

async fn users(walk: &mut Walk) {
    let invited = json!({ "email": "sam@example.com", "name": "Sam Smith", "role": "support" });
    let sam = walk.go(post("/api/v1/admin/users", "", &invited)).await;
    let sam = sam["id"].as_str().expect("an id").to_owned();
    walk.go(patch("/api/v1/admin/users/{id}", &sam, &json!({ "role": "seller" }))).await;
    walk.go(post("/api/v1/admin/users/{id}/block", &sam, &json!({}))).await;
    walk.go(post("/api/v1/admin/users/{id}/unblock", &sam, &json!({}))).await;
    walk.app.account("ann@example.com", identity::access::Role::Customer).await;
    let found = walk.app.admin_get("/api/v1/admin/customers?email=ann@example.com").send().await.expect(200);
    let ann = found["data"][0]["id"].as_str().expect("an id").to_owned();
    walk.go(post("/api/v1/admin/customers/{id}/block", &ann, &json!({}))).await;
    walk.go(post("/api/v1/admin/customers/{id}/unblock", &ann, &json!({}))).await;
    let told = walk.app.admin_get(&format!("{TRAIL}?subject_kind=account")).send().await.expect(200).to_string();
    assert!(!told.contains("sam@") && !told.contains("Smith"), "{told}");
}

async fn found(app: &TestApp, query: &str) -> Vec<String> {
    let page = app.admin_get(&format!("{TRAIL}?{query}")).send().await.expect(200);
    let lines = page["data"].as_array().expect("lines");
    lines.iter().map(|line| line["action"].as_str().expect("an action").to_owned()).collect()
}

async fn make_brand(app: &TestApp, name: &str, key: &str) -> Answer {
    let request = app.admin_post("/api/v1/admin/brands", &json!({ "name": name }));
    request.header("idempotency-key", key).send().await
}

#[actix_web::test]
async fn a_repeated_request_leaves_one_line() {
    let app = TestApp::start();
    make_brand(&app, "Acme", "k").await.expect(201);
    assert_eq!(make_brand(&app, "Acme", "k").await.header("idempotent-replayed"), "true");
    app.create_product("t-shirt", &["TEE-M"]).await;
    for _ in 0..2 {
        app.receive("TEE-M", 5).await;
    }
    assert_eq!(found(&app, "subject_kind=brand").await, ["brand.create"]);
    assert_eq!(found(&app, "subject_kind=stock").await, ["stock.receive"]);
}

#[actix_web::test]
async fn the_trail_is_read_by_filters_and_page_after_page() {
    let app = TestApp::start();
    let brand = make_brand(&app, "Acme", "a").await.expect(201);
    let id = brand["id"].as_str().expect("an id");
    app.advance(chrono::TimeDelta::minutes(1));
    app.admin_patch(&format!("/api/v1/admin/brands/{id}"), "*", &json!({ "name": "Acme Ltd" }))
        .send()
        .await
        .expect(200);
    app.advance(chrono::TimeDelta::minutes(1));
    app.admin_verb(&format!("/api/v1/admin/brands/{id}"), "archive").await.expect(200);

    let all = ["brand.archive", "brand.change", "brand.create"];
    assert_eq!(found(&app, &format!("subject_kind=brand&subject_id={id}")).await, all);
    // The clock stood at 2027-01-15T08:00:00Z.
    assert_eq!(found(&app, "subject_kind=brand&since=2027-01-15T08:01:00Z").await, all[..2]);
    assert_eq!(found(&app, "subject_kind=brand&until=2027-01-15T09:31:00%2B01:30").await, all[2..]);
    assert_eq!(found(&app, "action=brand.change").await, all[1..2]);
    assert_eq!(
        found(&app, "address=::ffff:127.0.0.1&subject_kind=brand").await,
        all,
        "one address, however it is written"
    );
    assert_eq!(found(&app, "address=192.0.2.1").await, [""; 0]);
    assert_eq!(found(&app, "actor=operator").await, [""; 0]);

    let mut read = Vec::new();
    let mut path = format!("{TRAIL}?subject_kind=brand&limit=2");
    loop {
        let page = app.admin_get(&path).send().await;
        let lines = page.expect(200);
        read.extend(lines["data"].as_array().expect("lines").iter().map(|line| line["action"].clone()));
        let Some(cursor) = lines["page"]["next_cursor"].as_str() else { break };
        assert!(page.header("link").contains("subject_kind=brand"), "{}", page.header("link"));
        path = format!("{TRAIL}?subject_kind=brand&limit=2&cursor={cursor}");
    }
    assert_eq!(read, all);

    for wrong in [
        "actor=admin",
        "actor=acct_7",
        "since=yesterday",
        "address=home",
        "cursor=x",
        "cursor=9223372036854775807.aud_00000000000000000000000000000007",
        "limit=0",
        "action=%00",
        "kind=brand",
    ] {
        app.admin_get(&format!("{TRAIL}?{wrong}")).send().await.problem(400, "bad_request");
    }
    for none in ["aud_00000000000000000000000000000007", "aud_7", "x"] {
        app.admin_get(&format!("{TRAIL}/{none}")).send().await.problem(404, "not_found");
    }
    let guest = app.guest().await;
    app.client.get(TRAIL).bearer(&guest).send().await.problem(403, "forbidden");
}
