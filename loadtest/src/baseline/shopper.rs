//! The shoppers of the baseline, and those who only look at one page.

use std::cell::RefCell;
use std::sync::Arc;

use rand::RngExt;

use crate::agent::Agent;
use crate::http::{Request, Target};
use crate::measure::Operation;
use crate::rush::{Scenario, Visit};
use crate::shop::{Item, Money, Purchase};

/// Buys one unit of one of `skus` SKUs.
pub(super) struct Buy {
    pub(super) target: Arc<Target>,
    pub(super) skus: u32,
    /// Keeps the keys of one run apart from another's.
    pub(super) run: String,
    pub(super) price: Money,
}

impl Scenario for Buy {
    type Notes = ();

    async fn visit(&self, visit: Visit, agent: &mut Agent, _: &RefCell<()>) {
        let sku = format!("sku-{}", agent.dice.random_range(0..self.skus));
        let items = [Item { sku: &sku, quantity: 1 }];
        let body = Purchase::new(Some(&items), "manual", Some(&self.price));
        let request = Request::post(&self.target, "/checkout")
            .header("idempotency-key", &format!("{}-{}", self.run, visit.number))
            .json_of(&body);
        agent.ask(Operation::Plain, &request, visit.planned).await;
    }
}

/// Fetches one path again and again.
pub(crate) struct Get {
    request: Request,
    operation: Operation,
}

impl Get {
    pub(crate) fn new(target: &Target, path: &str, operation: Operation) -> Self {
        Self { request: Request::get(target, path).empty(), operation }
    }
}

impl Scenario for Get {
    type Notes = ();

    async fn visit(&self, visit: Visit, agent: &mut Agent, _: &RefCell<()>) {
        agent.ask(self.operation, &self.request, visit.planned).await;
    }
}
