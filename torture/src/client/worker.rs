//! One client: does one thing after the other, each until it knows what came of it, or loses patience.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::RngExt;
use rand::rngs::SmallRng;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::act::{self, Deed, Mine, Wish};
use super::answer;
use super::buyer::{Buyers, Guest};
use super::shop::Shop;
use super::wire::{Ask, Wire};
use crate::notes::{Heard, Line, Pad, Payment};

pub(super) struct Worker {
    pub(super) number: usize,
    pub(super) shop: Arc<Shop>,
    pub(super) wire: Wire,
    /// A second window on the same shop.
    pub(super) tab: Wire,
    pub(super) pad: Arc<Pad>,
    pub(super) dice: SmallRng,
    pub(super) ids: Arc<AtomicU64>,
    pub(super) buyers: Arc<Buyers>,
    /// How often anybody was answered.
    pub(super) served: Arc<AtomicU64>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) mine: Vec<Mine>,
    pub(super) done: Vec<Sent>,
    pub(super) open: Vec<Sent>,
    /// Does not stay at the counter for ever.
    pub(super) patience: Duration,
}

/// A deed under the number of its notes.
pub(crate) struct Sent {
    pub(crate) id: u64,
    pub(crate) deed: Deed,
}

/// Of what a worker remembers, the newest.
const REMEMBERED: usize = 12;

impl Worker {
    /// Until it is told to stop; then what it began and does not know the end of.
    pub(super) async fn run(mut self) -> Vec<Sent> {
        while !*self.stop.borrow() {
            // Also whoever was served well looks in elsewhere.
            if self.dice.random_bool(0.05) {
                self.wire.turn_to_the_other();
            }
            match act::wish(&mut self.dice) {
                Wish::Buy => {
                    let (lines, guest) = (act::basket(&self.shop, &mut self.dice), self.buyers.one_of(&mut self.dice));
                    self.buy(lines, false, guest).await;
                }
                Wish::BuyCart => self.buy_cart().await,
                Wish::Cancel => self.cancel().await,
                Wish::Confirm => self.confirm().await,
                Wish::Receive => self.restock(1..=5).await,
                Wish::Lose => self.restock(-3..=-1).await,
                Wish::AskAgain => self.ask_again().await,
                Wish::Rename => {
                    let title = format!("Torture {}", self.key());
                    // Whether it was done is seen by whoever searches for it in the end.
                    let _ = self.wire.ask(&act::rename(&self.shop, &title)).await;
                }
                Wish::Replace => {
                    if let Some(guest) = self.guest().await {
                        self.buyers.replace(&mut self.dice, guest);
                    }
                }
            }
        }
        self.open
    }

    async fn buy(&mut self, lines: Vec<Line>, cart: bool, guest: Guest) {
        let payment = if self.dice.random_bool(0.7) { Payment::Manual } else { Payment::CashOnDelivery };
        let deed = act::checkout(&self.shop, lines, cart, &guest, self.key(), payment);
        let Some(Heard::Done { placed: Some(placed), .. }) = self.begin(deed).await else { return };
        let unpaid = payment == Payment::Manual;
        self.mine.push(Mine { order: placed.order, order_no: placed.order_no, token: guest.token, unpaid });
        if self.mine.len() > REMEMBERED {
            self.mine.remove(0);
        }
    }

    /// A new guest fills a cart, looks at what is in it, and buys that.
    async fn buy_cart(&mut self) {
        let Some(guest) = self.guest().await else { return };
        for line in act::basket(&self.shop, &mut self.dice) {
            let add = Ask::post("/api/v1/cart/items").bearer(&guest.token).json(serde_json::json!(line));
            // Whether it arrived is seen in the cart.
            let _ = self.wire.ask(&add).await;
        }
        let Ok(reply) = self.wire.ask(&Ask::get("/api/v1/cart").bearer(&guest.token)).await else { return };
        let cart = reply.json();
        let line = |line: &serde_json::Value| {
            Some(Line { sku: line["sku"].as_str()?.to_owned(), quantity: line["quantity"].as_i64()? })
        };
        let lines: Option<Vec<Line>> = cart["lines"].as_array().and_then(|lines| lines.iter().map(line).collect());
        if let Some(lines) = lines.filter(|lines| !lines.is_empty()) {
            self.buy(lines, true, guest).await;
        }
    }

