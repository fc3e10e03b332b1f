//! What somebody typed, put as the model puts it: from memory, or asked within a moment.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use search_index::Embedding;
use tokio::runtime::Handle as Runtime;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Embedder, embedded};

/// Texts that are remembered: some 5 MB.
const KNOWN_MAX: u64 = 10_000;
/// Questions that are under way at once. Who comes when there are as many goes by the words.
const ASKED_AT_ONCE: usize = 16;
/// A model that did not answer in time is left alone so long: no search waits for it meanwhile.
const REST: Duration = Duration::from_secs(1);

pub(in crate::search) struct Asked {
    embedder: Arc<dyn Embedder>,
    /// How long a search waits.
    patience: Duration,
    io: Runtime,
    known: Cache<String, Embedding>,
    turns: Arc<Semaphore>,
    rests_until: Mutex<Option<Instant>>,
}

impl Asked {
    pub(in crate::search) fn new(embedder: Arc<dyn Embedder>, patience: Duration, io: Runtime) -> Self {
        let (known, turns) = (Cache::new(KNOWN_MAX), Arc::new(Semaphore::new(ASKED_AT_ONCE)));
        Self { embedder, patience, io, known, turns, rests_until: Mutex::new(None) }
    }

    /// None: the words have to do. An answer that comes too late is remembered for the next who types the same.
    pub(in crate::search) async fn meaning_of(&self, text: &str) -> Option<Embedding> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if let Some(known) = self.known.get(text) {
            count("known");
            return Some(known);
        }
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok().filter(|_| !self.rests());
        let Some(turn) = turn else {
            count("left_out");
            return None;
        };
        let (embedder, known, text) = (Arc::clone(&self.embedder), self.known.clone(), text.to_owned());
        let answer = self.io.spawn(async move {
            let _turn = turn;
            let embedding = embedded(&*embedder, vec![text.clone()]).await?.remove(0);
            known.insert(text, embedding.clone());
            Ok::<_, super::EmbedderError>(embedding)
        });
        match timeout(self.patience, answer).await {
            Ok(Ok(Ok(embedding))) => {
                count("answered");
                return Some(embedding);
            }
            Ok(Ok(Err(error))) => {
                count("failed");
                tracing::warn!(%error, "searches go by their words alone for a moment");
            }
            Ok(Err(ended)) => {
                count("failed");
                tracing::error!(%ended, "asking the embedding model ended badly");
            }
            Err(_) => count("late"),
        }
        *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
        None
    }

    fn rests(&self) -> bool {
        self.rests_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("doorbuster_search_embeddings_total", "of" => "searches", "outcome" => outcome).increment(1);
}
