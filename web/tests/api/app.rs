//! A shop of its own for each test: a database, an engine, a port, a clock that stands still, a client with a method per
//! call.

use std::path::Path;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;

use chrono::{DateTime, TimeDelta};
use engine::Engine;
use engine::clock::{Clock, CountedIds, ManualClock, SystemClock, Timestamp};
use engine::id::StoreId;
use engine::postgres::Database;
use hyper::Method;
use identity::Identity;
use identity::access::{Keys, Role};
use identity::account::Draft;
use identity::reach::Email;
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::{Value, json};
use tempfile::TempDir;
use testdb::{Io, TestDatabase};
use tokio::sync::oneshot;
use web::settings::{Environment, Settings};
use web::startup::Application;
use web::telemetry;

use crate::client::{Answer, Client, Request};
use crate::post_box::PostBox;

/// Connections beside the journal's and the carts'.
pub(crate) const POOL: usize = 16;

/// With every scope of the staff.
pub(crate) const OPERATOR_KEY: &str = "sk_the-operator-of-the-tests-and-of-nobody-else";
/// Good for making the first admin alone.
pub(crate) const ADMIN_KEY: &str = "the-key-of-the-first-admin";

/// Of every account that tests make.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// An engine over a database of its own. Dropped in this order: the engine, what still runs, the database.
pub(crate) struct Ground {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<ManualClock>,
    io: Io,
    /// Where the search index lives.
    pub(crate) folder: TempDir,
    pub(crate) database: TestDatabase,
}

pub(crate) struct TestApp {
    pub(crate) client: Client,
    /// The server's own.
    pub(crate) identity: Identity,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<()>>,
    pub(crate) ground: Ground,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let database = TestDatabase::migrated();
        let url = database.url().to_owned();
        Self::on(database, &url)
    }

    /// The engine reaches the database by `url`, which may lead through something.
    pub(crate) fn on(database: TestDatabase, url: &str) -> Self {
        Self::at(database, url, DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))
    }

    /// It is `start`.
    pub(crate) fn at(database: TestDatabase, url: &str, start: Timestamp) -> Self {
        let io = Io::start();
        let clock = Arc::new(ManualClock::at(start));
        let pool = Database::new(url, POOL, io.handle().clone());
        let settings = engine::Settings::default();
        let (handed, engine) = mpsc::channel();
        let hands = Arc::clone(&clock);
        io.handle().spawn(async move {
            let hands: Arc<dyn Clock> = hands;
            let opened = Engine::open_with(pool, settings, Some(hands), Arc::new(CountedIds::lane(7))).await;
            if let Ok(engine) = &opened {
                // Ids of its own, so that those of the tests stay as they are.
                let (clock, ids) = (Arc::clone(engine.clock()), Arc::new(CountedIds::lane(9)));
                let keys = Keys::new(engine.database().clone(), clock, ids);
                let secret = OPERATOR_KEY.into();
                keys.adopt(StoreId::MAIN, "operator", &secret, Role::Admin.scopes()).await.expect("a key");
            }
            handed.send(opened).expect("the test is waiting");
        });
        let engine = engine.recv().expect("it was opened or not").expect("an engine");
        let folder = tempfile::tempdir().expect("a folder");
        Self { engine, clock, io, folder, database }
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        let engine = self.engine.clone();
        let (closed, wait) = mpsc::channel();
        self.io.handle().spawn(async move {
            engine.close().await;
            // Nobody waits only when the test has gone.
            let _ = closed.send(());
        });
        let _ = wait.recv();
    }
}

