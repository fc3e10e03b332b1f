//! What a batch says of its bundles: numbers without gaps, one row an account, and nothing that breaks a level.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::audit::{Actor, Entry, Subject};
use crate::clock::CountedIds;
use crate::id::{CartId, LocationId, OrderId, PrincipalId, VariantId};
use crate::inventory::{Delta, Hold, HoldKey, Kind, LimitChange, UsageKey};
use crate::journal::{CartConversion, OrderEvent, OrderMove, StoredAnswer};

fn account(n: u128) -> AccountId {
    AccountId { variant: VariantId::from_uuid(Uuid::from_u128(n)), location: LocationId::MAIN }
}

fn order(n: u128) -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(n))
}

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_000_000, 0).expect("in range")
}

fn level(on_hand: i64, reserved: i64, seq: i64) -> Level {
    Level { on_hand, reserved, seq, ..Level::default() }
}

fn hold(of: AccountId, by: OrderId, quantity: i64, base: Level) -> Change {
    let principal = PrincipalId::from_uuid(Uuid::from_u128(9));
    Change {
        store: StoreId::MAIN,
        account: of,
        kind: Kind::Hold,
        delta: Delta { reserved: quantity, ..Delta::default() },
        base,
        hold: Some(HoldChange::Begin {
            hold: Hold {
                key: HoldKey { account: of, order: by, attempt: 1 },
                quantity,
                principal,
                limit_window: Some(0),
                expires_at: Some(now()),
            },
            state: HoldState::Held,
        }),
        limit: Some(LimitChange { usage: UsageKey { principal, window_start: 0 }, delta: quantity }),
        order: Some(by),
        reason: None,
        reference: None,
    }
}

fn seal(bundles: &[(Vec<Change>, Writes)], known: &Levels) -> Result<Batch, SealError> {
    Batch::seal(bundles.iter().map(|(changes, writes)| (changes.iter(), writes)), known, 7, 3, now())
}

#[test]
fn each_change_has_its_number_and_each_account_one_row() {
    let (a, b) = (account(1), account(2));
    let base = level(10, 0, 4);
    let bundles = vec![
        (vec![hold(a, order(1), 2, base), hold(b, order(1), 1, level(5, 0, 1))], Writes::default()),
        (vec![hold(a, order(2), 3, base)], Writes::default()),
    ];
    let batch = seal(&bundles, &Levels::new()).expect("it fits");
    assert_eq!(batch.seqs, [vec![5, 2], vec![6]]);
    let levels = &batch.rows.levels;
    assert_eq!(levels.old_seqs, [4, 1]);
    assert_eq!(levels.seqs, [6, 2]);
    assert_eq!(levels.reserveds, [5, 1]);
    assert_eq!(batch.levels[&a], level(10, 5, 6));
    assert_eq!(batch.old_seq(&a), 4);
    assert_eq!(batch.rows.ledger.seqs, [5, 2, 6]);
    assert_eq!(batch.rows.limits.deltas, [5, 1], "one row for a buyer's two orders of one variant");
    assert_eq!(batch.rows.outbox.topics, ["stock"]);
}

#[test]
fn what_the_journal_knows_goes_before_what_the_actor_knew() {
    let a = account(1);
    let known = Levels::from([(a, level(10, 4, 9))]);
    let batch = seal(&[(vec![hold(a, order(1), 2, level(10, 0, 4))], Writes::default())], &known).expect("it fits");
    assert_eq!(batch.seqs, [vec![10]]);
    assert_eq!(batch.levels[&a], level(10, 6, 10));
}

#[test]
fn a_bundle_that_would_break_a_level_is_named() {
    let a = account(1);
    let base = level(3, 0, 1);
    let bundles = vec![
        (vec![hold(a, order(1), 2, base)], Writes::default()),
        (vec![hold(a, order(2), 2, base)], Writes::default()),
    ];
    let error = seal(&bundles, &Levels::new()).map(|_| ()).expect_err("four of three");
    assert_eq!((error.bundle, error.account), (1, a));
}

