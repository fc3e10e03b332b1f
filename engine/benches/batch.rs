//! What it costs to seal a full batch: numbering each stock change, folding levels, laying 512 orders out in columns.

use std::hint::black_box;
use std::sync::Arc;

use chrono::{TimeZone, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::clock::{CountedIds, IdSource, Timestamp};
use engine::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
use engine::inventory::{Change, Command, Decided, Durable, HoldRequest, Level, Outcome, StockLedger};
use engine::journal::{Batch, Levels, LineRow, OrderRow, Writes};
use engine::order::OrderNumbers;
use uuid::Uuid;

const ORDERS: u128 = 512;

fn batch(criterion: &mut Criterion) {
    let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists");
    let (numbers, ids) = (OrderNumbers::starting_at(0), CountedIds::lane(1));
    let mut group = criterion.benchmark_group("batch");
    group.throughput(Throughput::Elements(ORDERS as u64));
    for lines in [1_u128, 3] {
        let mut shelves: Vec<StockLedger> = (1..=lines).map(shelf).collect();
        let bundles: Vec<(Vec<Change>, Writes)> = (0..ORDERS)
            .map(|number| {
                let order = OrderId::from_uuid(ids.next(now));
                let changes = shelves.iter_mut().flat_map(|shelf| hold(shelf, order, number, now)).collect();
                let order = Some(Box::new(row(order, &numbers, lines, number, now)));
                (changes, Writes { order, ..Writes::default() })
            })
            .collect();
        let known = Levels::new();
        group.bench_function(format!("seal 512 orders, {lines} lines each"), |bencher| {
            bencher.iter(|| {
                let bundles = black_box(&bundles).iter().map(|(changes, writes)| (changes.iter(), writes));
                Batch::seal(bundles, &known, 1, 1, now)
            });
        });
    }
    group.finish();
}

fn variant(number: u128) -> VariantId {
    VariantId::from_uuid(Uuid::from_u128(number))
}

fn shelf(number: u128) -> StockLedger {
    let level = Level { on_hand: 1_000_000, seq: 1, ..Level::default() };
    let levels = vec![(LocationId::MAIN, level)];
    let durable = Durable { store: StoreId::MAIN, levels, holds: Vec::new(), usage: Vec::new() };
    StockLedger::new(variant(number), durable)
}

/// What the order takes of one variant, as it is handed to the journal.
fn hold(shelf: &mut StockLedger, order: OrderId, buyer: u128, now: Timestamp) -> Vec<Change> {
    let hold = HoldRequest {
        location: LocationId::MAIN,
        order,
        attempt: 1,
        quantity: 1,
        principal: PrincipalId::from_uuid(Uuid::from_u128(buyer)),
        limit: None,
        expires_at: Some(now),
    };
    match shelf.decide(&Command::Hold(hold), now, false) {
        Outcome::Done(Decided::Granted(_, changes)) => changes,
        other @ (Outcome::Done(_) | Outcome::Wait) => panic!("there is enough: {other:?}"),
    }
}

fn row(id: OrderId, numbers: &OrderNumbers, lines: u128, buyer: u128, now: Timestamp) -> OrderRow {
    let line = |number| LineRow {
        variant: variant(number),
        location: LocationId::MAIN,
        sku: "TSHIRT-RED-M".into(),
        title: "T-Shirt (red, M)".into(),
        quantity: 1,
        unit_mrp_minor: 149_900,
        unit_price_minor: 129_900,
        net_minor: 129_900,
        tax_minor: 19_815,
        tax_rate_bp: 1800,
        tax_inclusive: true,
    };
    OrderRow {
        id,
        order_no: numbers.next(now),
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(Uuid::from_u128(buyer)),
        idempotency_key: Arc::from(id.to_string()),
        fingerprint: [7; 32],
        cart: None,
        status: "payment_pending",
        payment_status: "unpaid",
        payment_method: "manual",
        currency: "INR".to_owned(),
        mrp_minor: 149_900,
        discount_minor: 20_000,
        tax_minor: 19_815,
        shipping_minor: 0,
        grand_minor: 129_900,
        detail: format!(r#"{{"contact":{{"email":"ann@example.com"}},"address":"{}"}}"#, "x".repeat(400)),
        expires_at: Some(now),
        lines: (1..=lines).map(line).collect(),
    }
}

criterion_group!(benches, batch);
criterion_main!(benches);
