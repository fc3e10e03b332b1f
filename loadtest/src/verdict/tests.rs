//! The judge on doctored books: each kind of wrong, made once, must be found, and nothing else.

use super::claim::{Claim, Line, Receipt};
use super::finding::Finding;
use super::judge::{Books, Found, OrderFound, SkuBooks, Status, Told, judge};

const UNITS: i64 = 3;

/// A right sale of three units of `S0`: visits 0 to 2 bought one each, visit 3 was refused.
struct Sale {
    claims: Vec<Option<Claim>>,
    refused_least: Vec<Option<i64>>,
    books: Books,
}

fn sale() -> Sale {
    let mut claims: Vec<Option<Claim>> =
        (0..3).map(|visit| Some(Claim::Acknowledged(Box::new(receipt(visit))))).collect();
    claims.push(Some(Claim::Refused));
    let sku = SkuBooks {
        sku: "S0".into(),
        on_hand: UNITS,
        reserved: 3,
        safety: 0,
        level_seq: 4,
        held: 3,
        ledger_seqs: vec![1, 2, 3, 4],
        ledger_on_hand: UNITS,
        ledger_reserved: 3,
    };
    let orders = (0..3).map(|visit| (visit, Found::One(order(visit)))).collect();
    let books = Books { orders, skus: vec![sku], looked_up: vec![(0, 1), (3, 0)], ..Books::default() };
    Sale { claims, refused_least: vec![Some(1)], books }
}

fn receipt(visit: u64) -> Receipt {
    let line = Line { sku: "S0".into(), quantity: 1, seq: Some(2 + visit.cast_signed()) };
    Receipt { order_no: format!("N{visit}").into(), grand_minor: 129_900, cancelled: false, lines: Box::new([line]) }
}

fn order(visit: u64) -> OrderFound {
    OrderFound {
        order_no: format!("N{visit}").into(),
        status: Status::Alive,
        grand_minor: 129_900,
        lines: Box::new([(Some(0), 1)]),
        times: 1,
    }
}

impl Sale {
    fn findings(&self) -> Vec<Finding> {
        let told = Told {
            claims: &self.claims,
            refused_least: &self.refused_least,
            received: UNITS,
            key: &|visit| format!("k-{visit}"),
        };
        judge(&told, &self.books).findings
    }

    fn acknowledged(&mut self, visit: usize) -> &mut Receipt {
        match &mut self.claims[visit] {
            Some(Claim::Acknowledged(receipt)) => receipt,
            other => panic!("visit {visit} is {other:?}"),
        }
    }

    fn found(&mut self, visit: u64) -> &mut OrderFound {
        match self.books.orders.get_mut(&visit) {
            Some(Found::One(order)) => order,
            other => panic!("visit {visit} is {other:?}"),
        }
    }

    fn sku(&mut self) -> &mut SkuBooks {
        &mut self.books.skus[0]
    }
}

#[track_caller]
fn check(doctor: impl FnOnce(&mut Sale), expected: &[&str]) {
    let mut sale = sale();
    doctor(&mut sale);
    let findings: Vec<String> = sale.findings().iter().map(ToString::to_string).collect();
    assert_eq!(findings, expected);
}

#[test]
fn a_right_sale_has_no_findings() {
    check(|_| {}, &[]);
}

#[test]
fn an_oversold_sale_is_found() {
    check(
        |sale| {
            sale.claims[3] = Some(Claim::Acknowledged(Box::new(receipt(3))));
            sale.books.orders.insert(3, Found::One(order(3)));
            sale.books.looked_up.clear();
            let sku = sale.sku();
            (sku.reserved, sku.held, sku.ledger_reserved, sku.level_seq) = (4, 4, 4, 5);
            sku.ledger_seqs.push(5);
        },
        &["S0: 4 reserved of 3 on hand", "oversold: 4 units of S0 sold, 3 received"],
    );
}

#[test]
fn an_oversold_sale_with_a_level_that_looks_right_is_found() {
    check(
        |sale| {
            sale.claims[3] = Some(Claim::Acknowledged(Box::new(receipt(0))));
            sale.acknowledged(3).order_no = "N3".into();
            sale.acknowledged(3).lines[0].seq = None;
            sale.books.orders.insert(3, Found::One(order(3)));
            sale.books.looked_up.clear();
        },
        &["oversold: 4 units of S0 sold, 3 received", "S0: 3 units are taken from stock, living orders have 4"],
    );
}

#[test]
fn a_lost_order_is_found() {
    check(
        |sale| {
            sale.books.orders.remove(&1);
            // Lost with everything that belongs to it.
            let sku = sale.sku();
            (sku.reserved, sku.held, sku.ledger_reserved, sku.level_seq) = (2, 2, 2, 4);
            sku.ledger_on_hand = UNITS;
            sale.refused_least = vec![None];
        },
        &["lost: order N1 was acknowledged (key k-1) and is not there"],
    );
}

#[test]
fn a_doubled_order_is_found() {
    check(
        |sale| {
            let second = OrderFound { order_no: "N9".into(), ..order(2) };
            sale.books.note(2, second);
        },
        &[
            "doubled: one attempt (key k-2) became orders N2, N9",
            "oversold: 4 units of S0 sold, 3 received",
            "S0: 3 units are taken from stock, living orders have 4",
        ],
    );
}

