//! PURE. Compares what was told with what the books say.

use std::collections::HashMap;
use std::fmt::Write;

use serde::Serialize;

use super::claim::{Claim, Line, Receipt};
use super::finding::Finding;

/// What the shoppers of a run know.
pub(crate) struct Told<'a> {
    /// By visit number; `None` where a visit never came to checkout.
    pub(crate) claims: &'a [Option<Claim>],
    /// By SKU number: the smallest quantity that was refused as sold out.
    pub(crate) refused_least: &'a [Option<i64>],
    /// Of each SKU.
    pub(crate) received: i64,
    /// A visit's idempotency key.
    pub(crate) key: &'a dyn Fn(u64) -> String,
}

/// What the shop says afterwards.
#[derive(Default)]
pub(crate) struct Books {
    /// Orders with a key of this run, by visit number. More than one is a doubled order.
    pub(crate) orders: HashMap<u64, Found>,
    /// Orders of these goods with any other key, or none: order number and key.
    pub(crate) strangers: Vec<(String, String)>,
    /// By SKU number.
    pub(crate) skus: Vec<SkuBooks>,
    /// Orders looked up by their key alone, as a second opinion: visit and how many there were.
    pub(crate) looked_up: Vec<(u64, usize)>,
}

/// Nearly always one order.
#[derive(Debug)]
pub(crate) enum Found {
    One(OrderFound),
    Several(Vec<OrderFound>),
}

#[derive(Clone, Debug)]
pub(crate) struct OrderFound {
    pub(crate) order_no: Box<str>,
    pub(crate) status: Status,
    pub(crate) grand_minor: i64,
    /// SKU number and quantity; other goods have no number.
    pub(crate) lines: Box<[(Option<u32>, i64)]>,
    /// How often the lists showed it.
    pub(crate) times: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Its units are held or sold.
    Alive,
    /// Cancelled or expired: its units are back.
    Over,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct SkuBooks {
    pub(crate) sku: String,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) safety: i64,
    pub(crate) level_seq: i64,
    pub(crate) held: i64,
    /// Ascending.
    pub(crate) ledger_seqs: Vec<i64>,
    pub(crate) ledger_on_hand: i64,
    pub(crate) ledger_reserved: i64,
}

#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Verdict {
    pub(crate) clean: bool,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) orders_found: u64,
    pub(crate) orders_over: u64,
    pub(crate) units_received: i64,
    pub(crate) units_sold: i64,
    pub(crate) looked_up: usize,
    #[serde(skip)]
    pub(crate) findings: Vec<Finding>,
}

pub(crate) fn judge(told: &Told<'_>, books: &Books) -> Verdict {
    let mut verdict = Verdict::default();
    judge_claims(told, books, &mut verdict);
    judge_orders(told, books, &mut verdict);
    judge_lookups(told, books, &mut verdict);
    let sold = units_of_living_orders(books);
    for (number, sku) in books.skus.iter().enumerate() {
        let ordered = sold.get(number).copied().unwrap_or_default();
        judge_sku(sku, told, ordered, told.refused_least.get(number).copied().flatten(), &mut verdict);
        verdict.units_received += told.received;
        verdict.units_sold += ordered.alive;
    }
    judge_seqs(told, books, &mut verdict);
    verdict.clean = verdict.findings.is_empty();
    verdict
}

fn judge_claims(told: &Told<'_>, books: &Books, verdict: &mut Verdict) {
    let (mut unresolved, mut unreadable) = (0, 0);
    for (visit, claim) in (0..).zip(told.claims) {
        let found = books.orders.get(&visit).map(Found::first);
        let key = || (told.key)(visit);
        match (claim, found) {
            (Some(Claim::Acknowledged(receipt)), Some(order)) => {
                verdict.acknowledged += 1;
                judge_receipt(receipt, order, books, key, &mut verdict.findings);
            }
            (Some(Claim::Acknowledged(receipt)), None) => {
                verdict.acknowledged += 1;
                verdict.findings.push(Finding::Lost { key: key(), order_no: receipt.order_no.to_string() });
            }
            (Some(Claim::Refused), found) => {
                verdict.refused += 1;
                if let Some(order) = found {
                    verdict
                        .findings
                        .push(Finding::RefusedButPlaced { key: key(), order_no: order.order_no.to_string() });
                }
            }
            (Some(Claim::Unknown { .. }), _) => unresolved += 1,
            (Some(Claim::Unreadable), _) => unreadable += 1,
            (None, None) => {}
            (None, Some(order)) => {
                verdict.findings.push(Finding::Unasked { order_no: order.order_no.to_string(), key: key() })
            }
        }
    }
    if unresolved > 0 {
        verdict.findings.push(Finding::Unresolved { attempts: unresolved });
    }
    if unreadable > 0 {
        verdict.findings.push(Finding::Unreadable { attempts: unreadable });
    }
}

