//! What the rule of one SKU costs: holds granted and settled, and the refusal when it is sold out.

use std::hint::black_box;

use chrono::{TimeZone, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
use engine::inventory::{Command, Decided, Durable, HoldRequest, Level, Limit, Outcome, StockLedger, TakeId};
use uuid::Uuid;

/// The takes of one batch: decided while the last one commits, settled together.
const AT_ONCE: u128 = 512;

fn ledger(criterion: &mut Criterion) {
    let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists");
    let on_shelf = |on_hand| {
        let level = Level { on_hand, seq: 1, ..Level::default() };
        let durable = Durable {
            store: StoreId::MAIN,
            levels: vec![(LocationId::MAIN, level)],
            holds: Vec::new(),
            usage: Vec::new(),
        };
        StockLedger::new(VariantId::from_uuid(Uuid::from_u128(7)), durable)
    };
    let holds = |limit: Option<Limit>| -> Vec<Command> {
        (0..AT_ONCE)
            .map(|number| {
                Command::Hold(HoldRequest {
                    location: LocationId::MAIN,
                    order: OrderId::from_uuid(Uuid::from_u128(number)),
                    attempt: 1,
                    quantity: 1,
                    principal: PrincipalId::from_uuid(Uuid::from_u128(number)),
                    limit,
                    expires_at: Some(now),
                })
            })
            .collect()
    };

    let mut group = criterion.benchmark_group("ledger");
    group.throughput(Throughput::Elements(AT_ONCE as u64));
    for (name, limit) in [("without a limit", None), ("with a purchase limit", Some(Limit { max: 2, window_s: None }))]
    {
        let holds = holds(limit);
        group.bench_function(format!("hold, decided and settled, {name}"), |bencher| {
            let run = |mut ledger: StockLedger| {
                let takes: Vec<TakeId> = holds.iter().map(|hold| granted(ledger.decide(hold, now, false))).collect();
                takes.into_iter().for_each(|take| ledger.settle(take));
                ledger
            };
            bencher.iter_batched(|| on_shelf(1_000_000), run, BatchSize::SmallInput);
        });
    }
    let holds = holds(None);
    group.bench_function("hold, refused: sold out", |bencher| {
        let mut empty = on_shelf(0);
        bencher.iter(|| {
            for hold in &holds {
                black_box(&empty.decide(hold, now, false));
            }
        });
    });
    group.finish();
}

fn granted(outcome: Outcome) -> TakeId {
    match outcome {
        Outcome::Done(Decided::Granted(take, _)) => take,
        other @ (Outcome::Done(_) | Outcome::Wait) => panic!("there is enough: {other:?}"),
    }
}

criterion_group!(benches, ledger);
criterion_main!(benches);
