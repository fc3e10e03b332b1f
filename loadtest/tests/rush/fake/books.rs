//! The fake shop's memory: stock, ledger, orders by key, carts.

use std::collections::{BTreeMap, HashMap};

use super::{Flaw, STALL};

pub(super) const PRICE: i64 = 129_900;

const STALLS_AT: u64 = 20;

pub(super) struct Books {
    flaw: Flaw,
    pub(super) stock: BTreeMap<String, Stock>,
    pub(super) orders: Vec<Order>,
    /// The answer to a key that was seen.
    by_key: HashMap<String, usize>,
    /// For the lists: where the orders of a SKU, and of a key, are.
    pub(super) of_sku: HashMap<String, Vec<usize>>,
    pub(super) of_key: HashMap<String, Vec<usize>>,
    refused: u64,
    pub(super) carts: HashMap<String, Vec<(String, i64)>>,
    pub(super) cart_keys: HashMap<String, ()>,
    requests: u64,
    taken: u64,
}

#[derive(Default)]
pub(super) struct Stock {
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) held: i64,
    pub(super) ledger: Vec<Entry>,
    pub(super) seq: i64,
}

pub(super) struct Entry {
    pub(super) seq: i64,
    pub(super) kind: &'static str,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) order: Option<String>,
}

#[derive(Clone)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) order_no: String,
    pub(super) key: String,
    pub(super) status: &'static str,
    pub(super) total: i64,
    pub(super) lines: Vec<(String, i64, i64)>,
}

pub(super) enum Placing {
    Placed(Order),
    SoldOut { sku: String, asked: i64, left: i64, seq: i64 },
}

/// What a stumbling shop does with a request.
pub(super) enum Stumble {
    Busy,
    InFlight,
    /// Done, and the answer is lost.
    Silent,
    No,
}

impl Books {
    pub(super) fn new(flaw: Flaw) -> Self {
        Self {
            flaw,
            stock: BTreeMap::new(),
            orders: Vec::new(),
            by_key: HashMap::new(),
            of_sku: HashMap::new(),
            of_key: HashMap::new(),
            refused: 0,
            carts: HashMap::new(),
            cart_keys: HashMap::new(),
            requests: 0,
            taken: 0,
        }
    }

    /// The number of the change.
    pub(super) fn receive(&mut self, sku: &str, quantity: i64) -> i64 {
        let stock = self.stock.entry(sku.to_owned()).or_default();
        stock.on_hand += quantity;
        stock.enter("receive", quantity, 0, None)
    }

    pub(super) fn stumble(&mut self) -> Stumble {
        self.requests += 1;
        if self.flaw == Flaw::Stalls && self.requests == STALLS_AT {
            // All others wait as well: this is the only thread, and it has the books.
            std::thread::sleep(STALL);
        }
        match (self.flaw, self.requests % 23) {
            (Flaw::Stumbles, 3) => Stumble::Busy,
            (Flaw::Stumbles, 9) => Stumble::InFlight,
            (Flaw::Stumbles, 15) => Stumble::Silent,
            _ => Stumble::No,
        }
    }

    /// Two orders in, so that each flaw has something before and after it.
    fn is_time_for(&self, flaw: Flaw) -> bool {
        self.flaw == flaw && self.orders.len() == 2
    }

