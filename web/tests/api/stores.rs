//! Two stores in one process, with the same slugs, SKUs and codes: whatever is asked of one says nothing of the other, and
//! changes nothing there.

use chrono::TimeDelta;
use engine::audit::Actor;
use engine::catalog::{Slug, Title};
use engine::clock::{Clock, CountedIds};
use engine::id::StoreId;
use engine::money::Currency;
use engine::tenant::{Host, StoreDraft, Tenants};
use hyper::Method;
use identity::access::{Keys, Role};
use identity::account::Draft;
use identity::reach::Email;
use identity::staff::Invitation;
use serde_json::{Value, json};

use crate::app::{OPERATOR_KEY, PASSWORD, TestApp, purchase};
use crate::client::{Answer, Request};

const NEXT_DOOR: &str = "next-door.test";
const THEIR_KEY: &str = "sk_the-operator-next-door-and-of-nobody-else";

/// One of the two: how it is reached, and with which key.
#[derive(Clone, Copy)]
struct Store<'a> {
    app: &'a TestApp,
    id: StoreId,
    host: &'static str,
    key: &'static str,
    currency: &'static str,
}

impl Store<'_> {
    fn ask(&self, method: Method, path: &str) -> Request {
        self.app.client.request(method, path).host(self.host)
    }

    fn staff(&self, method: Method, path: &str) -> Request {
        self.ask(method, path).bearer(self.key)
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.staff(Method::POST, path).header("idempotency-key", key).header("if-match", "*").json(body).send().await
    }

    fn money(&self, amount: i64) -> Value {
        json!({ "amount": amount, "currency": self.currency })
    }

    /// The same names in either store, other prices and counts.
    async fn fill(&self, price: i64, units: i64) -> Names {
        let path = |noun: &str| format!("/api/v1/admin/{noun}");
        let id = |made: Value| made["id"].as_str().expect("an id").to_owned();
        let brand = self.post(&path("brands"), "brand", &json!({ "name": "Acme", "slug": "acme" })).await.expect(201);
        let category = json!({ "name": "Shirts", "slug": "shirts" });
        let category = self.post(&path("categories"), "category", &category).await.expect(201);
        let location =
            self.post(&path("locations"), "hall", &json!({ "name": "Hall", "code": "hall" })).await.expect(201);
        let rate = json!({ "code": "luxury", "name": "Luxury", "rate_bp": price / 100, "inclusive": true });
        self.post(&path("tax-classes"), "luxury", &rate).await.expect(201);
        let variants = json!([{ "sku": "TEE-M", "mrp": self.money(price), "price": self.money(price) }]);
        let product = json!({
            "slug": "t-shirt", "title": format!("T-Shirt of {}", self.host), "status": "active", "brand": "acme",
            "category": "shirts", "availability": "exact", "variants": variants,
        });
        let product = self.post(&path("products"), "product", &product).await.expect(201);
        let received = self.post(&path("stock/TEE-M/receive"), "delivery", &json!({ "quantity": units })).await;
        received.expect(200);
        let user = json!({ "email": "support@example.com", "role": "support" });
        let user = self.post(&path("users"), "user", &user).await.expect(201);
        let key = json!({ "name": "till", "kind": "secret", "scopes": ["stock:read"] });
        let key = self.post(&path("keys"), "key", &key).await.expect(201);
        Names {
            variant: product["variants"][0]["id"].as_str().expect("an id").to_owned(),
            product: id(product),
            brand: id(brand),
            category: id(category),
            location: id(location),
            key: id(key),
            user: id(user),
            line: self.newest_line().await,
        }
    }

    /// The last thing that the audit trail tells.
    async fn newest_line(&self) -> String {
        let trail = self.staff(Method::GET, "/api/v1/admin/audit").send().await.expect(200);
        trail["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    /// Somebody who has an account here, under the same address in either store, signed in.
    async fn customer(&self) -> String {
        let accounts = self.app.identity.accounts();
        let password_hash = Some(accounts.hash(PASSWORD.into(), None).await.expect("a hash"));
        let email = Some(Email::parse("ann@example.com").expect("an address"));
        let draft = Draft { email, email_is_verified: true, password_hash, ..Draft::of(self.id, Role::Customer) };
        accounts.create(draft, self.app.ground.clock.now()).await.expect("an account");
        let body = json!({ "email": "ann@example.com", "password": PASSWORD });
        let signed_in = self.ask(Method::POST, "/api/v1/auth/login").json(&body).send().await.expect(200);
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    /// Somebody who sells here, signed in.
    async fn seller(&self) -> String {
        let email = Email::parse("sue@example.com").expect("an address");
        let sue = Invitation { email, name: None, role: Role::Seller };
        let staff = self.app.identity.staff();
        staff.make_with_password(self.id, sue, PASSWORD.into(), Actor::OPERATOR).await.expect("a seller");
        let body = json!({ "email": "sue@example.com", "password": PASSWORD });
        let signed_in = self.ask(Method::POST, "/api/v1/auth/login").json(&body).send().await.expect(200);
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    /// The session that a token is of.
    async fn session(&self, token: &str) -> String {
        let sessions = self.ask(Method::GET, "/api/v1/me/sessions").bearer(token).send().await.expect(200);
        sessions["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    async fn guest(&self) -> String {
        let session = self.ask(Method::POST, "/api/v1/session").send().await.expect(201);
        session["token"].as_str().expect("a token").to_owned()
    }

    /// Buys `quantity` of the shirt by way of the cart; what it came to and the order's number.
    async fn buy(&self, guest: &str, quantity: i64) -> (i64, String) {
        let item = json!({ "sku": "TEE-M", "quantity": quantity });
        self.ask(Method::POST, "/api/v1/cart/items").bearer(guest).json(&item).send().await.expect(200);
        let mut body = purchase(&[], 0);
        body.as_object_mut().expect("an object").remove("items");
        body.as_object_mut().expect("an object").remove("expected_total");
        let quote = self.ask(Method::POST, "/api/v1/checkout/quote").bearer(guest).json(&body).send().await.expect(200);
        body["expected_total"] = quote["totals"]["grand"].clone();
        let place = self.ask(Method::POST, "/api/v1/checkout").bearer(guest).header("idempotency-key", "first");
        let order = place.json(&body).send().await.expect(201);
        let paid = order["totals"]["grand"]["amount"].as_i64().expect("an amount");
        (paid, order["order_no"].as_str().expect("a number").to_owned())
    }

    /// Everything that its staff can read, as it is.
    async fn books(&self) -> Vec<Value> {
        let mut books = Vec::new();
        for path in [
            "products",
            "brands",
            "categories",
            "locations",
            "tax-classes",
            "orders",
            "keys",
            "users",
            "shipping",
            "stock/TEE-M",
            "stock/TEE-M/ledger",
            "stock/TEE-M/holds",
        ] {
            let mut read = self.staff(Method::GET, &format!("/api/v1/admin/{path}")).send().await.expect(200);
            // Keys are used while they are looked at.
            for key in read["data"].as_array_mut().into_iter().flatten() {
                key.as_object_mut().expect("an object").remove("last_used_at");
                key.as_object_mut().expect("an object").remove("expires_in_ms");
            }
            books.push(read);
        }
        books
    }
}

/// Ids of what a store has.
struct Names {
    product: String,
    variant: String,
    brand: String,
    category: String,
    location: String,
    key: String,
    user: String,
    /// A line of the audit trail.
    line: String,
}

impl Names {
    /// What a path's `{id}` stands for.
    fn id_for(&self, path: &str) -> &str {
        let nouns = [
            ("/products/", &self.product),
            ("/variants/", &self.variant),
            ("/brands/", &self.brand),
            ("/categories/", &self.category),
            ("/locations/", &self.location),
            ("/keys/", &self.key),
            ("/users/", &self.user),
            ("/audit/", &self.line),
        ];
        nouns.iter().find(|(noun, _)| path.contains(noun)).unwrap_or_else(|| panic!("what is the id of {path}?")).1
    }
}

async fn two_stores(app: &TestApp) -> (Store<'_>, Store<'_>) {
    let engine = &app.ground.engine;
    let draft = StoreDraft {
        slug: Slug::parse("next-door").expect("a slug"),
        name: Title::parse("Next Door").expect("a name"),
        currency: Currency::parse("EUR").expect("a currency"),
        domains: vec![Host::parse(NEXT_DOOR).expect("a host")],
    };
    let ids = std::sync::Arc::new(CountedIds::lane(11));
    let tenants = Tenants::new(engine.database().clone());
    let store: StoreId = tenants.open(draft, &**engine.clock(), &*ids).await.expect("a store").id;
    let keys = Keys::new(engine.database().clone(), engine.clock().clone(), ids);
    keys.adopt(store, "operator", &THEIR_KEY.into(), Role::Admin.scopes()).await.expect("a key");
    let here = Store { app, id: StoreId::MAIN, host: "shop.test", key: OPERATOR_KEY, currency: "INR" };
    let there = Store { app, id: store, host: NEXT_DOOR, key: THEIR_KEY, currency: "EUR" };
    let known = async || (there.staff(Method::GET, "/api/v1/admin/keys").send().await.status == 200).then_some(());
    testdb::eventually_async("the other store", known).await;
    let sells = || engine.shops().of(store);
    testdb::eventually_async("how it sells", async || sells().map(|_| ())).await;
    (here, there)
}

#[actix_web::test]
async fn each_sells_its_own_under_the_same_names() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    app.until_ready().await;
    for (store, price, units) in [(here, 10_000, 5), (there, 700, 3)] {
        let found = async || {
            // The index commits and listings age by the shop's clock.
            app.advance(TimeDelta::seconds(1));
            let found = store.ask(Method::GET, "/api/v1/products?q=shirt&include_total=true").send().await.expect(200);
            (found["page"]["total"] == 1).then_some(found)
        };
        let found = testdb::eventually_async("what is found", found).await;
        assert_eq!(found["data"][0]["price"], store.money(price));
        let page = store.ask(Method::GET, "/api/v1/products/t-shirt").send().await.expect(200);
        assert_eq!(page["title"], format!("T-Shirt of {}", store.host), "{page}");
        let category = store.ask(Method::GET, "/api/v1/categories/shirts").send().await.expect(200);
        assert_eq!(category["slug"], "shirts");
        let guest = store.guest().await;
        let (paid, number) = store.buy(&guest, 2).await;
        let shipping = if store.currency == "INR" && price * 2 < 49_900 { 4_900 } else { 0 };
        assert_eq!(paid, price * 2 + shipping);
        let stock = store.staff(Method::GET, "/api/v1/admin/stock/TEE-M").send().await.expect(200);
        assert_eq!((&stock["locations"][0]["on_hand"], &stock["locations"][0]["reserved"]), (&json!(units), &json!(2)));
        let orders = store.staff(Method::GET, "/api/v1/admin/orders").send().await.expect(200);
        assert_eq!(orders["data"].as_array().map(Vec::len), Some(1));
        assert_eq!(orders["data"][0]["order_no"], number);
    }
    app.books_are_clean();
}

#[actix_web::test]
async fn nobody_is_anybody_next_door() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let (guest, theirs) = (here.guest().await, there.guest().await);
    let (_, number) = here.buy(&guest, 1).await;
    let (_, their_number) = there.buy(&theirs, 1).await;
    let (ann, their_ann) = (here.customer().await, there.customer().await);
    here.ask(Method::GET, "/api/v1/me/sessions").bearer(&their_ann).send().await.problem(401, "unauthenticated");
    there.ask(Method::GET, "/api/v1/cart").bearer(&ann).send().await.problem(401, "unauthenticated");
    for (store, stranger, key, number) in
        [(here, &theirs, THEIR_KEY, &their_number), (there, &guest, OPERATOR_KEY, &number)]
    {
        store.ask(Method::GET, "/api/v1/cart").bearer(stranger).send().await.problem(401, "unauthenticated");
        store.ask(Method::GET, "/api/v1/orders").bearer(stranger).send().await.problem(401, "unauthenticated");
        store.ask(Method::GET, "/api/v1/admin/products").bearer(key).send().await.problem(401, "unauthenticated");
        // Who is somebody here too does not find what is there.
        let own = if store.host == NEXT_DOOR { &theirs } else { &guest };
        let order = store.ask(Method::GET, &format!("/api/v1/orders/{number}")).bearer(own);
        order.send().await.problem(404, "not_found");
        let order = store.staff(Method::GET, &format!("/api/v1/admin/orders/{number}"));
        order.send().await.problem(404, "not_found");
    }
}

/// Every operation of the description that takes a name, asked in one store with the names of the other.
#[actix_web::test]
async fn the_names_of_one_lead_nowhere_in_the_other() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    let names = there.fill(700, 3).await;
    let theirs = there.guest().await;
    let (_, number) = there.buy(&theirs, 1).await;
    let before = there.books().await;
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let mut tried = 0;
    let guest = here.guest().await;
    let (ann, their_ann) = (here.customer().await, there.customer().await);
    let their_session = there.session(&their_ann).await;
    let seller = here.seller().await;
    let written = there.ask(Method::POST, "/api/v1/me/addresses").bearer(&their_ann).json(&address()).send().await;
    let their_address = written.expect(201)["id"].as_str().expect("an id").to_owned();
    for (path, verbs) in description["paths"].as_object().expect("paths") {
        for verb in
            verbs.as_object().expect("verbs").keys().filter(|_| path.contains("{id}") || path.contains("{order_no}"))
        {
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).expect("a method");
            let id = match path.as_str() {
                path if path.contains("/me/sessions/") => &*their_session,
                path if path.contains("/me/addresses/") => &*their_address,
                path if path.contains("{id}") => names.id_for(path),
                _ => "",
            };
            let asked = path.replace("{id}", id).replace("{order_no}", &number);
            let shown = match path.as_str() {
                path if path.contains("/admin/") => OPERATOR_KEY,
                path if path.contains("/seller/") => &*seller,
                path if path.contains("/me/") => &*ann,
                _ => &*guest,
            };
            let request = here.ask(method.clone(), &asked).bearer(shown).header("if-match", "*");
            let request = request.header("idempotency-key", &format!("try-{tried}"));
            let request = if method == Method::GET { request } else { request.json(&body_for(path, &method)) };
            let answer = request.send().await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried} are few");
    // What names something of the other in a body finds as little.
    let price = json!({ "amount": 100, "currency": "INR" });
    for (n, (field, name)) in [("brand", &names.brand), ("category", &names.category)].into_iter().enumerate() {
        let product = json!({ "title": "Lamp", field: name, "variants": [{ "sku": format!("LAMP-{n}"), "mrp": price, "price": price }] });
        let refused = here.post("/api/v1/admin/products", &format!("lamp-{n}"), &product).await;
        refused.problem(422, "validation_failed");
    }
    let below =
        here.post("/api/v1/admin/categories", "below", &json!({ "name": "Below", "parent": names.category })).await;
    below.problem(422, "validation_failed");
    assert_eq!(there.books().await, before, "nothing was changed next door");
    there.ask(Method::GET, "/api/v1/me/sessions").bearer(&their_ann).send().await.expect(200);
}

fn address() -> Value {
    json!({ "name": "Ann", "line1": "12 MG Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN" })
}

/// A body that the operation would take, were the thing there.
fn body_for(path: &str, method: &Method) -> Value {
    match path.rsplit('/').next().expect("a last part") {
        "ship" => json!({ "carrier": "Post" }),
        "return" => json!({ "restock": true }),
        "extend" => json!({ "hold_ttl_s": 60 }),
        "rotate" => json!({ "overlap_s": 0 }),
        "{id}" if path.contains("/users/") => json!({ "role": "admin" }),
        "variants" => {
            json!({ "sku": "NEW", "mrp": { "amount": 1, "currency": "INR" }, "price": { "amount": 1, "currency": "INR" } })
        }
        "{id}" if *method == Method::PUT => address(),
        "{id}" if *method == Method::PATCH => json!({}),
        _ => json!({}),
    }
}

/// What both stores have under one name is one's own: changing it changes nothing there.
#[actix_web::test]
async fn what_is_called_the_same_is_ones_own() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let before = there.books().await;
    here.post("/api/v1/admin/stock/TEE-M/adjust", "lost", &json!({ "delta": -1, "reason": "lost" })).await.expect(200);
    let counted = here.staff(Method::GET, "/api/v1/admin/stock/TEE-M").send().await.expect(200);
    let count = json!({ "on_hand": 9, "count_version": counted["locations"][0]["count_version"] });
    here.post("/api/v1/admin/stock/TEE-M/set", "count", &count).await.expect(200);
    let transfer = json!({ "from": "main", "to": "hall", "quantity": 2 });
    here.post("/api/v1/admin/stock/TEE-M/transfer", "moved", &transfer).await.expect(200);
    let patch = |path: &str, body: Value| here.staff(Method::PATCH, path).header("if-match", "*").json(&body).send();
    patch("/api/v1/admin/tax-classes/luxury", json!({ "rate_bp": 1 })).await.expect(200);
    here.post("/api/v1/admin/tax-classes/luxury/archive", "archive", &json!({})).await.expect(200);
    patch("/api/v1/admin/shipping", json!({ "free_from": null })).await.expect(200);
    let rows = "sku,title,price,stock\nTEE-M,Renamed,1.00,4\n";
    let import = here.staff(Method::POST, "/api/v1/admin/imports/products").header("content-type", "text/csv");
    import.body(rows).send().await.expect(200);
    assert_eq!(there.books().await, before);
    let export = here.staff(Method::GET, "/api/v1/admin/exports/products").send().await;
    assert!(!String::from_utf8_lossy(&export.body).contains("EUR"), "{export:?}");
    // The same key of the same request, next door, is another request.
    let again = there.post("/api/v1/admin/stock/TEE-M/adjust", "lost", &json!({ "delta": -1, "reason": "lost" })).await;
    assert_eq!(again.header("idempotent-replayed"), "");
    again.expect(200);
}