#[test]
fn an_order_that_is_not_as_told_is_found() {
    check(|sale| sale.found(0).grand_minor = 1, &["order N0: the shopper was told a total of 129900, the books say 1"]);
    check(|sale| sale.acknowledged(0).order_no = "N7".into(), &["key k-0 was answered with order N7, but is order N0"]);
    check(
        |sale| sale.acknowledged(0).lines[0].sku = "S1".into(),
        &["order N0: the shopper was told 1 x S1, the books say 1 x S0"],
    );
}

#[test]
fn a_refused_attempt_that_became_an_order_is_found() {
    check(
        |sale| {
            sale.claims[1] = Some(Claim::Refused);
        },
        &["key k-1 was refused, and yet order N1 exists"],
    );
}

#[test]
fn sold_out_with_units_left_is_a_phantom_refusal() {
    let one_left = |sale: &mut Sale| {
        sale.claims[2] = Some(Claim::Refused);
        sale.books.orders.remove(&2);
        let sku = sale.sku();
        (sku.reserved, sku.held, sku.ledger_reserved, sku.level_seq) = (2, 2, 2, 3);
        sku.ledger_seqs.pop();
    };
    check(one_left, &["phantom refusal: 1 of S0 were refused as sold out, 1 are left"]);
    // Two were asked, one is left: the refusal was right. So it was where the safety stock is meant to stay.
    check(|sale| (one_left(sale), sale.refused_least[0] = Some(2)).1, &[]);
    check(|sale| (one_left(sale), sale.sku().safety = 1).1, &[]);
}

#[test]
fn units_that_came_back_later_make_no_phantom() {
    check(
        |sale| {
            sale.found(2).status = Status::Over;
            sale.acknowledged(2).cancelled = true;
            let sku = sale.sku();
            (sku.reserved, sku.held, sku.ledger_reserved, sku.level_seq) = (2, 2, 2, 5);
            sku.ledger_seqs.push(5);
        },
        &[],
    );
}

#[test]
fn a_cancelled_order_that_lives_is_found() {
    check(
        |sale| sale.acknowledged(0).cancelled = true,
        &["order N0: its shopper was told it is cancelled, it is alive"],
    );
}

#[test]
fn holds_and_ledger_and_level_must_agree() {
    check(|sale| sale.sku().held = 2, &["S0: 2 units are held, 3 reserved"]);
    check(
        |sale| sale.sku().ledger_reserved = 2,
        &["S0: the ledger adds up to 3 on hand, 2 reserved; the level says 3, 3"],
    );
    check(
        |sale| (sale.sku().on_hand, sale.sku().ledger_on_hand) = (4, 4),
        &[
            "S0: 2 units are taken from stock, living orders have 3",
            "phantom refusal: 1 of S0 were refused as sold out, 1 are left",
        ],
    );
}

#[test]
fn a_gap_in_the_ledger_is_found() {
    let gap = "S0: the ledger has 3 entries from 1 to 4, the level is at 4";
    check(|sale| sale.sku().ledger_seqs.retain(|seq| *seq != 2), &[gap]);
    check(|sale| sale.sku().ledger_seqs[1] = 1, &["S0: the ledger has 4 entries from 1 to 4, the level is at 4"]);
    check(|sale| sale.sku().ledger_seqs.truncate(3), &["S0: the ledger has 3 entries from 1 to 3, the level is at 4"]);
}

#[test]
fn each_change_of_stock_is_acknowledged_once() {
    check(|sale| sale.acknowledged(0).lines[0].seq = Some(3), &["S0: change 3 was acknowledged to two orders"]);
    check(
        |sale| sale.acknowledged(0).lines[0].seq = Some(77),
        &["S0: change 77 was acknowledged, the ledger ends at 4"],
    );
}

#[test]
fn two_lines_of_one_sku_are_one_change_and_may_be_shown_as_one() {
    check(
        |sale| {
            sale.claims.drain(1..3);
            sale.books.orders.clear();
            sale.books.looked_up.clear();
            let two = [1, 2].map(|quantity| Line { sku: "S0".into(), quantity, seq: Some(2) });
            sale.acknowledged(0).lines = Box::new(two);
            sale.books.note(0, OrderFound { lines: Box::new([(Some(0), 3)]), ..order(0) });
            let sku = sale.sku();
            (sku.ledger_seqs, sku.level_seq) = (vec![1, 2], 2);
        },
        &[],
    );
}

#[test]
fn what_nobody_asked_for_is_found() {
    check(
        |sale| {
            sale.books.strangers.push(("N8".into(), "another".into()));
            sale.claims[0] = None;
        },
        &["order N0 (key k-0) was asked for by nobody", "order N8 (key another) was asked for by nobody"],
    );
}

#[test]
fn an_attempt_without_an_answer_is_no_clean_sale() {
    check(
        |sale| sale.claims[0] = Some(Claim::Unknown { buyer: 0 }),
        &["1 attempts have no answer, not even after repeats"],
    );
    check(|sale| sale.claims[0] = Some(Claim::Unreadable), &["1 acknowledgements could not be understood"]);
}

#[test]
fn the_list_and_the_lookup_must_agree() {
    check(|sale| sale.books.looked_up[1] = (3, 1), &["key k-3: 0 orders in the list, 1 when looked up by key"]);
    check(|sale| sale.books.note(0, order(0)), &["order N0 is listed 2 times, under 1 SKUs"]);
}
