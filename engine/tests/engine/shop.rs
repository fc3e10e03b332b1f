//! An open shop for a test: an engine over the fixture's database, and buyers who ask it for things.

use std::time::Duration;

use engine::audit::Actor;
use engine::catalog::{ProductDraft, ProductStatus, PurchaseLimit, Sku, VariantDraft};
use engine::checkout::{Answer, Basket, Error, PlaceOrder, QuoteRequest, Want};
use engine::clock::Clock;
use engine::desk::{Asked, By, Moved, Order};
use engine::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
use engine::inventory::{Command, Level, StockChange};
use engine::money::{Currency, Money};
use engine::order::{Address, Contact, PaymentMethod};
use engine::quantity::Quantity;
use engine::{Engine, Settings};
use sha2::{Digest, Sha256};
use testdb::TestDatabase;

use crate::fixture::Fixture;

pub(crate) struct Shop {
    pub(crate) engine: Engine,
    pub(crate) fixture: Fixture,
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings { pool_size: 4, ..Settings::default() };
    // A test that waits so long has failed.
    settings.checkout.deadline = Duration::from_secs(30);
    settings
}

impl Shop {
    pub(crate) fn open() -> Self {
        Self::open_on(Fixture::new(), settings())
    }

    /// For tests that do something to the server: `configuration` (`name=value`) is the server's.
    pub(crate) fn on_its_own_server(configuration: &[&str], settings: Settings) -> Self {
        Self::open_on(Fixture::on(TestDatabase::on_its_own_server(configuration)), settings)
    }

    pub(crate) fn open_on(fixture: Fixture, settings: Settings) -> Self {
        let engine = Self::engine(&fixture, settings);
        Self { engine, fixture }
    }

    fn engine(fixture: &Fixture, settings: Settings) -> Engine {
        let opening =
            Engine::open_with(fixture.database.clone(), settings, Some(fixture.clock.clone()), fixture.ids.clone());
        fixture.block_on(opening).expect("the cell is free")
    }

    /// Closes the engine and opens another one on the same database.
    pub(crate) fn reopen(self) -> Self {
        let Self { engine, fixture } = self;
        fixture.block_on(engine.close());
        drop(engine);
        let engine = Self::engine(&fixture, settings());
        Self { engine, fixture }
    }

    /// A variant at 9.00 INR of which `on_hand` are there.
    pub(crate) fn item(&self, sku: &str, on_hand: i64) -> VariantId {
        self.item_with(VariantDraft::new(sku, Money::new(900, Currency::INR)), on_hand)
    }

    pub(crate) fn limited(&self, sku: &str, on_hand: i64, max: i64) -> VariantId {
        let limit = Some(PurchaseLimit { max, window_s: None });
        let draft = VariantDraft { purchase_limit: limit, ..VariantDraft::new(sku, Money::new(900, Currency::INR)) };
        self.item_with(draft, on_hand)
    }

    pub(crate) fn item_with(&self, draft: VariantDraft, on_hand: i64) -> VariantId {
        let product = ProductDraft {
            title: format!("Product of {}", draft.sku),
            status: ProductStatus::Active,
            variants: vec![draft],
            ..ProductDraft::default()
        };
        self.fixture.block_on(async {
            let (_, variants) = self.engine.catalog().create_product(StoreId::MAIN, product).await.expect("a product");
            let variant = variants[0].id;
            if on_hand > 0 {
                let command = Command::Adjust {
                    location: LocationId::MAIN,
                    delta: on_hand,
                    reason: "delivery".to_owned(),
                    reference: None,
                    received: true,
                };
                self.engine.stockroom().change(StockChange { variant, command }, None).await.expect("received");
            }
            variant
        })
    }

    pub(crate) fn level(&self, variant: VariantId) -> Level {
        let levels = self.fixture.block_on(self.engine.stockroom().levels(variant)).expect("levels");
        levels.first().map(|row| row.level).unwrap_or_default()
    }

    pub(crate) fn place(&self, request: PlaceOrder) -> Result<Answer, Error> {
        self.fixture.block_on(self.engine.checkout().place(request))
    }

    /// All at once; the answers in the order of the requests.
    pub(crate) fn place_all(&self, requests: Vec<PlaceOrder>) -> Vec<Result<Answer, Error>> {
        self.fixture.block_on(async {
            let checkout = self.engine.checkout().clone();
            let tasks: Vec<_> = requests
                .into_iter()
                .map(|request| {
                    let checkout = checkout.clone();
                    tokio::spawn(async move { checkout.place(request).await })
                })
                .collect();
            let mut answers = Vec::with_capacity(tasks.len());
            for task in tasks {
                answers.push(task.await.expect("no panic"));
            }
            answers
        })
    }

    /// What `wants` cost now.
    pub(crate) fn total(&self, wants: &[Want]) -> Money {
        let request = QuoteRequest { store: StoreId::MAIN, principal: buyer(0), basket: Basket::Items(wants.to_vec()) };
        let priced = self.fixture.block_on(self.engine.checkout().quote(request)).expect("a quote");
        Money::new(priced.quote.totals.grand_minor, priced.quote.currency)
    }