fn judge_receipt(
    receipt: &Receipt,
    order: &OrderFound,
    books: &Books,
    key: impl Fn() -> String,
    findings: &mut Vec<Finding>,
) {
    let order_no = || order.order_no.to_string();
    if receipt.order_no != order.order_no {
        findings.push(Finding::OtherNumber { key: key(), told: receipt.order_no.to_string(), found: order_no() });
    }
    if receipt.grand_minor != order.grand_minor {
        findings.push(Finding::OtherTotal {
            order_no: order_no(),
            told_minor: receipt.grand_minor,
            found_minor: order.grand_minor,
        });
    }
    if !same_lines(&receipt.lines, &order.lines, books) {
        let (told, found) = (told_lines(&receipt.lines), found_lines(&order.lines, books));
        findings.push(Finding::OtherLines { order_no: order_no(), told, found });
    }
    if receipt.cancelled && order.status == Status::Alive {
        findings.push(Finding::CancelledButAlive { order_no: order_no(), status: "alive".into() });
    }
}

/// The same units of the same SKUs; whether two lines of one SKU are shown as one is the shop's business.
fn same_lines(told: &[Line], found: &[(Option<u32>, i64)], books: &Books) -> bool {
    if let ([told], [(Some(number), quantity)]) = (told, found) {
        return told.quantity == *quantity && books.sku_is(*number, &told.sku);
    }
    let total = |quantities: &mut dyn Iterator<Item = i64>| quantities.sum::<i64>();
    let every_told_is_found = told.iter().all(|line| {
        let told_units = total(&mut told.iter().filter(|other| other.sku == line.sku).map(|other| other.quantity));
        let found_units = total(&mut found.iter().filter_map(|(number, quantity)| {
            number.is_some_and(|number| books.sku_is(number, &line.sku)).then_some(*quantity)
        }));
        told_units == found_units
    });
    every_told_is_found
        && total(&mut told.iter().map(|line| line.quantity)) == total(&mut found.iter().map(|line| line.1))
}

fn judge_orders(told: &Told<'_>, books: &Books, verdict: &mut Verdict) {
    for (visit, found) in &books.orders {
        if let Found::Several(orders) = found {
            let order_nos = orders.iter().map(|order| order.order_no.to_string()).collect();
            verdict.findings.push(Finding::Doubled { key: (told.key)(*visit), order_nos });
        }
        if *visit >= told.claims.len() as u64 {
            let order_no = found.first().order_no.to_string();
            verdict.findings.push(Finding::Unasked { order_no, key: (told.key)(*visit) });
        }
        for order in found.all() {
            verdict.orders_found += 1;
            verdict.orders_over += u64::from(order.status == Status::Over);
            let expected = different_skus(&order.lines);
            if order.times != expected {
                let order_no = order.order_no.to_string();
                verdict.findings.push(Finding::ListedWrong { order_no, times: order.times, expected });
            }
        }
    }
    for (order_no, key) in &books.strangers {
        verdict.findings.push(Finding::Unasked { order_no: order_no.clone(), key: key.clone() });
    }
}

fn judge_lookups(told: &Told<'_>, books: &Books, verdict: &mut Verdict) {
    for (visit, looked_up) in &books.looked_up {
        let listed = books.orders.get(visit).map_or(0, |found| found.all().len());
        if listed != *looked_up {
            verdict.findings.push(Finding::LookupDiffers { key: (told.key)(*visit), listed, looked_up: *looked_up });
        }
    }
    verdict.looked_up = books.looked_up.len();
}

#[derive(Clone, Copy, Default)]
struct Ordered {
    alive: i64,
    over: i64,
}

fn units_of_living_orders(books: &Books) -> Vec<Ordered> {
    let mut ordered = vec![Ordered::default(); books.skus.len()];
    for order in books.orders.values().flat_map(Found::all) {
        for (number, quantity) in &order.lines {
            let Some(ordered) = number.and_then(|number| ordered.get_mut(number as usize)) else {
                continue;
            };
            match order.status {
                Status::Alive => ordered.alive += quantity,
                Status::Over => ordered.over += quantity,
            }
        }
    }
    ordered
}