#[actix_web::test]
async fn a_host_that_leads_nowhere_is_the_main_store_or_nobodys() {
    let app = TestApp::start_with(|settings| settings.stores.refuse_unknown_hosts = true);
    two_stores_but_refused(&app).await;
    let lenient = TestApp::start();
    let answer = lenient.client.get("/api/v1/categories").host("elsewhere.test").send().await;
    answer.expect(200);
}

async fn two_stores_but_refused(app: &TestApp) {
    let refused = app.client.get("/api/v1/categories").host("elsewhere.test").send().await;
    refused.problem(404, "not_found");
    assert_eq!(app.client.get("/healthz").host("elsewhere.test").send().await.status, 200);
}

/// A header says which store only if whoever sends it is believed.
#[actix_web::test]
async fn a_store_is_named_by_those_who_are_believed() {
    let named = |app: &TestApp, slug: &str| app.client.get("/api/v1/admin/keys").header("x-doorbuster-store", slug);
    let app = TestApp::start_with(|settings| settings.stores.header_from_anyone = true);
    two_stores(&app).await;
    named(&app, "next-door").bearer(THEIR_KEY).send().await.expect(200);
    named(&app, "next-door").bearer(OPERATOR_KEY).send().await.problem(401, "unauthenticated");
    named(&app, "nowhere").bearer(OPERATOR_KEY).send().await.problem(404, "not_found");
    let proxied = TestApp::start_with(|settings| {
        settings.limits.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    });
    two_stores(&proxied).await;
    named(&proxied, "next-door").bearer(THEIR_KEY).send().await.expect(200);
    let strict = TestApp::start();
    two_stores(&strict).await;
    named(&strict, "next-door").bearer(OPERATOR_KEY).send().await.expect(200);
}

