//! What somebody typed, put as the model puts it: from memory, or asked within a moment.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use search_index::Embedding;
use tokio::runtime::Handle as Runtime;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::clock::{Clock, Timestamp};
use crate::searched::Text;

use super::{Embedder, EmbedderError, embedded};

/// Of texts that are remembered.
const KNOWN_BYTES_MAX: u64 = 8 << 20;
/// Questions that are under way at once. Who comes when there are as many goes by the words.
const ASKED_AT_ONCE: usize = 16;
/// After an answer that came late no search waits for so long; after one that failed the model is not even asked.
const REST: TimeDelta = TimeDelta::seconds(1);

pub(in crate::search) struct Asked {
    embedder: Arc<dyn Embedder>,
    /// How long a search waits.
    patience: Duration,
    clock: Arc<dyn Clock>,
    io: Runtime,
    /// None: the model refuses it.
    known: Cache<String, Option<Embedding>>,
    turns: Arc<Semaphore>,
    late_at: Mutex<Option<Timestamp>>,
    failed_at: Arc<Mutex<Option<Timestamp>>>,
}

impl Asked {
    pub(in crate::search) fn new(
        embedder: Arc<dyn Embedder>,
        patience: Duration,
        clock: Arc<dyn Clock>,
        io: Runtime,
    ) -> Self {
        let weigh = |text: &String, embedding: &Option<Embedding>| {
            let bytes = text.len() + embedding.as_ref().map_or(0, Embedding::dimensions);
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        // The newest come in, whatever is known: what is typed changes with the hour.
        let known = Cache::builder()
            .max_capacity(KNOWN_BYTES_MAX)
            .weigher(weigh)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        let turns = Arc::new(Semaphore::new(ASKED_AT_ONCE));
        let (late_at, failed_at) = (Mutex::default(), Arc::default());
        Self { embedder, patience, clock, io, known, turns, late_at, failed_at }
    }

    /// None: the words have to do. An answer that comes too late is remembered for the next who types the same. What may be
    /// about a person is told to nobody.
    pub(in crate::search) async fn meaning_of(&self, typed: &str) -> Option<Embedding> {
        let text = Text::parse(typed).ok()?;
        if let Some(known) = self.known.get(text.as_str()) {
            count("known");
            return known;
        }
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok().filter(|_| !self.rests_since(&self.failed_at));
        let Some(turn) = turn else {
            count("left_out");
            return None;
        };
        let (embedder, clock, known) = (Arc::clone(&self.embedder), Arc::clone(&self.clock), self.known.clone());
        let failed_at = Arc::clone(&self.failed_at);
        let answer = self.io.spawn(async move {
            let _turn = turn;
            let embedding = match embedded(&*embedder, vec![text.as_str().to_owned()]).await {
                Ok(mut embeddings) => embeddings.pop(),
                Err(EmbedderError::Refused(_)) => None,
                Err(error @ EmbedderError::Unavailable(_)) => {
                    count("failed");
                    tracing::warn!(%error, "searches go by their words alone for a moment");
                    *failed_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock.now());
                    return None;
                }
            };
            count(if embedding.is_some() { "answered" } else { "refused" });
            known.insert(text.as_str().to_owned(), embedding.clone());
            embedding
        });
        if self.rests_since(&self.late_at) {
            return None;
        }
        match timeout(self.patience, answer).await {
            Ok(Ok(embedding)) => embedding,
            Ok(Err(ended)) => {
                tracing::error!(%ended, "asking the embedding model ended badly");
                None
            }
            Err(_) => {
                count("late");
                *self.late_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.clock.now());
                None
            }
        }
    }

    fn rests_since(&self, at: &Mutex<Option<Timestamp>>) -> bool {
        let at = *at.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| self.clock.now() - at < REST)
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("doorbuster_search_embeddings_total", "of" => "searches", "outcome" => outcome).increment(1);
}
