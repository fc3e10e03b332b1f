//! Events written in the transaction that caused them, heard after it.
//!
//! ```text
//!  transaction: rows + outbox row ---commit---> read below the oldest running transaction ---> consumers
//!                                                    |                                          |
//!                                                 never skips a slow one          each keeps how far it is (Position)
//! ```
//!
//! Delivery is at least once: consumers are idempotent, and events name what to read again rather than carry state.
//! Rows are found by asking every so often: a NOTIFY in each commit would queue the commits behind each other.

mod event;
mod follow;
mod position;
mod prune;
mod store;

pub use event::Event;
pub use follow::follow;
pub use position::{ParsePositionError, Position};
pub use prune::prune_regularly;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::postgres::{Database, DatabaseError};

/// The outbox of a database. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    database: Database,
}

/// A stretch of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// In the order of their positions.
    pub events: Vec<Event>,
    /// Where the next stretch begins: everything up to here is in this one or was of other topics.
    pub reached: Position,
    /// Whether the limit cut it short.
    pub more: bool,
}

/// What a consumer has not heard yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Counted up to `LAG_ROWS_MAX`.
    pub rows: i64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
}

/// So that counting what is late costs little when much is.
pub const LAG_ROWS_MAX: i64 = 10_000;

/// Writes an event with what it tells of: to be called in the transaction that changes it.
pub async fn publish_in_op(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    topic: &'static str,
    payload: &Value,
) -> QueryResult<()> {
    store::insert(connection, store, topic, payload).await
}

impl Outbox {
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// What was committed after `after` on these topics, at most `limit` events.
    pub async fn read(
        &self,
        topics: &'static [&'static str],
        after: Position,
        limit: usize,
    ) -> Result<Stretch, DatabaseError> {
        self.database
            .run(move |mut connection| async move {
                let horizon = store::horizon(&mut connection).await?;
                let events = store::events_between(&mut connection, topics, after, horizon, limit).await?;
                let more = events.len() >= limit;
                let reached = match events.last() {
                    Some(last) if more => last.position,
                    // Nothing can appear below the horizon any more. It never lies behind what was read before, unless
                    // the position is of another database; then there is nothing to go back to either.
                    Some(_) | None => horizon.max(after),
                };
                Ok(Stretch { events, reached, more })
            })
            .await
    }

    /// Up to where everything is decided: whoever reads the tables after asking this may begin to listen here.
    pub async fn horizon(&self) -> Result<Position, DatabaseError> {
        self.database.run(|mut connection| async move { Ok(store::horizon(&mut connection).await?) }).await
    }

    /// How far a consumer said it was.
    pub async fn cursor(&self, consumer: &str) -> Result<Option<Position>, DatabaseError> {
        let consumer = consumer.to_owned();
        self.database
            .run(move |mut connection| async move { Ok(store::cursor(&mut connection, &consumer).await?) })
            .await
    }

    /// Says that a consumer will never ask for anything up to `position` again. Rows stay until all have said so that have
    /// said anything in the last three days: who is away for longer has to begin anew.
    pub async fn save_cursor(&self, consumer: &str, position: Position) -> Result<(), DatabaseError> {
        let consumer = consumer.to_owned();
        self.database
            .run(move |mut connection| async move {
                Ok(store::save_cursor(&mut connection, &consumer, position).await?)
            })
            .await
    }

    /// Says that a consumer is no more: nothing is kept for it.
    pub async fn forget_cursor(&self, consumer: &str) -> Result<(), DatabaseError> {
        let consumer = consumer.to_owned();
        self.database
            .run(move |mut connection| async move { Ok(store::forget_cursor(&mut connection, &consumer).await?) })
            .await
    }

    /// How far behind a consumer is that has heard everything up to `reached`, of all topics.
    pub async fn lag(&self, reached: Position) -> Result<Lag, DatabaseError> {
        self.database
            .run(move |mut connection| async move { Ok(store::lag(&mut connection, reached, LAG_ROWS_MAX).await?) })
            .await
    }

    /// An event that stands for itself. What belongs to a change is written in that change's transaction instead.
    pub async fn publish(&self, store: StoreId, topic: &'static str, payload: Value) -> Result<(), DatabaseError> {
        self.database
            .run(move |mut connection| async move { Ok(store::insert(&mut connection, store, topic, &payload).await?) })
            .await
    }

    /// Removes what is older than `before` and what all consumers have passed; says how many rows.
    pub async fn prune(&self, before: Timestamp) -> Result<usize, DatabaseError> {
        self.database
            .run_at_length(move |mut connection| async move { Ok(store::prune(&mut connection, before).await?) })
            .await
    }
}
