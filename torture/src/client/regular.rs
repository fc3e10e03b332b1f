//! Regulars: each always goes to the same counter, whoever serves there, and always wants the same.
//!
//! One wants what there is plenty of, so that the first order of a new owner is heard at once; one wants what is gone, so
//! that a server is heard which still refuses from memory though the shop is another's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::act;
use super::buyer::Guest;
use super::shop::Shop;
use super::till::{Answer, Till};
use super::wire::Wire;
use super::worker::{Sent, send};
use crate::notes::{Heard, Line, Pad, Payment};

pub(super) struct Regular {
    pub(super) number: usize,
    /// The place of the server, to which `wire` leads and nowhere else.
    pub(super) place: usize,
    pub(super) wire: Wire,
    pub(super) sku: &'static str,
    pub(super) guest: Guest,
    pub(super) shop: Arc<Shop>,
    pub(super) pad: Arc<Pad>,
    pub(super) ids: Arc<AtomicU64>,
    pub(super) till: Arc<Till>,
    pub(super) stop: watch::Receiver<bool>,
}

const PATIENCE: Duration = Duration::from_secs(12);
/// From a try that came to nothing to the next one: how exactly the time is known in which nobody is served.
const AGAIN: Duration = Duration::from_millis(20);
const BETWEEN: Duration = Duration::from_millis(50);

impl Regular {
    /// Until it is told to stop; then what it does not know the end of.
    pub(super) async fn run(mut self) -> Vec<Sent> {
        let mut open = Vec::new();
        while !*self.stop.borrow() {
            let id = self.ids.fetch_add(1, Ordering::Relaxed);
            let key = format!("{}-{id}", self.number);
            let line = Line { sku: self.sku.to_owned(), quantity: 1 };
            let deed = act::checkout(&self.shop, vec![line], false, &self.guest, key, Payment::Manual);
            self.pad.intend(id, &deed.intent);
            let sent = Sent { id, deed };
            if !self.pursue(&sent).await {
                open.push(sent);
            }
            sleep(BETWEEN).await;
        }
        open
    }

    /// Whether it was answered.
    async fn pursue(&mut self, sent: &Sent) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE && !*self.stop.borrow() {
            let asked = Instant::now();
            let heard = send(&mut self.wire, sent, &self.pad).await;
            if heard.is_final() {
                if !matches!(heard, Heard::Done { replayed: true, .. }) {
                    let sold = matches!(heard, Heard::Done { .. });
                    self.till.enter(Answer { place: self.place, asked, heard: Instant::now(), sold });
                }
                return true;
            }
            sleep(AGAIN).await;
        }
        false
    }
}
