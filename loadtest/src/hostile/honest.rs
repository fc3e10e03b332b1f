//! People who look at a product, and people who buy, as many a second as on a busy day.

use std::cell::RefCell;
use std::sync::Arc;

use crate::agent::Agent;
use crate::http::{Request, Target};
use crate::measure::Operation;
use crate::rush::{Pace, Scenario, Visit};
use crate::scenario::{FlashSale, Notes, Stall};

pub(super) struct Honest {
    pub(super) sale: FlashSale,
    page: Request,
}

/// One in so many buys.
const BUYERS: u64 = 2;

impl Honest {
    /// Who looks, looks at what is sold.
    pub(super) fn new(stall: Arc<Stall>, target: Arc<Target>, pace: &Pace) -> Self {
        let page = Request::get(&target, &format!("/api/v1/products/{}-0", stall.run)).empty();
        Self { sale: FlashSale::new(stall, target, pace), page }
    }
}

impl Scenario for Honest {
    type Notes = Notes;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Notes>) {
        if visit.number.is_multiple_of(BUYERS) {
            self.sale.buy(visit, agent, notes).await;
        } else {
            agent.ask(Operation::Product, &self.page, visit.planned).await;
        }
    }
}
