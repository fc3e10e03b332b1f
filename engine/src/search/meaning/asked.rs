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

/// Of texts that are remembered, with what each takes besides.
const KNOWN_BYTES_MAX: u64 = 8 << 20;
const BESIDES_BYTES: usize = 200;
/// So many texts that were refused are not asked about again for so long.
const REFUSED_MAX: u64 = 1_000;
const REFUSED_FOR: Duration = Duration::from_secs(60);
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
    known: Cache<String, Embedding>,
    refused: Cache<String, ()>,
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
        let weigh = |text: &String, embedding: &Embedding| {
            u32::try_from(BESIDES_BYTES + text.len() + embedding.dimensions()).unwrap_or(u32::MAX)
        };
        // The newest come in, whatever is known: what is typed changes with the hour.
        let known = Cache::builder()
            .max_capacity(KNOWN_BYTES_MAX)
            .weigher(weigh)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        let refused = Cache::builder().max_capacity(REFUSED_MAX).time_to_live(REFUSED_FOR).build();
        let turns = Arc::new(Semaphore::new(ASKED_AT_ONCE));
        let (late_at, failed_at) = (Mutex::default(), Arc::default());
        Self { embedder, patience, clock, io, known, refused, turns, late_at, failed_at }
    }

    /// None: the words have to do. An answer that comes too late is remembered for the next who types the same. What may be
    /// about a person is told to nobody.
    pub(in crate::search) async fn meaning_of(&self, typed: &str) -> Option<Embedding> {
        let text = Text::parse(typed).ok()?;
        if let Some(known) = self.known.get(text.as_str()) {
            count("known");
            return Some(known);
        }
        if self.refused.contains_key(text.as_str()) {
            return None;
        }
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok().filter(|_| !self.rests_since(&self.failed_at));
        let Some(turn) = turn else {
            count("left_out");
            return None;
        };
        let (embedder, clock, failed_at) =
            (Arc::clone(&self.embedder), Arc::clone(&self.clock), Arc::clone(&self.failed_at));
        let (known, refused) = (self.known.clone(), self.refused.clone());
        let answer = self.io.spawn(async move {
            let _turn = turn;
            let text = text.as_str().to_owned();
            match embedded(&*embedder, vec![text.clone()]).await {
                Ok(mut embeddings) => {
                    count("answered");
                    let embedding = embeddings.pop()?;
                    known.insert(text, embedding.clone());
                    Some(embedding)
                }
                Err(EmbedderError::Refused(_)) => {
                    count("refused");
                    refused.insert(text, ());
                    None
                }
                Err(error @ EmbedderError::Unavailable(_)) => {
                    count("failed");
                    tracing::warn!(%error, "searches go by their words alone for a moment");
                    *failed_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(clock.now());
                    None
                }
            }
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
