//! `verify` against a shop in which everything agrees, and against the same shop with one thing broken by hand.

use std::collections::BTreeSet;

use engine::verify::{Report, names, verify};

use crate::fixture::Fixture;

const SHOP: &str = include_str!("shop.sql");

/// What each break makes wrong, first the check that it is for. A broken row is often wrong in several ways.
const BREAKS: &[(&str, &[&str])] = &[
    (
        "alter table stock_levels drop constraint stock_levels_reserved_within_on_hand;
         update stock_levels set reserved = 10 where reserved = 2",
        &["level-bounds", "ledger-sums", "reserved-is-held"],
    ),
    ("update stock_levels set on_hand = on_hand + 1 where seq = 9", &["ledger-sums"]),
    ("delete from stock_levels where seq = 2", &["ledger-sums", "ledger-gapless", "reserved-is-held"]),
    ("update stock_ledger set seq = 10 where seq = 9", &["ledger-gapless"]),
    (
        "update stock_ledger set seq = case seq when 1 then 99 else seq - 1 end + 1000;
         update stock_ledger set seq = seq - 1000;
         update stock_ledger set seq = 9 where seq = 99 and order_id is null and on_hand_delta = 10;
         update stock_ledger set seq = 2 where seq = 99;
         update order_lines set seq = seq - 1; update stock_ledger set batch = 1",
        &["ledger-every-instant"],
    ),
    ("update stock_ledger set kind = 'adjust', order_id = null where seq = 9", &["holds-in-ledger"]),
    ("update stock_ledger set kind = 'gift' where kind = 'receive' and on_hand_delta = 5", &["ledger-kinds"]),
    (
        "update stock_ledger set kind = 'transfer_in' where kind = 'receive' and on_hand_delta = 5",
        &["transfers-balance"],
    ),
    (
        "update stock_holds set quantity = 1 where quantity = 2 and state = 'held'",
        &["reserved-is-held", "holds-in-ledger", "lines-match-holds", "purchase-limits"],
    ),
    ("update stock_holds set state = 'expired' where state = 'released'", &["holds-in-ledger"]),
    (
        "update orders set status = 'confirmed', payment_status = 'paid' where status = 'expired'",
        &["holds-match-orders"],
    ),
    (
        "insert into stock_holds select variant_id, location_id, order_id, 2, quantity, 0, 'released', principal_id
         from stock_holds where state = 'confirmed' and returned = 0",
        &["holds-end-once", "holds-in-ledger", "holds-match-orders"],
    ),
    (
        "update order_lines set quantity = 3, net_minor = 2400, tax_minor = 366 where line_no = 1 and seq = 2",
        &["lines-match-holds", "order-totals"],
    ),
    ("update purchase_limit_usage set used = 2 where used = 1", &["purchase-limits"]),
    ("delete from purchase_limit_usage where used = 2", &["purchase-limits"]),
    ("update order_lines set tax_minor = 121 where seq = 6", &["line-amounts", "order-totals"]),
    ("update order_lines set net_minor = 799 where seq = 6", &["line-amounts", "order-totals"]),
    ("update orders set grand_minor = grand_minor - 1 where status = 'confirmed'", &["order-totals"]),
    ("update orders set discount_minor = discount_minor + 1 where status = 'confirmed'", &["order-totals"]),
    ("update orders set detail = '{\"trace\": []}' where status = 'confirmed'", &["order-totals"]),
    ("delete from order_events where version = 2", &["order-history"]),
    ("update orders set version = 7 where status = 'confirmed'", &["order-history"]),
    ("update orders set expires_at = null", &["order-deadlines"]),
    ("update orders set expires_at = now() where status = 'confirmed'", &["order-deadlines"]),
    ("update orders set payment_status = 'unpaid' where status = 'confirmed'", &["order-payments"]),
    ("update carts set generation = 0", &["cart-generations"]),
    ("update carts set last_order_id = '00000000-0000-0000-0000-0000000000b2'", &["cart-generations"]),
    ("delete from journal_batches where number = 4", &["batches-gapless"]),
    ("update cells set last_batch = 6", &["batches-gapless"]),
    ("insert into journal_prunings values (1, 2); delete from journal_batches where number in (1, 3)", &["batches-gapless"]),
    ("update journal_batches set epoch = 1 where number = 4", &["epochs-ascend"]),
    ("update journal_batches set epoch = 3 where number = 5", &["epochs-ascend"]),
    ("update stock_ledger set batch = 6 where seq = 9", &["changes-in-batches"]),
    ("update stock_ledger set batch = 1 where seq = 9", &["changes-in-batches"]),
    ("update order_lines set seq = 7 where seq = 6", &["lines-point-at-changes"]),
    ("update order_lines set seq = 4 where seq = 6", &["lines-point-at-changes"]),
    ("alter table variants drop constraint variants_product_id_fkey; delete from variants where sku = 'SOCK'", &["stray-variants"]),
    (
        "update stock_levels set location_id = '00000000-0000-0000-0000-0000000000ff';
         update stock_ledger set location_id = '00000000-0000-0000-0000-0000000000ff';
         update stock_holds set location_id = '00000000-0000-0000-0000-0000000000ff';
         update order_lines set location_id = '00000000-0000-0000-0000-0000000000ff'",
        &["stray-locations"],
    ),
    (
        "delete from orders where status = 'expired'; delete from order_events where order_id not in (select id from orders);
         delete from order_lines where order_id not in (select id from orders)",
        &["stray-orders", "holds-match-orders", "lines-match-holds"],
    ),
    ("insert into order_events values ('00000000-0000-0000-0000-0000000000ff', 1, 'placed', 'buyer', null, now())", &["stray-orders"]),
];

fn verified(fixture: &Fixture) -> Report {
    fixture.block_on(verify(fixture.url(), 5, &mut |_| ())).expect("the checks run")
}

fn wrong(report: &Report) -> BTreeSet<&'static str> {
    report.findings.iter().filter(|finding| !finding.holds()).map(|finding| finding.check).collect()
}

#[test]
fn an_empty_shop_and_a_sound_one_are_clean() {
    let fixture = Fixture::new();
    assert!(verified(&fixture).is_clean());
    fixture.own.sql(SHOP);
    let report = verified(&fixture);
    let said: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(report.is_clean(), "{}", said.join("\n"));
    assert!(report.findings.iter().filter(|finding| finding.examined == 0).count() <= 1, "{}", said.join("\n"));
}

#[test]
fn whatever_is_broken_is_named() {
    for (sql, expected) in BREAKS {
        let fixture = Fixture::new();
        fixture.own.sql(SHOP);
        fixture.own.sql(*sql);
        let report = verified(&fixture);
        let said: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
        assert_eq!(wrong(&report), expected.iter().copied().collect(), "{sql}\n{}", said.join("\n"));
        assert!(report.findings.iter().all(|finding| finding.holds() || !finding.examples.is_empty()));
    }
}

#[test]
fn every_check_is_broken_by_something() {
    let broken: BTreeSet<&str> = BREAKS.iter().filter_map(|(_, expected)| expected.first()).copied().collect();
    let all: BTreeSet<&str> = names().collect();
    assert_eq!(broken, all);
}
