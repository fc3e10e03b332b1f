//! A small shop in which everything is right: two SKUs, four orders, refusals, two that nobody knows about.

use serde_json::json;
use uuid::Uuid;

use crate::checker::{Batch, Books, Calm, Entry, Event, Finding, Hold, Level, Order, OrderLine, Usage, Variant, judge};
use crate::notes::{Claim, Heard, Intent, Limit, Line, Payment, Placed, PlacedLine, Short};

pub(super) const A: Uuid = Uuid::from_u128(0xa);
pub(super) const B: Uuid = Uuid::from_u128(0xb);
pub(super) const BUYER: Uuid = Uuid::from_u128(0xbbbb);

/// Orders by number: 1 confirmed, 2 expired, 3 cancelled, 4 paid at the door.
pub(super) fn order(number: u128) -> Uuid {
    Uuid::from_u128(0x1000 + number)
}

pub(super) struct World {
    pub(super) claims: Vec<Claim>,
    pub(super) books: Books,
}

impl World {
    pub(super) fn new() -> Self {
        let placed = |number: u128, sku: &str, quantity, seq| Placed {
            order: order(number),
            order_no: format!("no {number}"),
            grand_minor: quantity * 100,
            lines: vec![PlacedLine { sku: sku.into(), quantity, seq }],
        };
        let done = |placed| Heard::Done { replayed: false, placed };
        let unclear = || Heard::Unclear { why: "lost".into() };
        let short = Short { sku: "A".into(), requested: 9, available: 4, seq: 6 };
        let refused = |short| Heard::Refused { code: "out_of_stock".into(), short, limit: None };
        let limit = Limit { sku: "B".into(), requested: 3, already: 1, limit: 3, seq: 4 };
        let limited = Heard::Refused { code: "purchase_limit_reached".into(), short: Vec::new(), limit: Some(limit) };
        let stock = |key: &str, delta| Intent::Stock { key: key.into(), sku: "A".into(), delta };
        let buy = |key: &str, sku: &str, quantity, payment| Intent::Order {
            key: key.into(),
            buyer: BUYER,
            lines: vec![Line { sku: sku.into(), quantity }],
            grand_minor: quantity * 100,
            payment,
            cart: false,
        };
        let claims = vec![
            claim(0, buy("k1", "A", 2, Payment::Manual), vec![done(Some(placed(1, "A", 2, 2)))]),
            claim(1, Intent::Confirm { key: "c1".into(), order: order(1) }, vec![done(None)]),
            claim(2, stock("s1", 1), vec![unclear(), done(None)]),
            claim(3, buy("k2", "A", 1, Payment::Manual), vec![done(Some(placed(2, "A", 1, 5)))]),
            claim(4, buy("k3", "B", 2, Payment::Manual), vec![unclear(), done(Some(placed(3, "B", 2, 2)))]),
            claim(5, Intent::Cancel { key: "x3".into(), order: order(3) }, vec![done(None)]),
            claim(6, buy("k4", "B", 1, Payment::CashOnDelivery), vec![done(Some(placed(4, "B", 1, 4)))]),
            claim(7, buy("k5", "A", 9, Payment::Manual), vec![refused(vec![short.clone()])]),
            claim(8, buy("k6", "A", 1, Payment::Manual), vec![unclear()]),
            claim(9, stock("s2", -9), vec![refused(vec![short])]),
            claim(10, buy("k7", "B", 3, Payment::Manual), vec![limited]),
        ];
        Self { claims, books: books() }
    }

    pub(super) fn findings(&self) -> Vec<Finding> {
        judge(&self.claims, &self.books, Calm { since_us: 50_000_000, grace_us: 10_000_000 })
    }
}

/// Asked and answered one after the other, a second each.
fn claim(id: u64, intent: Intent, heard: Vec<Heard>) -> Claim {
    let asked_us = i64::try_from(id).expect("few") * 1_000_000;
    let heard = heard.into_iter().zip(1..).map(|(heard, nth)| (asked_us + nth * 1_000, heard)).collect();
    Claim { id, asked_us, intent, twice: Vec::new(), heard }
}

