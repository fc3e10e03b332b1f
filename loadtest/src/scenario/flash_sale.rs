//! Many people want the same few things in the same moment.
//!
//! A shopper wants a basket, buys it now or by way of the cart, repeats with the same key while there is no
//! real answer, and writes down what they were told. The verdict holds the shop to it.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Instant;

use super::goods::{Basket, Stall};
use crate::agent::{Agent, Answer};
use crate::http::{Request, Target};
use crate::measure::Operation;
use crate::rush::{Pace, Scenario, Visit};
use crate::shop::{Buyer, Item, Placed, Purchase, Short, shortages};
use crate::verdict::{Claim, Receipt};
use crate::workload::Payment;

pub(crate) struct FlashSale {
    pub(crate) stall: Arc<Stall>,
    pub(crate) target: Arc<Target>,
    /// Visits are unlimited, so that a cart cannot belong to one visit: it belongs to the agent.
    pub(crate) cart_per_agent: bool,
}

/// What the shoppers of one thread were told.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) claims: Vec<(u64, Claim)>,
    /// The smallest quantity of each SKU (by number) that was refused as sold out.
    pub(crate) refused_least: Vec<Option<i64>>,
}

impl FlashSale {
    pub(crate) fn new(stall: Arc<Stall>, target: Arc<Target>, pace: &Pace) -> Self {
        let cart_per_agent = stall.sale.cart && matches!(pace, Pace::Lasting(_));
        Self { stall, target, cart_per_agent }
    }

    /// The same shoppers at the same stall.
    pub(crate) fn again(&self) -> Self {
        let Self { stall, target, cart_per_agent } = self;
        Self { stall: stall.clone(), target: target.clone(), cart_per_agent: *cart_per_agent }
    }

    /// How many shoppers must have a session before the doors open.
    pub(crate) fn buyers_needed(cart: bool, pace: &Pace, agents: usize) -> u64 {
        const ENOUGH_TO_BUY_NOW: u64 = 10_000;
        match pace {
            Pace::Lasting(_) => agents as u64,
            Pace::Visits(visits) => *visits,
            Pace::Planned(moments) if cart => moments.len() as u64,
            Pace::Planned(moments) => ENOUGH_TO_BUY_NOW.min(moments.len() as u64),
        }
    }

    /// The checkout of this visit, the same bytes each time.
    pub(crate) fn checkout(&self, visit: u64, buyer: usize) -> Request {
        let stall = &*self.stall;
        let basket = stall.basket(visit);
        let items = stall.items(&basket);
        let items = (!stall.sale.cart).then_some(&items[..]);
        let purchase = Purchase::new(items, stall.sale.payment.name(), Some(&stall.total));
        stall.buyers[buyer].checkout(&self.target, &stall.key(visit), &purchase)
    }

    /// Buys, and answers what the shop said.
    pub(crate) async fn buy(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Notes>) -> Answer {
        let buyer = self.buyer(visit);
        let mut from = visit.planned;
        if self.stall.sale.cart {
            let basket = self.stall.basket(visit.number);
            let filled = self.fill_cart(&self.stall.buyers[buyer], visit, &basket, agent).await;
            if !matches!(filled, Answer::Accepted(_)) {
                return filled;
            }
            from = Instant::now();
        }
        let answer = agent.ask(Operation::Checkout, &self.checkout(visit.number, buyer), from).await;
        self.stall.record_checkout(visit.number, agent.span(), answer, agent.body());
        notes.borrow_mut().write_down(&self.stall, visit.number, buyer, answer, agent.body());
        answer
    }

    pub(super) fn buyer(&self, visit: Visit) -> usize {
        if self.cart_per_agent { visit.agent % self.stall.buyers.len() } else { self.buyer_of(visit.number) }
    }

    /// Who comes on a visit, where that does not depend on the agent.
    pub(crate) fn buyer_of(&self, visit: u64) -> usize {
        usize::try_from(visit).unwrap_or(0) % self.stall.buyers.len()
    }

    async fn fill_cart(&self, buyer: &Buyer, visit: Visit, basket: &Basket, agent: &mut Agent) -> Answer {
        let mut from = visit.planned;
        let mut answer = Answer::Unknown;
        for (line, item) in self.stall.items(basket).into_iter().enumerate() {
            let request = self.add_to_cart(buyer, visit.number, line, &item);
            answer = agent.ask(Operation::AddToCart, &request, from).await;
            if !matches!(answer, Answer::Accepted(_)) {
                break;
            }
            from = Instant::now();
        }
        answer
    }

    fn add_to_cart(&self, buyer: &Buyer, visit: u64, line: usize, item: &Item<'_>) -> Request {
        // With a key, so that a repeat does not put it in twice.
        buyer.add_to_cart(&self.target, &format!("{}-{line}", self.stall.key(visit)), item)
    }
}

impl Scenario for FlashSale {
    type Notes = Notes;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Notes>) {
        let answer = self.buy(visit, agent, notes).await;
        if self.stall.sale.cart {
            agent.note(Operation::Visit, answer.outcome(), visit.planned);
        }
    }
}

impl Notes {
    fn write_down(&mut self, stall: &Stall, visit: u64, buyer: usize, answer: Answer, body: &[u8]) {
        let claim = claim_of(answer, body, buyer);
        if let Claim::Refused = claim {
            self.refusal(stall, visit, body);
        }
        self.claims.push((visit, claim));
    }

    /// What the shop says there was too little of, as far as this visit asked for it.
    pub(crate) fn refusal(&mut self, stall: &Stall, visit: u64, body: &[u8]) {
        let Some(short) = shortages(body).filter(|short| !short.is_empty()) else { return };
        self.refused_least.resize(stall.goods.skus.len(), None);
        for (sku, _) in stall.basket(visit) {
            if let Some(Short { requested, .. }) = short.iter().find(|short| short.sku == stall.goods.skus[sku]) {
                let least = &mut self.refused_least[sku];
                *least = Some(least.map_or(*requested, |least| least.min(*requested)));
            }
        }
    }
}

/// What an answer to a checkout commits the shop to.
pub(crate) fn claim_of(answer: Answer, body: &[u8], buyer: usize) -> Claim {
    match answer {
        Answer::Accepted(_) => match serde_json::from_slice::<Placed<'_>>(body) {
            Ok(placed) => Claim::Acknowledged(Box::new(Receipt::of(&placed))),
            // Accepted with a body that says nothing: whether there is an order must be found out.
            Err(_) => Claim::Unreadable,
        },
        Answer::Refused(_) => Claim::Refused,
        Answer::Unknown => Claim::Unknown { buyer },
    }
}

impl Payment {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::CashOnDelivery => "cash_on_delivery",
        }
    }
}
