//! Asks the shop's admin API for everything the verdict needs. Streams page by page: what is kept of an order is small.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::claim::Claim;
use super::judge::{Books, Found, OrderFound, SkuBooks, Status};
use crate::history::{self, Recorder, Row, Span};
use crate::scenario::Stall;
use crate::shop::{Admin, Entry, Level, ListedOrder};

const CONNECTIONS: usize = 8;
/// Of acknowledged and of refused attempts each: looked up by key alone, beside the lists.
const LOOKUPS: usize = 200;

pub(crate) async fn collect(admin: &Admin, stall: &Stall, claims: &[Option<Claim>]) -> anyhow::Result<Books> {
    let numbers: HashMap<&str, u32> = stall.goods.skus.iter().map(|sku| &**sku).zip(0..).collect();
    let books = RefCell::new(Books::default());
    let (into, of) = (&books, &numbers);
    let skus: Vec<SkuBooks> = stream::iter(stall.goods.skus.iter().enumerate())
        .map(|(number, sku)| async move {
            let take_note = |order| note_order(&mut into.borrow_mut(), order, stall, of);
            let (orders, stock) =
                tokio::join!(admin.orders_of(sku, take_note), sku_books(admin, number, sku, stall.history.as_ref()));
            orders?;
            stock
        })
        .buffered(CONNECTIONS)
        .try_collect()
        .await?;
    let looked_up = look_up_some(admin, stall, claims).await?;
    Ok(Books { skus, looked_up, ..books.into_inner() })
}

fn note_order(books: &mut Books, order: ListedOrder, stall: &Stall, numbers: &HashMap<&str, u32>) {
    let key = order.idempotency_key.unwrap_or_default();
    let Some(visit) = stall.visit_of(&key) else {
        books.strangers.push((order.order_no, key));
        return;
    };
    let lines = order.lines.iter().map(|line| (numbers.get(&*line.sku).copied(), line.quantity)).collect();
    let found = OrderFound {
        order_no: order.order_no.into(),
        status: status(&order.status),
        grand_minor: order.totals.grand.amount,
        lines,
        times: 1,
    };
    books.note(visit, found);
}

fn status(word: &str) -> Status {
    match word {
        "cancelled" | "expired" | "returned" => Status::Over,
        _ => Status::Alive,
    }
}

impl Books {
    /// An order that is listed under several SKUs is one order.
    pub(super) fn note(&mut self, visit: u64, order: OrderFound) {
        let Some(known) = self.orders.get_mut(&visit) else {
            self.orders.insert(visit, Found::One(order));
            return;
        };
        match known {
            Found::One(known) if known.order_no == order.order_no => known.times += 1,
            Found::One(first) => *known = Found::Several(vec![first.clone(), order]),
            Found::Several(orders) => match orders.iter_mut().find(|known| known.order_no == order.order_no) {
                Some(known) => known.times += 1,
                None => orders.push(order),
            },
        }
    }
}

async fn sku_books(admin: &Admin, number: usize, sku: &str, history: Option<&Recorder>) -> anyhow::Result<SkuBooks> {
    let mut books = SkuBooks { sku: sku.to_owned(), ..SkuBooks::default() };
    let asked = Instant::now();
    let levels = admin.levels(sku).await?;
    let span = Span { asked, answered: Some(Instant::now()) };
    for level in levels {
        if let Some(history) = history {
            let Level { on_hand, reserved, safety, .. } = level;
            let seen = history::Level { on_hand, reserved, safety };
            history.level(span, number, &level.location_id, &seen, level.seq);
        }
        books.on_hand += level.on_hand;
        books.reserved += level.reserved;
        books.safety += level.safety;
        // Load tests receive at one location: the others have never changed and are at 0.
        books.level_seq += level.seq;
    }
    let mut held = 0;
    admin.holds_of(sku, |hold| held += hold.quantity).await?;
    books.held = held;
    admin
        .ledger_of(sku, |entry| {
            if let Some(history) = history {
                history.entry(&row(number, &entry));
            }
            books.ledger_seqs.push(entry.seq);
            books.ledger_on_hand += entry.on_hand_delta;
            books.ledger_reserved += entry.reserved_delta;
        })
        .await?;
    if let Some(history) = history {
        history.books(number);
    }
    books.ledger_seqs.sort_unstable();
    Ok(books)
}

fn row(sku: usize, entry: &Entry) -> Row<'_> {
    Row {
        sku,
        location: &entry.location_id,
        seq: entry.seq,
        batch: entry.batch,
        kind: &entry.kind,
        on_hand: entry.on_hand_delta,
        reserved: entry.reserved_delta,
        order: entry.order_id.as_deref(),
    }
}

async fn look_up_some(admin: &Admin, stall: &Stall, claims: &[Option<Claim>]) -> anyhow::Result<Vec<(u64, usize)>> {
    let some_of = |wanted: fn(&Claim) -> bool| {
        let all: Vec<u64> =
            (0..).zip(claims).filter(|(_, claim)| claim.as_ref().is_some_and(wanted)).map(|(visit, _)| visit).collect();
        // Spread over the run, not its beginning.
        let step = (all.len() / LOOKUPS).max(1);
        all.into_iter().step_by(step).take(LOOKUPS)
    };
    let visits = some_of(|claim| matches!(claim, Claim::Acknowledged(_)))
        .chain(some_of(|claim| matches!(claim, Claim::Refused)));
    stream::iter(visits)
        .map(|visit| async move { anyhow::Ok((visit, admin.orders_with_key(&stall.key(visit)).await?.len())) })
        .buffered(CONNECTIONS)
        .try_collect()
        .await
}