/// A storefront that was built elsewhere shows its key, and is its store's.
#[actix_web::test]
async fn a_storefront_says_by_its_key_whose_it_is() {
    let app = TestApp::start();
    let (here, there) = two_stores(&app).await;
    here.fill(10_000, 5).await;
    there.fill(700, 3).await;
    let wish = |scopes: Value| json!({ "name": "window", "kind": "publishable", "scopes": scopes });
    let window = there.post("/api/v1/admin/keys", "window", &wish(json!(["storefront:read"]))).await.expect(201);
    let window = window["secret"].as_str().expect("a secret").to_owned();
    let elsewhere = |method: Method, path: &str, key: &str| {
        app.client.request(method, path).host("storefront.test").header("x-doorbuster-key", key)
    };
    let page = elsewhere(Method::GET, "/api/v1/products/t-shirt", &window).send().await.expect(200);
    assert_eq!(page["title"], format!("T-Shirt of {NEXT_DOOR}"));
    let refused = elsewhere(Method::POST, "/api/v1/session", &window).send().await.problem(403, "forbidden");
    assert_eq!(refused["required"], "carts:write");
    let both = wish(json!(["storefront:read", "carts:write"]));
    let till = there.post("/api/v1/admin/keys", "till", &both).await.expect(201);
    let till = till["secret"].as_str().expect("a secret");
    let session = elsewhere(Method::POST, "/api/v1/session", till).send().await.expect(201);
    let cart = elsewhere(Method::GET, "/api/v1/cart", till).bearer(session["token"].as_str().expect("a token"));
    cart.send().await.expect(200);
    for wrong in ["pk_nobody-has-ever-made-this-one-1234567", THEIR_KEY] {
        elsewhere(Method::GET, "/api/v1/products/t-shirt", wrong).send().await.problem(401, "unauthenticated");
    }
}