fn books() -> Books {
    Books {
        read_us: 100_000_000,
        variants: vec![
            Variant { id: A, sku: "A".into(), limit: None },
            Variant { id: B, sku: "B".into(), limit: Some(3) },
        ],
        orders: vec![
            an_order(1, "k1", "confirmed", "manual", 200, 2),
            an_order(2, "k2", "expired", "manual", 100, 2),
            an_order(3, "k3", "cancelled", "manual", 200, 2),
            an_order(4, "k4", "confirmed", "cash_on_delivery", 100, 1),
        ],
        lines: vec![line(1, A, "A", 2, 2), line(2, A, "A", 1, 5), line(3, B, "B", 2, 2), line(4, B, "B", 1, 4)],
        events: [
            (1, 1, "placed"),
            (1, 2, "confirmed"),
            (2, 1, "placed"),
            (2, 2, "expired"),
            (3, 1, "placed"),
            (3, 2, "cancelled"),
            (4, 1, "placed"),
        ]
        .map(|(number, version, kind)| Event { order: order(number), version, kind: kind.into() })
        .into(),
        holds: vec![
            hold(1, A, 2, "confirmed"),
            hold(2, A, 1, "expired"),
            hold(3, B, 2, "released"),
            hold(4, B, 1, "confirmed"),
        ],
        levels: vec![
            Level { variant: A, on_hand: 4, reserved: 0, safety: 0, seq: 6 },
            Level { variant: B, on_hand: 2, reserved: 0, safety: 0, seq: 4 },
        ],
        ledger: vec![
            entry(A, 1, 1, "receive", (5, 0), None, Some("opening-A")),
            entry(A, 2, 2, "hold", (0, 2), Some(1), None),
            entry(A, 3, 3, "confirm", (-2, -2), Some(1), None),
            entry(A, 4, 4, "receive", (1, 0), None, Some("s1")),
            entry(A, 5, 5, "hold", (0, 1), Some(2), None),
            entry(A, 6, 6, "expire", (0, -1), Some(2), None),
            entry(B, 1, 1, "receive", (3, 0), None, Some("opening-B")),
            entry(B, 2, 5, "hold", (0, 2), Some(3), None),
            entry(B, 3, 7, "release", (0, -2), Some(3), None),
            entry(B, 4, 8, "sale", (-1, 0), Some(4), None),
        ],
        usage: vec![Usage { variant: B, principal: BUYER, used: 1 }],
        batches: (1..=8).map(|number| Batch { number, epoch: 1 + number / 4 }).collect(),
        last_batch: 8,
        outbox: outbox(),
    }
}

fn outbox() -> Vec<(String, serde_json::Value)> {
    let stock = |variant: Uuid, seq| json!({ "variant": format!("var_{}", variant.simple()), "seq": seq });
    let moved = |number, version| json!({ "order": format!("ord_{}", order(number).simple()), "version": version });
    vec![
        ("stock".into(), json!([stock(A, 1), stock(B, 1)])),
        ("order".into(), json!([moved(1, 1)])),
        ("order".into(), json!([moved(1, 2), moved(2, 1), moved(3, 1)])),
        ("order".into(), json!([moved(2, 2), moved(3, 2), moved(4, 1)])),
        ("stock".into(), json!([stock(A, 6), stock(B, 4)])),
        ("catalog".into(), json!({ "product": "whatever" })),
    ]
}

pub(super) fn an_order(number: u128, key: &str, status: &str, payment: &str, grand_minor: i64, version: i64) -> Order {
    let (key, status, payment) = (key.into(), status.into(), payment.into());
    Order { id: order(number), principal: BUYER, key, cart: None, status, payment, grand_minor, version }
}

pub(super) fn line(number: u128, variant: Uuid, sku: &str, quantity: i64, seq: i64) -> OrderLine {
    OrderLine { order: order(number), variant, sku: sku.into(), quantity, seq }
}

pub(super) fn hold(number: u128, variant: Uuid, quantity: i64, state: &str) -> Hold {
    let limited = variant == B;
    Hold {
        variant,
        order: order(number),
        principal: BUYER,
        quantity,
        returned: 0,
        state: state.into(),
        limited,
        expires_us: Some(20_000_000),
    }
}

pub(super) fn entry(
    variant: Uuid,
    seq: i64,
    batch: i64,
    kind: &str,
    (on_hand, reserved): (i64, i64),
    of: Option<u128>,
    reference: Option<&str>,
) -> Entry {
    Entry {
        variant,
        seq,
        batch,
        kind: kind.into(),
        on_hand,
        reserved,
        order: of.map(order),
        reference: reference.map(Into::into),
    }
}