    async fn cancel(&mut self) {
        if self.mine.is_empty() {
            return;
        }
        let mine = self.mine.remove(self.dice.random_range(0..self.mine.len()));
        self.begin(act::cancel(&mine, self.key())).await;
    }

    async fn confirm(&mut self) {
        let Some(place) = self.mine.iter().position(|mine| mine.unpaid) else { return };
        let mine = self.mine.remove(place);
        let heard = self.begin(act::confirm(&mine, self.key())).await;
        // What was sold may still be sent back.
        if matches!(heard, Some(Heard::Done { .. })) {
            self.mine.push(Mine { unpaid: false, ..mine });
        }
    }

    async fn restock(&mut self, deltas: std::ops::RangeInclusive<i64>) {
        let delta = self.dice.random_range(deltas);
        let sku = self.shop.skus[self.dice.random_range(0..self.shop.skus.len())];
        let key = self.key();
        self.begin(act::stock(sku, delta, key)).await;
    }

    async fn ask_again(&mut self) {
        if self.done.is_empty() {
            return;
        }
        let sent = self.done.remove(self.dice.random_range(0..self.done.len()));
        self.pursue(sent).await;
    }

    async fn guest(&mut self) -> Option<Guest> {
        let reply = self.wire.ask(&Ask::post("/api/v1/session")).await.ok()?;
        Guest::read(&reply.json())
    }

    fn key(&self) -> String {
        format!("{}-{}", self.number, self.ids.load(Ordering::Relaxed))
    }

    async fn begin(&mut self, deed: Deed) -> Option<Heard> {
        let id = self.ids.fetch_add(1, Ordering::Relaxed);
        self.pad.intend(id, &deed.intent);
        self.pursue(Sent { id, deed }).await
    }

    /// Sends it until there is an answer, or it does not care any more.
    async fn pursue(&mut self, sent: Sent) -> Option<Heard> {
        let begun = Instant::now();
        loop {
            let heard = self.try_once(&sent).await;
            if let Some(last) = heard {
                self.served.fetch_add(1, Ordering::Relaxed);
                if matches!(last, Heard::Done { .. }) {
                    self.done.push(sent);
                    if self.done.len() > REMEMBERED {
                        self.done.remove(0);
                    }
                }
                return Some(last);
            }
            let is_impatient = self.dice.random_bool(0.1);
            if is_impatient || begun.elapsed() > self.patience {
                self.open.push(sent);
                return None;
            }
            sleep(Duration::from_millis(self.dice.random_range(5..60))).await;
        }
    }

    /// At times in two windows at once. A final answer of either.
    async fn try_once(&mut self, sent: &Sent) -> Option<Heard> {
        let both = self.dice.random_bool(0.06);
        if both {
            self.pad.open_two_windows(sent.id);
        }
        let (first, second) = tokio::join!(send(&mut self.wire, sent, &self.pad), async {
            if both { Some(send(&mut self.tab, sent, &self.pad).await) } else { None }
        });
        if both {
            self.pad.close_one(sent.id);
        }
        [Some(first), second].into_iter().flatten().find(Heard::is_final)
    }
}

/// Sends it once, and notes what is heard.
pub(super) async fn send(wire: &mut Wire, sent: &Sent, pad: &Pad) -> Heard {
    let heard = match wire.ask(&sent.deed.ask).await {
        Ok(reply) => {
            let heard = answer::heard(&sent.deed.intent, reply.status, &reply.json(), reply.replayed);
            if !heard.is_final() {
                wire.turn_to_the_other();
            }
            heard
        }
        // The wire has turned already.
        Err(why) => Heard::Unclear { why },
    };
    pad.hear(sent.id, &heard);
    heard
}
