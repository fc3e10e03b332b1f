//! Carts against a real PostgreSQL: how many durable edits a second, of carts that are awake and of ones nobody has seen.

use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::actor::{Threads, Wiring};
use engine::cart::{Edit, Handle, Owner};
use engine::catalog::{Offers, Sku};
use engine::clock::{Clock, IdSource, RandomIds, SystemClock};
use engine::id::{PrincipalId, StoreId, VariantId};
use engine::postgres::Database;
use engine::quantity::Quantity;
use futures_util::future::join_all;
use testdb::{Io, TestDatabase};
use uuid::Uuid;

/// How many shoppers edit at the same moment.
const AT_ONCE: usize = 512;

fn cart(criterion: &mut Criterion) {
    let threads = Threads::start(1).expect("a thread");
    let own = TestDatabase::migrated();
    let io = Io::start();
    let database = Database::new(own.url(), 4, io.handle().clone());
    let wiring =
        Wiring { stage: threads.stage(), runtime: io.handle().clone().into(), seats: 64, awake_max: 10_000_000 };
    let database = Arc::new(database);
    let offers = Offers::new(Arc::<Database>::clone(&database), wiring.runtime.clone(), 1000);
    let carts = Handle::start(wiring, database, offers, Arc::new(SystemClock), 100_000);
    let someone = || {
        let principal = PrincipalId::from_uuid(RandomIds.next(SystemClock.now()));
        Owner { store: StoreId::MAIN, principal }
    };
    let one_more = Edit::Add {
        variant_id: VariantId::from_uuid(Uuid::from_u128(7)),
        sku: Sku::parse("TSHIRT-RED-M").expect("a SKU"),
        quantity: Quantity::new(1).expect("in range"),
    };
    let edit_all = |owners: &[Owner]| {
        let edits = owners.iter().map(|&owner| {
            let (carts, edit) = (carts.clone(), one_more.clone());
            io.handle().spawn(async move { carts.edit(owner, edit, None).await })
        });
        for kept in io.block_on(join_all(edits)) {
            kept.expect("no panic").expect("kept");
        }
    };

    let mut group = criterion.benchmark_group("cart");
    group.throughput(Throughput::Elements(AT_ONCE as u64)).sample_size(20);
    let regulars: Vec<Owner> = (0..AT_ONCE).map(|_| someone()).collect();
    group.bench_function("durable edits of carts that are awake", |bencher| {
        bencher.iter(|| edit_all(&regulars));
    });
    group.bench_function("durable edits of carts nobody has seen", |bencher| {
        let newcomers = || (0..AT_ONCE).map(|_| someone()).collect::<Vec<_>>();
        bencher.iter_batched(newcomers, |owners| edit_all(&owners), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, cart);
criterion_main!(benches);