#[test]
fn the_digest_tells_batches_of_one_number_apart() {
    let a = account(1);
    let digest = |by, quantity| {
        let bundles = [(vec![hold(a, order(by), quantity, level(9, 0, 1))], Writes::default())];
        seal(&bundles, &Levels::new()).expect("it fits").digest
    };
    assert_eq!(digest(1, 2), digest(1, 2));
    assert_ne!(digest(1, 2), digest(1, 3));
    assert_ne!(digest(1, 2), digest(2, 2));
}

#[test]
fn a_move_says_from_where_and_its_event_the_version_after() {
    let moved = OrderMove {
        order: order(1),
        store: StoreId::MAIN,
        version: 4,
        from: "confirmed",
        to: "packed",
        payment_status: None,
        expires_at: None,
        progress: None,
        event: OrderEvent { kind: "packed", actor: "operator".into(), data: None },
    };
    let answer = StoredAnswer {
        store: StoreId::MAIN,
        principal: PrincipalId::from_uuid(Uuid::nil()),
        route: "r",
        key: "k".to_owned(),
        fingerprint: [1; 32],
        status: 200,
        body: "{}".to_owned(),
    };
    let cart =
        CartConversion { cart: CartId::from_uuid(Uuid::from_u128(5)), version: 8, generation: 2, order: order(1) };
    let (moved, answer) = (Some(Box::new(moved)), Some(Box::new(answer)));
    let writes = Writes { moved, cart: Some(cart), answer, ..Writes::default() };
    let a = account(1);
    let batch = seal(&[(vec![hold(a, order(1), 1, level(9, 0, 1))], writes)], &Levels::new()).expect("it fits");
    assert_eq!(batch.rows.order_moves.versions, [4]);
    assert_eq!(batch.rows.events.versions, [5]);
    assert_eq!((batch.rows.carts.versions[0], batch.rows.carts.generations[0]), (8, 2));
    assert_eq!(batch.rows.answers.bodies, [r#"{"context":{},"receipt":{"batch":7,"seqs":[2]}}"#]);
    assert_eq!(batch.rows.outbox.topics, ["stock", "order"]);
}

#[test]
fn a_line_of_the_trail_shows_the_stock_as_it_is_numbered() {
    let a = account(1);
    let entry = |n| {
        let subject = Subject::new("stock", n);
        let entry = Entry::new(&CountedIds::lane(n), now(), StoreId::MAIN, Actor::OPERATOR, "stock.receive", subject);
        Some(Box::new(entry.made(json!({ "reference": "note 7" }))))
    };
    let received = |on_hand| Change {
        kind: Kind::Receive,
        delta: Delta { on_hand, ..Delta::default() },
        hold: None,
        limit: None,
        order: None,
        ..hold(a, order(1), 0, level(10, 2, 4))
    };
    let of_nobody = (vec![hold(a, order(1), 1, level(10, 2, 4))], Writes::default());
    let audited = |n, on_hand| (vec![received(on_hand)], Writes { audit: entry(n), ..Writes::default() });
    let batch = seal(&[of_nobody, audited(1, 5), audited(2, 3)], &Levels::new()).expect("it fits");
    let trail = &batch.rows.audit;
    assert_eq!(trail.subject_ids, ["1", "2"], "the purchase has none");
    assert_eq!((trail.actor_kinds[0], trail.actions[0].as_ref()), ("operator", "stock.receive"));
    let json = |text: &Option<String>| text.as_ref().map(|text| serde_json::from_str::<Value>(text).expect("JSON"));
    let place = json!({ "variant": a.variant, "location": a.location });
    let stock = |on_hand: i64, seq: i64| {
        let mut stock = place.clone();
        stock["on_hand"] = on_hand.into();
        stock["seq"] = seq.into();
        json!([stock])
    };
    assert_eq!(json(&trail.befores[0]), Some(json!({ "stock": stock(10, 5) })));
    assert_eq!(json(&trail.afters[0]), Some(json!({ "reference": "note 7", "stock": stock(15, 6) })));
    assert_eq!(json(&trail.befores[1]), Some(json!({ "stock": stock(15, 6) })), "on top of the one before it");
    assert_eq!(json(&trail.afters[1]), Some(json!({ "reference": "note 7", "stock": stock(18, 7) })));
}