impl TestApp {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| {})
    }

    pub(crate) fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::start_on(Ground::new(), change)
    }

    /// The clock begins at the hour that it is, for those who talk to others.
    pub(crate) fn start_at_this_hour(change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::migrated();
        let url = database.url().to_owned();
        Self::start_on(Ground::at(database, &url, SystemClock.now()), change)
    }

    pub(crate) fn start_on(ground: Ground, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&ground);
        change(&mut settings);
        let engine = ground.engine.clone();
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::channel();
        let server = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::build(&settings, engine, metrics()).expect("an application");
                bound.send((application.address(), application.identity().clone())).expect("the test is waiting");
                let stopped = async move {
                    // The test ended without a word.
                    let _ = stopped.await;
                };
                application.run_until(stopped).await.expect("a server that ends well");
            });
        });
        let (address, identity) = address.recv().expect("the server has started");
        Self { client: Client { address }, identity, stop: Some(stop), server: Some(server), ground }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.ground.clock.now()
    }

    /// What was written to an address, in order.
    pub(crate) fn messages(&self, kind: &str, to: &str) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.ground.folder.path().join("outbox")) else { return Vec::new() };
        let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        let of_kind = |file: &&std::path::PathBuf| file.to_string_lossy().ends_with(&format!("-{kind}.txt"));
        let read = |file: &std::path::PathBuf| std::fs::read_to_string(file).expect("a message");
        let texts = files.iter().filter(of_kind).map(read);
        // One that is being written has no text yet.
        texts.filter(|text| text.starts_with(&format!("To: {to}\n")) && text.ends_with('\n')).collect()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.ground.clock.advance(by);
    }

    /// Past the server, as its superuser.
    pub(crate) fn sql(&self, statements: &str) {
        self.ground.database.sql(statements);
    }

    /// Lets time go by, everybody fall asleep, and what is too old then be removed.
    pub(crate) async fn prune_after(&self, time: TimeDelta) {
        self.advance(time);
        for _ in 0..2 {
            self.ground.engine.cart().retire_idle(0).await;
        }
        self.ground.engine.pruning().turn().await.expect("pruned");
    }

    /// What readiness says once it is there: a new shop has to build its search index first.
    pub(crate) async fn until_ready(&self) -> Value {
        let ready = async || {
            let answer = self.client.get("/readyz").send().await;
            (answer.status == 200).then(|| answer.json())
        };
        testdb::eventually_async("readiness", ready).await
    }

    pub(crate) async fn begin_session(&self) -> Answer {
        self.client.post("/api/v1/session").send().await
    }

    /// A new guest's token.
    pub(crate) async fn guest(&self) -> String {
        let session = self.begin_session().await.expect(201);
        session["token"].as_str().expect("a token").to_owned()
    }

    /// A new account with this address and `PASSWORD`, its address confirmed.
    pub(crate) async fn account(&self, email: &str, role: Role) {
        let accounts = self.identity.accounts();
        let email = Email::parse(email).expect("an address");
        let hash = accounts.hash(PASSWORD.into(), None).await.expect("a hash");
        let draft = Draft {
            email: Some(email),
            email_is_verified: true,
            password_hash: Some(hash),
            ..Draft::of(StoreId::MAIN, role)
        };
        accounts.create(draft, self.ground.clock.now()).await.expect("an account");
    }

    /// Where what is sent can be found.
    pub(crate) fn post_box(&self) -> PostBox {
        PostBox(self.ground.folder.path().join("outbox"))
    }

    /// What a query counts, past the server.
    pub(crate) fn count(&self, query: &str) -> i64 {
        self.ground.database.number(query)
    }

    pub(crate) async fn register(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.client.post("/api/v1/auth/register").json(&body).send().await
    }

    pub(crate) async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.client.post("/api/v1/auth/login").json(&body).send().await
    }

    /// The access token of a new account.
    pub(crate) async fn signed_in(&self, email: &str, role: Role) -> String {
        self.account(email, role).await;
        let signed_in = self.login(email, PASSWORD).await.expect(200);
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    /// Takes out of orders what is due to be forgotten.
    pub(crate) async fn erase_due(&self) {
        let engine = &self.ground.engine;
        let (database, clock, ids) = (engine.database().clone(), Arc::clone(engine.clock()), Arc::clone(engine.ids()));
        let settings = settings(&self.ground).for_identity();
        let identity = Identity::open(database, clock, ids, settings).expect("threads");
        identity.customers().erase_due().await.expect("the database is there");
    }

    /// The access token of a new customer.
    pub(crate) async fn customer(&self, email: &str) -> String {
        self.signed_in(email, Role::Customer).await
    }

    pub(crate) fn refresh(&self, cookie: &str) -> Request {
        self.client.post("/api/v1/auth/refresh").header("cookie", &format!("doorbuster_refresh={cookie}"))
    }

    pub(crate) fn admin_get(&self, path: &str) -> Request {
        self.client.get(path).bearer(OPERATOR_KEY)
    }

    pub(crate) fn admin_post(&self, path: &str, body: &Value) -> Request {
        self.client.post(path).bearer(OPERATOR_KEY).json(body)
    }

    /// A change against a version; `*` is any.
    pub(crate) fn admin_patch(&self, path: &str, version: &str, body: &Value) -> Request {
        self.client.request(Method::PATCH, path).bearer(OPERATOR_KEY).header("if-match", version).json(body)
    }

    /// A verb that says nothing but its name, on whatever version is there.
    pub(crate) async fn admin_verb(&self, path: &str, verb: &str) -> Answer {
        self.admin_post(&format!("{path}/{verb}"), &json!({})).header("if-match", "*").send().await
    }

    /// An active product with a variant for each SKU at 1299.00 of 1499.00 INR.
    pub(crate) async fn create_product(&self, slug: &str, skus: &[&str]) -> Value {
        let variants: Vec<Value> =
            skus.iter().map(|sku| json!({ "sku": sku, "mrp": inr(149_900), "price": inr(129_900) })).collect();
        let body = json!({ "slug": slug, "title": "T-Shirt", "status": "active", "variants": variants });
        self.admin_post("/api/v1/admin/products", &body).send().await.expect(201)
    }

    pub(crate) async fn receive(&self, sku: &str, quantity: i64) -> Value {
        let path = format!("/api/v1/admin/stock/{sku}/receive");
        let key = format!("receive-{sku}-{quantity}");
        let request = self.admin_post(&path, &json!({ "quantity": quantity })).header("idempotency-key", &key);
        request.send().await.expect(200)
    }

    pub(crate) async fn stock(&self, sku: &str) -> Value {
        let stock = self.admin_get(&format!("/api/v1/admin/stock/{sku}")).send().await.expect(200);
        stock["locations"][0].clone()
    }

    pub(crate) async fn quote(&self, guest: &str, body: &Value) -> Answer {
        self.client.post("/api/v1/checkout/quote").bearer(guest).json(body).send().await
    }

    pub(crate) async fn checkout(&self, guest: &str, key: &str, body: &Value) -> Answer {
        self.client.post("/api/v1/checkout").bearer(guest).header("idempotency-key", key).json(body).send().await
    }

    pub(crate) async fn order(&self, guest: &str, order_no: &str) -> Answer {
        self.client.get(&format!("/api/v1/orders/{order_no}")).bearer(guest).send().await
    }
}

