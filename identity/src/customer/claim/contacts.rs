//! Notes of where buyers wanted to be written to, made by listening to the outbox.

use std::time::Duration;

use engine::id::OrderId;
use engine::outbox::Outbox;
use engine::postgres::{Database, DatabaseError};
use serde::Deserialize;
use tokio::task::JoinHandle;

use super::store;
use crate::customer::handle::Customers;

/// As the outbox knows it.
pub const CONSUMER: &str = "order_contacts";

const TOPICS: &[&str] = &["order"];
/// A claim looks through what is not noted yet: nobody waits for this.
const EVERY: Duration = Duration::from_secs(2);
const EVENTS_AT_ONCE: usize = 200;
const ORDERS_AT_ONCE: i64 = 1_000;

#[derive(Deserialize)]
struct News {
    order: OrderId,
    event: String,
}

impl Customers {
    /// Begins to note the contacts of new orders, and, where there are no notes, of all. Ends when it is aborted.
    pub fn start_noting(&self) -> JoinHandle<()> {
        let database = self.database().clone();
        self.database().io().spawn(async move {
            let mut tick = tokio::time::interval(EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut is_away = false;
            loop {
                tick.tick().await;
                match catch_up(&database).await {
                    Ok(()) => is_away = false,
                    // Once, not with every tick.
                    Err(error) if !is_away => {
                        tracing::warn!(%error, "contacts of orders are noted later; until then claims take longer");
                        is_away = true;
                    }
                    Err(_) => {}
                }
            }
        })
    }

    /// Notes everything that can be heard by now.
    pub async fn note_contacts(&self) -> Result<(), DatabaseError> {
        catch_up(self.database()).await
    }
}

/// Notes first and says how far it is afterwards: whoever dies in between notes the same again.
async fn catch_up(database: &Database) -> Result<(), DatabaseError> {
    let outbox = Outbox::new(database.clone());
    let mut reached = match outbox.cursor(CONSUMER).await? {
        Some(reached) => reached,
        None => {
            let from = outbox.horizon().await?;
            note_all(database).await?;
            outbox.save_cursor(CONSUMER, from).await?;
            from
        }
    };
    loop {
        let stretch = outbox.read(TOPICS, reached, EVENTS_AT_ONCE).await?;
        let placed: Vec<OrderId> = stretch.events.iter().flat_map(|event| placed(event.payload.clone())).collect();
        for some in placed.chunks(ORDERS_AT_ONCE as usize) {
            let some = some.to_vec();
            let noted = database.run(move |mut connection| async move {
                let contacts = store::contacts_of(&mut connection, &some).await?;
                Ok::<_, DatabaseError>(store::note(&mut connection, &contacts).await?)
            });
            noted.await?;
        }
        reached = stretch.reached;
        outbox.save_cursor(CONSUMER, reached).await?;
        if !stretch.more {
            return Ok(());
        }
    }
}

async fn note_all(database: &Database) -> Result<(), DatabaseError> {
    let mut after = None;
    loop {
        let last = database.run(move |mut connection| async move {
            let contacts = store::contacts_after(&mut connection, after, ORDERS_AT_ONCE).await?;
            store::note(&mut connection, &contacts).await?;
            Ok::<_, DatabaseError>(contacts.last().map(|contact| contact.order))
        });
        match last.await? {
            Some(last) => after = Some(last),
            None => return Ok(()),
        }
    }
}

/// The orders of an event that are new by it.
pub(super) fn placed(payload: serde_json::Value) -> Vec<OrderId> {
    match serde_json::from_value::<Vec<News>>(payload) {
        Ok(news) => news.into_iter().filter(|news| news.event == "placed").map(|news| news.order).collect(),
        Err(error) => {
            tracing::error!(%error, "an event of orders cannot be read");
            Vec::new()
        }
    }
}
