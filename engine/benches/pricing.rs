//! What a price costs us: a buy-now order of one line, a cart of twenty, and the trace that is stored with it.

use std::hint::black_box;

use chrono::{TimeDelta, TimeZone, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use engine::id::VariantId;
use engine::money::Currency;
use engine::pricing::{Item, Rules, Sale, ShippingRules, TaxRate, UnitPrice, quote};
use engine::quantity::Quantity;
use uuid::Uuid;

fn pricing(criterion: &mut Criterion) {
    let now = Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).single().expect("a moment that exists");
    let tax = TaxRate { rate_bp: 1800, inclusive: true };
    let shipping = ShippingRules { flat_minor: 4900, free_from_minor: Some(49_900), tax };
    let rules = Rules { currency: Currency::INR, shipping, valid_for: TimeDelta::minutes(15) };
    let cart: Vec<Item> = (1..=20)
        .map(|number| Item {
            variant_id: VariantId::from_uuid(Uuid::from_u128(number)),
            quantity: Quantity::new(2).expect("in range"),
            price: UnitPrice {
                currency: Currency::INR,
                mrp_minor: 149_900,
                price_minor: 129_900,
                sale: Some(Sale {
                    price_minor: 99_900,
                    starts_at: Some(now),
                    ends_at: Some(now + TimeDelta::hours(1)),
                }),
                tax,
            },
        })
        .collect();
    for lines in [1, 20] {
        let items = &cart[..lines];
        criterion.bench_function(&format!("pricing/quote of {lines}"), |bencher| {
            bencher.iter(|| quote(black_box(items), &rules, now));
        });
        let quoted = quote(items, &rules, now).expect("a price");
        criterion.bench_function(&format!("pricing/trace of {lines} as JSON"), |bencher| {
            bencher.iter(|| serde_json::to_vec(&black_box(&quoted).trace()));
        });
        criterion.bench_function(&format!("pricing/id of {lines}"), |bencher| bencher.iter(|| black_box(&quoted).id()));
    }
}

criterion_group!(benches, pricing);
criterion_main!(benches);
