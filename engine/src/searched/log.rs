//! The way to the log: counts in memory, writes what was counted, tells what is popular and what admins ask.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::id::StoreId;
use crate::postgres::{Database, DatabaseError};

use super::outcome::Outcome;
use super::popular::Popular;
use super::report::{Place, Report, Sort};
use super::store;
use super::tally::{Counts, Tally};
use super::text::{Text, Untold};

/// How much may be lost with a server that is killed.
const WRITTEN_EVERY: Duration = Duration::from_secs(5);
const POPULAR_EVERY: Duration = Duration::from_secs(60);
/// A shop that is much searched has weeks of many texts to read: at most a hundredth of the time goes into it.
const POPULAR_REST: u32 = 99;
const POPULAR_REST_MAX: Duration = Duration::from_secs(3_600);
/// How long a server that ends waits for a database that does not answer.
const LAST_WRITE: Duration = Duration::from_secs(2);
/// Searches of many threads seldom meet at one lock.
const SHARDS: usize = 16;
/// Some 6 MB in all at the very most.
const TEXTS_MAX_EACH: usize = 2_000;

/// Cheap to clone; all clones count together.
#[derive(Clone)]
pub struct Log(Arc<Parts>);

struct Parts {
    database: Database,
    clock: Arc<dyn Clock>,
    shards: [Mutex<Tally>; SHARDS],
    hasher: RandomState,
    popular: Popular,
    /// One writes at a time.
    turn: tokio::sync::Mutex<()>,
}

impl Log {
    pub fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        let shards = std::array::from_fn(|_| Mutex::new(Tally::new(TEXTS_MAX_EACH)));
        let (hasher, popular, turn) = (RandomState::new(), Popular::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Parts { database, clock, shards, hasher, popular, turn }))
    }

    /// Somebody searched for what they typed, and was shown what came of it. Never waits for anything but a lock that is held
    /// for a moment.
    pub fn note_search(&self, store: StoreId, typed: &str, outcome: Outcome) {
        self.note(store, typed, "search", Counts::of_search(outcome));
    }

    /// Somebody who had searched for this chose what stood at `position`, counted from 1.
    pub fn note_click(&self, store: StoreId, typed: &str, position: u32) {
        self.note(store, typed, "click", Counts::of_click(position.max(1)));
    }

    fn note(&self, store: StoreId, typed: &str, what: &'static str, counts: Counts) {
        let text = match Text::parse(typed) {
            Ok(text) => text,
            Err(Untold::Blank) => return,
            Err(Untold::Withheld) => Text::others(),
        };
        let is_text = text != Text::others();
        let told_apart = self.count((store, self.today(), text), counts) && is_text;
        let told = if told_apart { "apart" } else { "among_others" };
        metrics::counter!("doorbuster_searches_counted_total", "what" => what, "told" => told).increment(1);
    }

    fn count(&self, place: (StoreId, NaiveDate, Text), counts: Counts) -> bool {
        let shard = usize::try_from(self.0.hasher.hash_one(&place.2) % SHARDS as u64).expect("one of a few");
        self.0.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).count(place, counts)
    }

    fn today(&self) -> NaiveDate {
        self.0.clock.now().date_naive()
    }

    /// What is popular, as of the last time it was looked at.
    pub fn popular(&self) -> &Popular {
        &self.0.popular
    }

    /// Begins to write what is counted, and to look at what is popular. The tasks go on until they are aborted.
    pub fn start(&self) -> Vec<JoinHandle<()>> {
        let (writer, reader) = (self.clone(), self.clone());
        let io = self.0.database.io();
        let writing = io.spawn(async move {
            let mut tick = tokio::time::interval(WRITTEN_EVERY);
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                tick.tick().await;
                if let Err(error) = writer.write().await {
                    tracing::warn!(%error, "what was searched for could not be counted; it is tried again");
                }
            }
        });
        let reading = io.spawn(async move {
            loop {
                let began = Instant::now();
                let rest = match reader.look_at_what_is_popular().await {
                    Ok(()) => rest_after(began.elapsed()),
                    Err(error) => {
                        tracing::warn!(%error, "the popular searches could not be read; the last known ones are offered");
                        POPULAR_EVERY
                    }
                };
                tokio::time::sleep(rest).await;
            }
        });
        vec![writing, reading]
    }

    /// Writes what was counted since the last time. What could not be written is counted on; if only the answer was lost, it
    /// is counted twice.
    pub async fn write(&self) -> Result<(), DatabaseError> {
        let _turn = self.0.turn.lock().await;
        let take = |shard: &Mutex<Tally>| shard.lock().unwrap_or_else(PoisonError::into_inner).take();
        let counted: Vec<_> = self.0.shards.iter().flat_map(take).collect();
        if counted.is_empty() {
            return Ok(());
        }
        let rows = counted.clone();
        let written = self
            .0
            .database
            .run(move |mut connection| async move { Ok::<_, DatabaseError>(store::add(&mut connection, &rows).await?) })
            .await;
        if written.is_err() {
            for (place, counts) in counted {
                self.count(place, counts);
            }
        }
        written
    }

    /// Reads anew what is popular in each store.
    pub async fn look_at_what_is_popular(&self) -> Result<(), DatabaseError> {
        let today = self.today();
        let read = self.0.database.run_at_length(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::popular(&mut connection, today).await?)
        });
        self.0.popular.put(read.await?);
        Ok(())
    }

    /// For admins: a page of what was searched for in a store.
    pub async fn report(
        &self,
        store: StoreId,
        sort: Sort,
        after: Option<Place>,
        limit: i64,
    ) -> Result<Report, DatabaseError> {
        self.0
            .database
            .run(move |mut connection| async move {
                let rows = store::rows(&mut connection, store, &sort, after, limit).await?;
                let all = store::all(&mut connection, store, sort.from, sort.to).await?;
                Ok::<_, DatabaseError>(Report { rows, all })
            })
            .await
    }

    /// Writes what was counted last, if the database answers.
    pub async fn close(&self) {
        match tokio::time::timeout(LAST_WRITE, self.write()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last searches are not counted"),
            Err(_) => tracing::warn!("the last searches are not counted: the database does not answer"),
        }
    }
}

/// Until the popular searches are looked at again.
fn rest_after(took: Duration) -> Duration {
    took.saturating_mul(POPULAR_REST).clamp(POPULAR_EVERY, POPULAR_REST_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_at_popular_searches_takes_a_hundredth_of_the_time_at_most() {
        for (took_ms, rest_s) in [(0, 60), (600, 60), (1_000, 99), (20_000, 1_980), (600_000, 3_600)] {
            assert_eq!(rest_after(Duration::from_millis(took_ms)), Duration::from_secs(rest_s), "{took_ms}");
        }
        assert_eq!(rest_after(Duration::MAX), POPULAR_REST_MAX);
    }
}
