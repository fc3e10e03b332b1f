//! What is taken out of orders, when it is due.

use std::time::Duration;

use chrono::TimeDelta;
use engine::clock::Timestamp;
use engine::postgres::DatabaseError;
use tokio::task::JoinHandle;

use super::store;
use crate::customer::handle::Customers;

const EVERY: Duration = Duration::from_secs(600);
const AT_ONCE: i64 = 100;
/// An order that was on its way when its buyer was forgotten is there long before this is over.
const LATECOMERS: TimeDelta = TimeDelta::hours(1);

impl Customers {
    /// Begins to take out of orders what is due. Ends when it is aborted.
    pub fn start_erasing(&self) -> JoinHandle<()> {
        let customers = self.clone();
        self.database().io().spawn(async move {
            let mut tick = tokio::time::interval(EVERY);
            loop {
                tick.tick().await;
                if let Err(error) = customers.erase_due().await {
                    tracing::warn!(%error, "what is to be forgotten of orders is forgotten later");
                }
            }
        })
    }

    /// Takes out what is due now; says of how many orders. Done again after an end half way it takes out the same.
    pub async fn erase_due(&self) -> Result<usize, DatabaseError> {
        let now = self.clock().now();
        self.note_latecomers(now).await?;
        let mut orders = 0;
        loop {
            let erased = self.database().run(move |mut connection| async move {
                let due = store::due(&mut connection, now, AT_ONCE).await?;
                for order in &due {
                    if store::erase(&mut connection, order).await? {
                        store::erased(&mut connection, order).await?;
                    }
                }
                Ok::<_, DatabaseError>(due.len())
            });
            let erased = erased.await?;
            orders += erased;
            if erased == 0 {
                return Ok(orders);
            }
        }
    }

    /// What was committed after its buyer's orders had been noted.
    async fn note_latecomers(&self, now: Timestamp) -> Result<(), DatabaseError> {
        let keep_s = self.keep().order_addresses.num_seconds();
        let noted = self.database().run(move |mut connection| async move {
            let gone = store::erased_since(&mut connection, now - LATECOMERS).await?;
            if !gone.is_empty() {
                store::note_orders(&mut connection, &gone, keep_s, now).await?;
            }
            Ok::<_, DatabaseError>(())
        });
        noted.await
    }
}