fn judge_sku(books: &SkuBooks, told: &Told<'_>, ordered: Ordered, refused_least: Option<i64>, verdict: &mut Verdict) {
    let findings = &mut verdict.findings;
    let sku = || books.sku.clone();
    let SkuBooks { on_hand, reserved, .. } = *books;
    if reserved < 0 || reserved > on_hand {
        findings.push(Finding::ImpossibleLevel { sku: sku(), on_hand, reserved });
    }
    if ordered.alive > told.received {
        findings.push(Finding::Oversold { sku: sku(), received: told.received, sold: ordered.alive });
    }
    // Sold units have left the shelf or are promised: either way they are missing from what is free.
    let taken = told.received - (on_hand - reserved);
    if taken != ordered.alive {
        findings.push(Finding::StockAgainstOrders { sku: sku(), taken, ordered: ordered.alive });
    }
    if books.held != reserved {
        findings.push(Finding::HoldsSum { sku: sku(), held: books.held, reserved });
    }
    let ledger = (books.ledger_on_hand, books.ledger_reserved);
    if ledger != (on_hand, reserved) {
        findings.push(Finding::LedgerSum { sku: sku(), ledger, level: (on_hand, reserved) });
    }
    let seqs = &books.ledger_seqs;
    let (first, last) = (seqs.first().copied().unwrap_or(0), seqs.last().copied().unwrap_or(0));
    let gapless = seqs.windows(2).all(|pair| pair[1] == pair[0] + 1) && (seqs.is_empty() || first == 1);
    if !gapless || last != books.level_seq {
        findings.push(Finding::LedgerGap { sku: sku(), entries: seqs.len(), first, last, level_seq: books.level_seq });
    }
    let left = on_hand - reserved - books.safety;
    // Where units came back later, a refusal before that was right.
    if let Some(refused) = refused_least
        && ordered.over == 0
        && left >= refused
    {
        findings.push(Finding::PhantomRefusal { sku: sku(), left, refused });
    }
}

/// Each acknowledged change of stock belongs to one order, and the ledger has it.
fn judge_seqs(told: &Told<'_>, books: &Books, verdict: &mut Verdict) {
    let numbers: HashMap<&str, usize> =
        books.skus.iter().enumerate().map(|(number, sku)| (&*sku.sku, number)).collect();
    let mut seqs: Vec<Vec<i64>> = vec![Vec::new(); books.skus.len()];
    for claim in told.claims.iter().flatten() {
        let Claim::Acknowledged(receipt) = claim else {
            continue;
        };
        for (at, line) in receipt.lines.iter().enumerate() {
            // Two lines of one SKU are one change.
            let again = receipt.lines[..at].iter().any(|earlier| earlier.sku == line.sku && earlier.seq == line.seq);
            if let (Some(seq), Some(number), false) = (line.seq, numbers.get(&*line.sku), again) {
                seqs[*number].push(seq);
            }
        }
    }
    for (sku, mut seqs) in books.skus.iter().zip(seqs) {
        seqs.sort_unstable();
        for pair in seqs.windows(2).filter(|pair| pair[0] == pair[1]) {
            verdict.findings.push(Finding::SeqTwice { sku: sku.sku.clone(), seq: pair[0] });
        }
        if let Some(&last) = seqs.last()
            && last > sku.level_seq
        {
            verdict.findings.push(Finding::SeqUnknown { sku: sku.sku.clone(), seq: last, last: sku.level_seq });
        }
    }
}

fn different_skus(lines: &[(Option<u32>, i64)]) -> u32 {
    let different = |at: &usize| lines[..*at].iter().all(|earlier| earlier.0 != lines[*at].0);
    u32::try_from((0..lines.len()).filter(different).count()).unwrap_or(u32::MAX)
}

fn told_lines(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let _never = write!(text, "{} x {} ", line.quantity, line.sku);
    }
    text.trim_end().to_owned()
}

fn found_lines(lines: &[(Option<u32>, i64)], books: &Books) -> String {
    let mut text = String::new();
    for (number, quantity) in lines {
        let sku = number.and_then(|number| books.skus.get(number as usize));
        let _never = write!(text, "{quantity} x {} ", sku.map_or("something else", |sku| &sku.sku));
    }
    text.trim_end().to_owned()
}

impl Books {
    fn sku_is(&self, number: u32, sku: &str) -> bool {
        self.skus.get(number as usize).is_some_and(|books| books.sku == sku)
    }
}

impl Found {
    pub(crate) fn first(&self) -> &OrderFound {
        match self {
            Self::One(order) => order,
            Self::Several(orders) => &orders[0],
        }
    }

    pub(crate) fn all(&self) -> &[OrderFound] {
        match self {
            Self::One(order) => std::slice::from_ref(order),
            Self::Several(orders) => orders,
        }
    }
}