    pub(crate) fn buy(&self, who: u64, key: &str, wants: &[Want]) -> PlaceOrder {
        PlaceOrder {
            store: StoreId::MAIN,
            principal: buyer(who),
            idempotency_key: key.into(),
            fingerprint: fingerprint(wants),
            basket: Basket::Items(wants.to_vec()),
            contact: Contact { email: Some("ann@example.com".to_owned()), phone: None },
            address: Address {
                name: "Ann".to_owned(),
                line1: "1 High Street".to_owned(),
                city: "Pune".to_owned(),
                postal_code: "411001".to_owned(),
                country: "IN".to_owned(),
                ..Address::default()
            },
            shipping_method: "standard".to_owned(),
            payment_method: PaymentMethod::Manual,
            expected_total: self.total(wants),
            quote_valid_until: None,
            hold_ttl_s: None,
        }
    }

    pub(crate) fn move_order(
        &self,
        order: OrderId,
        command: engine::order::Command,
    ) -> Result<Moved, engine::desk::Error> {
        self.fixture.block_on(self.engine.desk().move_order(self.asked(order), command))
    }

    /// As the admin asks for a move.
    pub(crate) fn asked(&self, order: OrderId) -> Asked {
        Asked { order: Order::Id(order), principal: None, version: None, by: By::Staff(Actor::OPERATOR), call: None }
    }

    /// No batch commits until what is returned is dropped: its table is locked.
    pub(crate) fn hold_commits_up(&self) -> HeldUp {
        let url = self.fixture.url().to_owned();
        let client = self.fixture.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
            tokio::spawn(connection);
            client.batch_execute("begin; lock table journal_batches in exclusive mode").await.expect("locked");
            client
        });
        HeldUp { _client: client }
    }

    /// Whether a batch waits for that lock.
    pub(crate) fn commit_waits(&self) -> bool {
        self.sql(
            "select count(*) from pg_stat_activity
             where application_name = 'doorbuster journal' and datname = current_database() and wait_event_type = 'Lock'",
        ) > 0
    }

    /// Every promise that `verify` knows how to check holds.
    pub(crate) fn assert_books_balance(&self) {
        let report = self.fixture.block_on(engine::verify::verify(self.fixture.url(), 5, &mut |_| {}));
        let report = report.expect("the books can be read");
        let wrong: Vec<_> = report.findings.iter().filter(|finding| finding.violations > 0).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// One number, asked of the database as its superuser.
    pub(crate) fn sql(&self, query: &str) -> i64 {
        let (url, query) = (self.fixture.url().to_owned(), query.to_owned());
        self.fixture.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("connected");
            let driving = tokio::spawn(connection);
            let number = client.query_one(&query, &[]).await.expect("one row").get(0);
            drop(client);
            driving.await.expect("no panic").expect("closed in order");
            number
        })
    }

    pub(crate) fn location(&self, code: &str) -> LocationId {
        self.sql(&format!(
            "with made as (insert into locations (id, store_id, code, name)
                           values (gen_random_uuid(), '{}', '{code}', '{code}') returning 1)
             select count(*) from made",
            StoreId::MAIN.uuid()
        ));
        let found = self.engine.stockroom().location(StoreId::MAIN, Some(code.to_owned()));
        self.fixture.block_on(found).expect("just made")
    }

    /// Nobody can connect to the shop's database while `work` runs, and those who were connected are thrown out.
    pub(crate) fn with_database_closed(&self, work: impl FnOnce()) {
        self.fixture.own.close_to_connections();
        work();
        self.fixture.own.open_to_connections();
    }

    pub(crate) fn wait_for_the_cell(&self) {
        self.wait_until("it owns the cell", || {
            let status = self.engine.status();
            status.speaks_for_the_cell && status.journal.database_up
        });
    }

    pub(crate) fn wait_until(&self, what: &str, mut true_now: impl FnMut() -> bool) {
        testdb::eventually(what, || true_now().then_some(()));
    }

    pub(crate) fn now(&self) -> engine::clock::Timestamp {
        self.fixture.clock.now()
    }
}

/// A lock that ends with its connection.
pub(crate) struct HeldUp {
    _client: tokio_postgres::Client,
}

pub(crate) fn want(sku: &str, quantity: i64) -> Want {
    Want { sku: Sku::parse(sku).expect("a SKU"), quantity: Quantity::wanted(quantity).expect("a quantity") }
}

/// A principal that was minted just now, as sessions mint them.
pub(crate) fn buyer(who: u64) -> PrincipalId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&who.to_be_bytes());
    PrincipalId::from_uuid(uuid::Builder::from_unix_timestamp_millis(1_767_268_800_000, &random).into_uuid())
}

/// The body's hash, as the web makes it.
fn fingerprint(wants: &[Want]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for want in wants {
        hash.update(want.sku.as_str());
        hash.update(want.quantity.get().to_be_bytes());
    }
    hash.finalize().into()
}

pub(crate) fn place_error(answer: Result<Answer, Error>) -> Error {
    match answer {
        Ok(answer) => panic!("placed {:?}", answer.placed),
        Err(error) => error,
    }
}
