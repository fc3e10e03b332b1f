//! The lane's loop: collect, write, answer.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::cart::rows::{CartLink, CartRows, Fault, Successor};
use crate::id::CartId;
use crate::runtime::Runtime;

use super::batch::{Batch, Pending};
use super::{Entry, NotKept};

pub(super) struct Writer {
    rows: Arc<dyn CartRows>,
    runtime: Runtime,
    inbox: mpsc::UnboundedReceiver<Entry>,
    /// None until it is needed, and after it broke.
    connection: Option<Box<dyn CartLink>>,
}

/// How often a statement that certainly did nothing is sent again.
const TRIES: u32 = 3;
/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(4);
/// Longer than every limit of the server's: one that is there has answered by then. A row is compared with what the edit was
/// decided on, so that one which arrives later does no harm: whoever goes on from the row finds it changed.
const OVERDUE: Duration = Duration::from_secs(12);

impl Writer {
    pub(super) fn new(rows: Arc<dyn CartRows>, runtime: Runtime, inbox: mpsc::UnboundedReceiver<Entry>) -> Self {
        Self { rows, runtime, inbox, connection: None }
    }

    pub(super) async fn run(mut self) {
        while let Some(first) = self.inbox.recv().await {
            let mut batch = Batch::new();
            admit(&mut batch, first);
            while !batch.is_full() {
                let Ok(next) = self.inbox.try_recv() else { break };
                admit(&mut batch, next);
            }
            if !batch.is_empty() {
                self.write(batch.into_carts()).await;
            }
        }
    }

    async fn write(&mut self, carts: Vec<Pending<Entry>>) {
        metrics::histogram!("doorbuster_cart_batch_carts")
            .record(f64::from(u32::try_from(carts.len()).unwrap_or(u32::MAX)));
        let successors: Vec<Successor> = carts.iter().map(successor).collect();
        match self.keep(&successors).await {
            Ok(kept) => carts.into_iter().for_each(|cart| conclude(cart, &kept)),
            // One cart that cannot be written must not keep the others from it.
            Err(Fault::Data(error)) if carts.len() > 1 => {
                tracing::error!(error, "a cart cannot be written; the batch is sent one by one");
                for cart in carts {
                    match self.keep(&[successor(&cart)]).await {
                        Ok(kept) => conclude(cart, &kept),
                        Err(fault) => give_up(cart, &fault),
                    }
                }
            }
            Err(fault) => carts.into_iter().for_each(|cart| give_up(cart, &fault)),
        }
    }

    /// Writes them in one statement; answers which were kept.
    async fn keep(&mut self, carts: &[Successor]) -> Result<HashSet<CartId>, Fault> {
        for _ in 1..TRIES {
            match self.try_keep(carts).await {
                Err(Fault::NotApplied(error)) => tracing::info!(error, "carts are sent again"),
                outcome => return outcome,
            }
        }
        self.try_keep(carts).await
    }

    async fn try_keep(&mut self, carts: &[Successor]) -> Result<HashSet<CartId>, Fault> {
        let connection = match self.connection.take() {
            Some(connection) if !connection.is_closed() => connection,
            Some(_) | None => match self.runtime.timeout(CONNECTING, self.rows.connect()).await {
                Ok(connected) => connected?,
                Err(_) => return Err(Fault::Away("it does not let anybody in".to_owned())),
            },
        };
        let outcome = match self.runtime.timeout(OVERDUE, connection.keep(carts)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::NoAnswer("in time".to_owned())),
        };
        if !matches!(outcome, Err(Fault::Away(_) | Fault::NoAnswer(_))) {
            self.connection = Some(connection);
        }
        outcome
    }
}

fn admit(batch: &mut Batch<Entry>, entry: Entry) {
    let contents = Arc::clone(&entry.contents);
    if entry.durability.is_lost() {
        // It rests on something that was not kept.
        entry.answer(Err(NotKept::Outdated));
    } else if entry.durability.covers(contents.version) {
        entry.answer(Ok(&contents));
    } else {
        batch.push(contents, entry);
    }
}

/// All who wait are of one incarnation: the next one is not read before these are answered.
fn successor(cart: &Pending<Entry>) -> Successor {
    let follows = cart.waiting.first().map_or(0, |entry| entry.durability.version());
    Successor { contents: Arc::clone(&cart.contents), follows }
}

fn conclude(cart: Pending<Entry>, kept: &HashSet<CartId>) {
    if !kept.contains(&cart.contents.owner.cart()) {
        // The row has another generation (an order consumed it) or a version that this actor did not know.
        metrics::counter!("doorbuster_cart_conflicts_total").increment(1);
    }
    for entry in cart.waiting {
        if kept.contains(&cart.contents.owner.cart()) {
            entry.durability.reached(cart.contents.version);
            entry.answer(Ok(&cart.contents));
        } else {
            entry.durability.lose();
            entry.answer(Err(NotKept::Outdated));
        }
    }
}

fn give_up(cart: Pending<Entry>, fault: &Fault) {
    tracing::warn!(cart.id = %cart.contents.owner.cart(), error = %fault, "a cart was not kept");
    for entry in cart.waiting {
        entry.durability.lose();
        entry.answer(Err(match fault {
            Fault::NoAnswer(_) => NotKept::OutcomeUnknown,
            Fault::Away(_) | Fault::NotApplied(_) | Fault::Data(_) => NotKept::Unavailable,
        }));
    }
}
