//! Carts against the real database: what is acknowledged is there, and nobody is served from a memory that differs.

mod editing;
mod memory;

use std::sync::Arc;

use chrono::TimeDelta;
use engine::actor::{Threads, Wiring};
use engine::cart::{Contents, Edit, Error, Handle, Mark, Owner, Refused};
use engine::catalog::{Offers, Sku};
use engine::clock::{Clock, IdSource};
use engine::error::{Coded, ErrorCode};
use engine::id::{OrderId, PrincipalId, StoreId, VariantId};
use engine::money::Currency;
use engine::postgres::Database;
use engine::pricing::{Rules, ShippingRules, TaxRate};
use engine::quantity::Quantity;
use engine::runtime::Runtime;
use uuid::Uuid;

use crate::fixture::Fixture;

/// A running server's carts.
struct Shop {
    fixture: Fixture,
    threads: Threads,
}

impl Shop {
    fn open() -> Self {
        Self { fixture: Fixture::new(), threads: Threads::start(2).expect("two threads") }
    }

    /// The carts as a freshly started server knows them.
    fn carts(&self) -> Handle {
        self.carts_with(10_000)
    }

    fn carts_with(&self, edits_max: usize) -> Handle {
        let runtime = Runtime::from(self.fixture.io.handle().clone());
        let wiring = Wiring { stage: self.threads.stage(), runtime: runtime.clone(), seats: 10_000, awake_max: 10_000 };
        let (database, clock) = (Arc::new(self.fixture.database.clone()), Arc::clone(&self.fixture.clock));
        let offers = Offers::new(Arc::<Database>::clone(&database), runtime, 100);
        Handle::start(wiring, database, offers, clock, edits_max)
    }

    fn someone(&self) -> Owner {
        let principal = PrincipalId::from_uuid(self.fixture.ids.next(self.fixture.clock.now()));
        Owner { store: StoreId::MAIN, principal }
    }

    fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.fixture.block_on(work)
    }

    /// What the database holds, as `v1 g0: 2 A`; read as a server would that knows nothing yet.
    fn stored(&self, owner: Owner) -> String {
        self.block_on(async { show(&self.carts().view(owner).await.expect("it can be read")) })
    }

    /// Whether the carts' writer is kept waiting by somebody's lock.
    fn waits_for_a_lock(&self) -> bool {
        let look = async {
            let (client, connection) =
                tokio_postgres::connect(self.fixture.url(), tokio_postgres::NoTls).await.expect("connected");
            tokio::spawn(connection);
            let waiting = "select exists (select from pg_stat_activity where application_name = 'doorbuster carts'
                                          and datname = current_database() and wait_event_type = 'Lock')";
            client.query_one(waiting, &[]).await.expect("an answer").get(0)
        };
        self.block_on(look)
    }

    /// What the journal does when an order is placed.
    fn convert_in_database(&self, contents: &Contents) -> OrderId {
        let order = OrderId::from_uuid(self.fixture.ids.next(self.fixture.clock.now()));
        self.fixture.own.sql(format!(
            "update carts set version = version + 1, generation = generation + 1, lines = '[]', last_order_id = '{}'
             where id = '{}' and version = {} and generation = {}",
            order.uuid(),
            contents.owner.cart().uuid(),
            contents.version,
            contents.generation
        ));
        order
    }
}

fn add(text: &str, quantity: i64) -> Edit {
    let variant_id = VariantId::from_uuid(Uuid::from_u128(text.bytes().map(u128::from).sum()));
    Edit::Add { variant_id, sku: sku(text), quantity: Quantity::new(quantity).expect("in range") }
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("a SKU")
}

fn show(contents: &Contents) -> String {
    let lines: Vec<_> = contents.lines.iter().map(|line| format!("{} {}", line.quantity, line.sku)).collect();
    format!("v{} g{}: {}", contents.version, contents.generation, lines.join(", "))
}