impl TestApp {
    /// `doorbuster verify`, after all of it.
    pub(crate) fn books_are_clean(&self) {
        let url = self.ground.database.url().to_owned();
        let (tell, told) = mpsc::channel();
        // It brings a runtime of its own: PostgreSQL's client wants one with threads.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let mut wrong = Vec::new();
            let verified = runtime.block_on(engine::verify::verify(&url, 3, &mut |finding| {
                if !finding.holds() {
                    wrong.push(finding.to_string());
                }
            }));
            tell.send(verified.map(|_| wrong).map_err(|error| format!("{error:#}"))).expect("the test is waiting");
        });
        let wrong = told.recv().expect("it was verified").expect("it can be verified");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(server) = self.server.take() {
            let ended = server.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the server ended badly");
        }
    }
}

pub(crate) fn inr(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "INR" })
}

/// Buys `items` now, for `total`.
pub(crate) fn purchase(items: &[(&str, i64)], total: i64) -> Value {
    let items: Vec<Value> = items.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    json!({
        "items": items,
        "contact": { "email": "ann@example.com" },
        "address": {
            "name": "Ann", "line1": "12 MG Road", "city": "Bengaluru", "postal_code": "560001", "country": "IN"
        },
        "shipping_method": "standard",
        "payment_method": "manual",
        "expected_total": inr(total),
    })
}

pub(crate) fn settings(ground: &Ground) -> Settings {
    let variables = [
        ("DOORBUSTER__SECURITY__ADMIN_KEY", ADMIN_KEY),
        ("DOORBUSTER__SECURITY__TOKEN_SECRET", "a secret of the tests, long enough"),
    ];
    let variables = variables.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let mut settings = Settings::read(Path::new("../config"), Environment::Test, variables).expect("settings");
    settings.search.dir = ground.folder.path().join("search");
    // Messages are written below it.
    settings.database.data_dir = ground.folder.path().to_owned();
    settings
}

pub(crate) fn metrics() -> PrometheusHandle {
    static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();
    METRICS.get_or_init(|| telemetry::metrics().expect("once per process")).clone()
}
