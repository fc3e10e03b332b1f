//! Two stores in one process, with the same slugs, SKUs and codes.

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

pub(super) const NEXT_DOOR: &str = "next-door.test";
pub(super) const THEIR_KEY: &str = "sk_the-operator-next-door-and-of-nobody-else";

/// One of the two: how it is reached, and with which key.
#[derive(Clone, Copy)]
pub(super) struct Store<'a> {
    app: &'a TestApp,
    pub(super) id: StoreId,
    pub(super) host: &'static str,
    key: &'static str,
    pub(super) currency: &'static str,
}

impl Store<'_> {
    pub(super) fn ask(&self, method: Method, path: &str) -> Request {
        self.app.client.request(method, path).host(self.host)
    }

    pub(super) fn staff(&self, method: Method, path: &str) -> Request {
        self.ask(method, path).bearer(self.key)
    }

    pub(super) async fn post(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.staff(Method::POST, path).header("idempotency-key", key).header("if-match", "*").json(body).send().await
    }

    pub(super) fn money(&self, amount: i64) -> Value {
        json!({ "amount": amount, "currency": self.currency })
    }

    /// The same names in either store, other prices and counts.
    pub(super) async fn fill(&self, price: i64, units: i64) -> Names {
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
        let synonym = json!({ "words": ["tee", "shirt"] });
        let synonym = self.post(&path("search/synonyms"), "synonym", &synonym).await.expect(201);
        let rule = json!({ "name": "Acme", "when": "always", "weigh": { "brand": "acme", "percent": price / 10 } });
        let rule = self.post(&path("search/rules"), "rule", &rule).await.expect(201);
        Names {
            variant: product["variants"][0]["id"].as_str().expect("an id").to_owned(),
            product: id(product),
            brand: id(brand),
            category: id(category),
            location: id(location),
            key: id(key),
            user: id(user),
            synonym: id(synonym),
            rule: id(rule),
            line: self.newest_line().await,
        }
    }

    /// The last thing that the audit trail tells.
    async fn newest_line(&self) -> String {
        let trail = self.staff(Method::GET, "/api/v1/admin/audit").send().await.expect(200);
        trail["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    /// Somebody who has an account here, under the same address in either store, signed in.
    pub(super) async fn customer(&self) -> String {
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
    pub(super) async fn seller(&self) -> String {
        let email = Email::parse("sue@example.com").expect("an address");
        let sue = Invitation { email, name: None, role: Role::Seller };
        let staff = self.app.identity.staff();
        staff.make_with_password(self.id, sue, PASSWORD.into(), Actor::OPERATOR).await.expect("a seller");
        let body = json!({ "email": "sue@example.com", "password": PASSWORD });
        let signed_in = self.ask(Method::POST, "/api/v1/auth/login").json(&body).send().await.expect(200);
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    /// The session that a token is of.
    pub(super) async fn session(&self, token: &str) -> String {
        let sessions = self.ask(Method::GET, "/api/v1/me/sessions").bearer(token).send().await.expect(200);
        sessions["data"][0]["id"].as_str().expect("an id").to_owned()
    }

    pub(super) async fn guest(&self) -> String {
        let session = self.ask(Method::POST, "/api/v1/session").send().await.expect(201);
        session["token"].as_str().expect("a token").to_owned()
    }

    /// Buys `quantity` of the shirt by way of the cart; what it came to and the order's number.
    pub(super) async fn buy(&self, guest: &str, quantity: i64) -> (i64, String) {
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
    pub(super) async fn books(&self) -> Vec<Value> {
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
            "search/synonyms",
            "search/rules",
            "shipping",
            "search/settings",
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
pub(super) struct Names {
    product: String,
    variant: String,
    pub(super) brand: String,
    pub(super) category: String,
    location: String,
    key: String,
    user: String,
    synonym: String,
    rule: String,
    /// A line of the audit trail.
    line: String,
}

impl Names {
    /// What a path's `{id}` stands for.
    pub(super) fn id_for(&self, path: &str) -> &str {
        let nouns = [
            ("/products/", &self.product),
            ("/variants/", &self.variant),
            ("/brands/", &self.brand),
            ("/categories/", &self.category),
            ("/locations/", &self.location),
            ("/keys/", &self.key),
            ("/users/", &self.user),
            ("/synonyms/", &self.synonym),
            ("/rules/", &self.rule),
            ("/audit/", &self.line),
        ];
        nouns.iter().find(|(noun, _)| path.contains(noun)).unwrap_or_else(|| panic!("what is the id of {path}?")).1
    }
}

pub(super) async fn two_stores(app: &TestApp) -> (Store<'_>, Store<'_>) {
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
