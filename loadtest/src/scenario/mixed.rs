//! An ordinary day: most look around, some buy, some of those change their mind.

use std::cell::RefCell;
use std::time::Instant;

use rand::RngExt;

use super::browse::Browse;
use super::flash_sale::{FlashSale, Notes};
use crate::agent::{Agent, Answer};
use crate::measure::Operation;
use crate::rush::{Scenario, Visit};
use crate::verdict::Claim;
use crate::workload::Habits;

pub(crate) struct Mixed {
    pub(crate) browse: Browse,
    pub(crate) sale: FlashSale,
    pub(crate) habits: Habits,
}

impl Scenario for Mixed {
    type Notes = Notes;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Notes>) {
        if agent.dice.random_range(0..100) >= self.habits.buyers_percent {
            self.browse.look_around(visit, agent).await;
            return;
        }
        let bought = self.sale.buy(visit, agent, notes).await;
        if matches!(bought, Answer::Accepted(_)) && agent.dice.random_range(0..100) < self.habits.cancel_percent {
            self.cancel(visit, agent, notes).await;
        }
        agent.note(Operation::Visit, bought.outcome(), visit.planned);
    }
}

impl Mixed {
    /// Cancels the order that was written down last for this visit.
    async fn cancel(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Notes>) {
        let order_no = notes.borrow().receipt_of(visit.number).map(|receipt| receipt.order_no.clone());
        let Some(order_no) = order_no else { return };
        let key = format!("{}-cancel", self.sale.stall.key(visit.number));
        let request = self.sale.stall.buyers[self.sale.buyer(visit)].cancel(&self.sale.target, &order_no, &key);
        let cancelled = agent.ask(Operation::Cancel, &request, Instant::now()).await;
        self.sale.stall.record_cancel(visit.number, agent.span(), cancelled, agent.body());
        if let (Answer::Accepted(_), Some(receipt)) = (cancelled, notes.borrow_mut().receipt_of_mut(visit.number)) {
            receipt.cancelled = true;
        }
    }
}

impl Notes {
    /// The newest are at the end, and a visit is looked for soon after it was written down.
    fn receipt_of(&self, visit: u64) -> Option<&crate::verdict::Receipt> {
        match self.claims.iter().rfind(|(number, _)| *number == visit) {
            Some((_, Claim::Acknowledged(receipt))) => Some(receipt),
            Some((_, Claim::Refused | Claim::Unknown { .. } | Claim::Unreadable)) | None => None,
        }
    }

    fn receipt_of_mut(&mut self, visit: u64) -> Option<&mut crate::verdict::Receipt> {
        match self.claims.iter_mut().rfind(|(number, _)| *number == visit) {
            Some((_, Claim::Acknowledged(receipt))) => Some(receipt),
            Some((_, Claim::Refused | Claim::Unknown { .. } | Claim::Unreadable)) | None => None,
        }
    }
}
