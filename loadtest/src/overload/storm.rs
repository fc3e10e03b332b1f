//! Buyers who come when they meant to, ask once, and stay away when they are turned away.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::agent::{Agent, Answer};
use crate::http::{Request, Target};
use crate::measure::{Operation, Outcome};
use crate::rush::{Pace, Scenario, Takings, Visit};
use crate::scenario::{FlashSale, Notes, Stall, claim_of};
use crate::shop::Purchase;
use crate::verdict::Claim;

pub(super) struct Storm {
    pub(super) sale: FlashSale,
    /// Each buyer's checkout, written out, under the key of visit 0.
    forms: Vec<Request>,
    key_at: Vec<usize>,
    /// From this visit on the storm is over.
    pub(super) ends_with: u64,
}

#[derive(Default)]
pub(super) struct StormNotes {
    notes: Notes,
    unsent: u64,
}

/// Who could not be sent by then is not sent: this program has not kept up, and must not make up for it later. Once the
/// storm is over there is room for everybody: whoever then found no connection was not served.
const TOO_LATE: Duration = Duration::from_millis(10);

impl Storm {
    pub(super) fn new(stall: Arc<Stall>, target: Arc<Target>, pace: &Pace, ends_with: u64) -> anyhow::Result<Self> {
        let items = stall.items(&stall.basket(0));
        let purchase = Purchase::new(Some(&items), stall.sale.payment.name(), Some(&stall.total));
        let key = stall.key(0);
        let forms: Vec<_> = stall.buyers.iter().map(|buyer| buyer.checkout(&target, &key, &purchase)).collect();
        let key_at = forms.iter().map(|form| form.position(&key).context("a checkout without its key"));
        let key_at = key_at.collect::<Result<_, _>>()?;
        Ok(Self { sale: FlashSale::new(stall, target, pace), forms, key_at, ends_with })
    }
}

impl Scenario for Storm {
    type Notes = StormNotes;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<StormNotes>) {
        let is_over = visit.number >= self.ends_with;
        let operation = if is_over { Operation::CheckoutAfterwards } else { Operation::Checkout };
        if visit.planned.elapsed() > TOO_LATE {
            if is_over {
                agent.note(operation, Outcome::Failed, visit.planned);
            } else {
                notes.borrow_mut().unsent += 1;
            }
            return;
        }
        let buyer = usize::try_from(visit.number).unwrap_or(0) % self.forms.len();
        let request = self.forms[buyer].overwritten(self.key_at[buyer], &self.sale.stall.key(visit.number));
        let answer = agent.ask_once(operation, &request, visit.planned).await;
        let claim = match answer {
            // What never began must never be found.
            Answer::Refused(_) => Claim::Refused,
            answered @ (Answer::Accepted(_) | Answer::Unknown) => claim_of(answered, agent.body(), buyer),
        };
        notes.borrow_mut().notes.claims.push((visit.number, claim));
    }
}

/// What the verdict needs, and how many buyers were not sent.
pub(super) fn sent(takings: Takings<StormNotes>) -> (Takings<Notes>, u64) {
    let Takings { tally, notes, visits } = takings;
    let unsent = notes.iter().map(|notes| notes.unsent).sum();
    (Takings { tally, notes: notes.into_iter().map(|notes| notes.notes).collect(), visits }, unsent)
}