    pub(super) fn place(&mut self, key: &str, items: &[(String, i64)]) -> Placing {
        if let Some(&known) = self.by_key.get(key) {
            return Placing::Placed(self.orders[known].clone());
        }
        let mut wanted: BTreeMap<&str, i64> = BTreeMap::new();
        for (sku, quantity) in items {
            *wanted.entry(sku).or_default() += quantity;
        }
        let spare = if self.flaw == Flaw::Oversells { 1 } else { 0 };
        let too_soon = self.is_time_for(Flaw::RefusesTooSoon);
        for (sku, asked) in &wanted {
            let stock = &self.stock[*sku];
            let keep = if self.flaw == Flaw::RefusesTooSoon { 1 } else { 0 };
            if too_soon || stock.on_hand - stock.reserved + spare - keep < *asked {
                let left = (stock.on_hand - stock.reserved).max(0);
                let sold_out = Placing::SoldOut { sku: (*sku).to_owned(), asked: *asked, left, seq: stock.seq };
                self.refused += 1;
                if self.flaw == Flaw::RefusesButPlaces && self.refused == 2 {
                    let lines = items.iter().map(|(sku, quantity)| (sku.clone(), *quantity, 0)).collect();
                    self.keep(Order {
                        id: "ord-ghost".into(),
                        order_no: "GHOST".into(),
                        key: key.into(),
                        status: "payment_pending",
                        total: PRICE,
                        lines,
                    });
                }
                return sold_out;
            }
        }
        let order = self.take(key, items, &wanted);
        if self.is_time_for(Flaw::LosesAnOrder) {
            // Told, and forgotten with all its units.
            for (sku, quantity) in &wanted {
                let stock = self.stock.get_mut(*sku).unwrap();
                stock.reserved -= quantity;
                stock.held -= quantity;
                stock.enter("release", 0, -quantity, Some(&order.id));
            }
            self.keep(Order { key: "elsewhere".into(), lines: Vec::new(), ..order.clone() });
            return Placing::Placed(order);
        }
        if self.is_time_for(Flaw::DoublesAnOrder) {
            let second = self.take(key, items, &wanted);
            self.keep(second);
        }
        let mut kept = order.clone();
        if self.is_time_for(Flaw::ChargesMore) {
            kept.total += 100;
        }
        if self.is_time_for(Flaw::AnswersAnotherNumber) {
            kept.order_no = "ANOTHER".into();
        }
        let lists_twice = self.is_time_for(Flaw::ListsAnOrderTwice);
        if self.is_time_for(Flaw::SendsAnother) {
            kept.lines[0].0 = self.stock.keys().find(|sku| **sku != kept.lines[0].0).unwrap().clone();
        }
        let at = self.orders.len();
        self.by_key.insert(key.to_owned(), at);
        self.keep(kept);
        if lists_twice {
            self.of_sku.entry(order.lines[0].0.clone()).or_default().push(at);
        }
        Placing::Placed(order)
    }

    fn keep(&mut self, order: Order) {
        let at = self.orders.len();
        self.of_key.entry(order.key.clone()).or_default().push(at);
        for (sku, _, _) in &order.lines {
            let of_sku = self.of_sku.entry(sku.clone()).or_default();
            if of_sku.last() != Some(&at) {
                of_sku.push(at);
            }
        }
        self.orders.push(order);
    }

    fn take(&mut self, key: &str, items: &[(String, i64)], wanted: &BTreeMap<&str, i64>) -> Order {
        let forget_hold = self.is_time_for(Flaw::ForgetsAHold);
        let forget_entry = self.is_time_for(Flaw::ForgetsALedgerEntry);
        let miscount = self.is_time_for(Flaw::MiscountsALedgerEntry);
        let another_level = self.is_time_for(Flaw::ShowsAnotherLevel);
        let id = format!("ord-{}", self.taken);
        self.taken += 1;
        for (sku, quantity) in wanted {
            let stock = self.stock.get_mut(*sku).unwrap();
            stock.reserved += quantity;
            stock.held += if forget_hold { 0 } else { *quantity };
            stock.enter("hold", 0, *quantity, Some(&id));
            if forget_entry {
                stock.ledger.pop();
            }
            if miscount && let Some(entry) = stock.ledger.last_mut() {
                entry.reserved += 1;
            }
            if another_level {
                stock.on_hand -= 1;
            }
        }
        let lines = items.iter().map(|(sku, quantity)| (sku.clone(), *quantity, self.stock[sku].seq)).collect();
        let units: i64 = items.iter().map(|(_, quantity)| quantity).sum();
        let order_no = format!("D-{}-{}", self.orders.len(), self.stock.values().map(|stock| stock.seq).sum::<i64>());
        Order { id, order_no, key: key.to_owned(), status: "payment_pending", total: PRICE * units, lines }
    }

    /// SKU, quantity and number of each change.
    pub(super) fn cancel(&mut self, order_no: &str) -> Option<Vec<(String, i64, i64)>> {
        let order = self.orders.iter_mut().find(|order| order.order_no == order_no)?;
        let mut changes = Vec::new();
        if order.status != "cancelled" {
            order.status = "cancelled";
            for (sku, quantity, _) in order.lines.clone() {
                let stock = self.stock.get_mut(&sku).unwrap();
                stock.reserved -= quantity;
                stock.held -= quantity;
                changes.push((sku, quantity, stock.enter("release", 0, -quantity, Some(&order.id))));
            }
        }
        Some(changes)
    }
}

impl Stock {
    fn enter(&mut self, kind: &'static str, on_hand: i64, reserved: i64, order: Option<&String>) -> i64 {
        self.seq += 1;
        self.ledger.push(Entry { seq: self.seq, kind, on_hand, reserved, order: order.cloned() });
        self.seq
    }
}
