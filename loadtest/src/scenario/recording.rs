//! What shoppers ask and hear, for the history: in numbers of SKUs and visits.

use super::goods::Stall;
use crate::agent::Answer;
use crate::history::{self, Said, Span, Told, Verb};
use crate::shop::{Cancelled, Placed, shortages};
use crate::workload::Payment;

impl Stall {
    pub(crate) fn record_checkout(&self, visit: u64, span: Span, answer: Answer, body: &[u8]) {
        let Some(history) = &self.history else { return };
        let placed;
        let short;
        let (answer, told): (_, Vec<Told<'_>>) = match answer {
            Answer::Accepted(_) => {
                placed = serde_json::from_slice::<Placed<'_>>(body).ok();
                let lines = placed.iter().flat_map(|placed| &placed.lines);
                let told = lines.map(|line| Told {
                    sku: self.number_of(&line.sku),
                    location: &line.location_id,
                    quantity: line.quantity,
                    seq: line.seq,
                    left: None,
                });
                (history::Answer::Done, told.collect())
            }
            Answer::Refused(_) => {
                short = shortages(body);
                let told = short.iter().flatten().map(|short| Told {
                    sku: self.number_of(&short.sku),
                    location: &short.location_id,
                    quantity: short.requested,
                    seq: short.seq,
                    left: short.available,
                });
                let sold_out = short.is_some();
                (if sold_out { history::Answer::Refused } else { history::Answer::Declined }, told.collect())
            }
            Answer::Unknown => (history::Answer::Unknown, Vec::new()),
        };
        let verb = match self.sale.payment {
            Payment::Manual => Verb::Hold,
            Payment::CashOnDelivery => Verb::Sale,
        };
        history.call(&Said { span, verb, key: visit, answer, asked: &self.basket(visit), told: &told });
    }

    pub(super) fn record_cancel(&self, visit: u64, span: Span, answer: Answer, body: &[u8]) {
        let Some(history) = &self.history else { return };
        let cancelled;
        let (answer, told): (_, Vec<Told<'_>>) = match answer {
            Answer::Accepted(_) => {
                cancelled = serde_json::from_slice::<Cancelled<'_>>(body).ok();
                let moves = cancelled.iter().flat_map(|cancelled| &cancelled.stock);
                let told = moves.map(|moved| Told {
                    sku: self.number_of(&moved.sku),
                    location: &moved.location_id,
                    // Of what was held, or of what was sold.
                    quantity: moved.on_hand_delta - moved.reserved_delta,
                    seq: Some(moved.seq),
                    left: None,
                });
                (history::Answer::Done, told.collect())
            }
            Answer::Refused(_) => (history::Answer::Declined, Vec::new()),
            Answer::Unknown => (history::Answer::Unknown, Vec::new()),
        };
        history.call(&Said { span, verb: Verb::Cancel, key: visit, answer, asked: &self.basket(visit), told: &told });
    }

    /// SKUs are called after the run and their number.
    fn number_of(&self, sku: &str) -> Option<usize> {
        let number: usize = sku.strip_prefix(&self.run)?.strip_prefix('-')?.parse().ok()?;
        (number < self.goods.skus.len()).then_some(number)
    }
}
