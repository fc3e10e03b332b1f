//! The way to the search: asks the index on the caller's thread, and keeps the thread that writes it.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use search_index::{
    Availability, Bucket, Explanation, Facet, Index, Matching, PopularQueries, Query, Rhythm, Status, Suggest,
    SuggestedName, SuggestedScope, Suggestions,
};
use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;

use crate::id::StoreId;
use crate::merchandising::InForce;
use crate::searched::Popular;

use super::card::Card;
use super::error::Error;
use super::indexer::{Heard, Indexer, Step};
use super::projection::store_key;
use super::sources::Sources;

#[derive(Debug, Clone)]
pub struct Settings {
    pub dir: PathBuf,
    /// How long a changed product waits for others before it can be found.
    pub commit_interval: Duration,
    pub writer_memory_bytes: usize,
    /// How often the outbox is asked.
    pub poll_interval: Duration,
}

/// Cheap to clone. Searching takes a fraction of a millisecond and never waits for the writer.
#[derive(Clone)]
pub struct Search {
    shared: Arc<Shared>,
    /// None: no store has any.
    rules: Option<InForce>,
    popular: Popular,
}

/// A page of results.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    pub products: Vec<Listed>,
    pub total: u64,
    pub next_cursor: Option<String>,
    pub matching: Matching,
    /// Words of the text that no product has; products with similar words stand for them.
    pub unknown_words: Vec<String>,
    /// The text as it was probably meant, where it finds little as it was typed.
    pub did_you_mean: Option<String>,
    /// Where to look instead when nothing good was found.
    pub closest_categories: Vec<Bucket>,
    pub facets: Vec<Facet>,
}

/// What a text that is being typed may become.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggested {
    pub queries: Vec<String>,
    pub products: Vec<Card>,
    pub categories: Vec<SuggestedName>,
    pub brands: Vec<SuggestedName>,
    pub scoped: Vec<SuggestedScope>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub card: Card,
    /// As of this moment, and as its policy allows.
    pub availability: Availability,
    /// Why it stands where it stands, if it was asked for.
    pub explanation: Option<Explanation>,
}

struct Shared {
    index: Index,
    control: SyncSender<Control>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Written by the thread, after each step that went well.
    heard: Arc<Mutex<Option<Heard>>>,
}

enum Control {
    Wake,
    Rebuild(oneshot::Sender<Result<u64, Error>>),
    Stop,
}

const CONTROLS_WAITING_MAX: usize = 16;
/// The longest pause between attempts while something is wrong.
const PATIENCE: Duration = Duration::from_secs(5);

impl Search {
    /// Opens the index and starts the thread that keeps it. An index that has to be built first is built there; until
    /// then `is_ready` says no and searching answers `NotBuilt`.
    pub fn start(sources: Sources, settings: &Settings) -> Result<Self, Error> {
        let index = Index::open(&settings.dir)?;
        let rhythm = Rhythm { wait_max: settings.commit_interval, ..Rhythm::default() };
        let io = sources.database.io().clone();
        let indexer = Indexer::new(index.clone(), sources, rhythm, settings.writer_memory_bytes);
        let (control, controls) = sync_channel(CONTROLS_WAITING_MAX);
        let poll = settings.poll_interval;
        let heard = Arc::<Mutex<Option<Heard>>>::default();
        let tell = Arc::clone(&heard);
        let thread = thread::Builder::new()
            .name("search-indexer".to_owned())
            .spawn(move || run(indexer, &controls, &io, poll, &tell))
            .map_err(search_index::Error::Io)?;
        let shared = Arc::new(Shared { index, control, thread: Mutex::new(Some(thread)), heard });
        Ok(Self { shared, rules: None, popular: Popular::default() })
    }

    /// The same, by these rules, and knowing what is popular.
    #[must_use]
    pub fn heeding(self, rules: InForce, popular: Popular) -> Self {
        Self { rules: Some(rules), popular, ..self }
    }

    /// Whether there is an index to ask.
    pub fn is_ready(&self) -> bool {
        matches!(self.status(), Status::Ready { .. })
    }

    pub fn status(&self) -> Status {
        self.shared.index.status()
    }

    /// How far the index has heard; `None` before it did. While something is wrong it stays and grows old.
    pub fn heard(&self) -> Option<Heard> {
        *self.shared.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of a store's products, by its rules. The store and the rules in `query` are of no account.
    pub fn search(&self, store: StoreId, query: Query) -> Result<Results, Error> {
        let page = self.shared.index.search(&self.of_store(store, query))?;
        let products = page.hits.into_iter().map(|hit| {
            let card = serde_json::from_str(&hit.stored)
                .map_err(|error| Error::DamagedCard { id: hit.id, reason: error.to_string() })?;
            Ok(Listed { card, availability: hit.availability, explanation: hit.explanation })
        });
        Ok(Results {
            products: products.collect::<Result<_, Error>>()?,
            total: page.total,
            next_cursor: page.next_cursor,
            matching: page.matching,
            unknown_words: page.unknown_words,
            did_you_mean: page.did_you_mean,
            closest_categories: page.closest_categories,
            facets: page.facets,
        })
    }

    /// What a text that is being typed may become. The store and what is popular in `suggest` are of no account.
    pub fn suggest(&self, store: StoreId, suggest: Suggest) -> Result<Suggested, Error> {
        let suggest = Suggest { store: store_key(store), popular: self.popular(store), ..suggest };
        let Suggestions { queries, products, categories, brands, scoped } = self.shared.index.suggest(&suggest)?;
        let card = |product: search_index::SuggestedProduct| {
            serde_json::from_str(&product.stored)
                .map_err(|error| Error::DamagedCard { id: product.id, reason: error.to_string() })
        };
        let products = products.into_iter().map(card).collect::<Result<_, Error>>()?;
        Ok(Suggested { queries, products, categories, brands, scoped })
    }

    /// What people of a store look for and find. Costs no I/O.
    pub fn popular(&self, store: StoreId) -> Arc<PopularQueries> {
        self.popular.of(store)
    }

    /// The query as the index is asked it.
    pub fn of_store(&self, store: StoreId, query: Query) -> Query {
        let rules = self.rules.as_ref().map(|rules| rules.of(store)).unwrap_or_default();
        Query { store: store_key(store), rules, ..query }
    }

    /// Looks at the outbox now instead of when its time comes.
    pub fn wake(&self) {
        // Full: it has been woken already.
        let _ = self.shared.control.try_send(Control::Wake);
    }

    /// Makes the index anew while the old one serves. Says how many products it has.
    pub async fn rebuild(&self) -> Result<u64, Error> {
        let (reply, answer) = oneshot::channel();
        self.shared.control.try_send(Control::Rebuild(reply)).map_err(|_| Error::Stopped)?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Writes what was heard and ends the thread.
    pub async fn close(&self) {
        let thread = self.shared.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        let control = self.shared.control.clone();
        let ended = tokio::task::spawn_blocking(move || {
            // Disconnected: it has ended.
            let _ = control.send(Control::Stop);
            thread.join()
        });
        if !matches!(ended.await, Ok(Ok(()))) {
            tracing::error!("the search indexer ended badly");
        }
    }
}

fn run(mut indexer: Indexer, controls: &Receiver<Control>, io: &Runtime, poll: Duration, heard: &Mutex<Option<Heard>>) {
    let mut troubled = Duration::ZERO;
    loop {
        let step = io.block_on(indexer.step());
        if let Some(now) = indexer.heard() {
            *heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        let rest = match step {
            Ok(step) => {
                troubled = Duration::ZERO;
                match step {
                    Step::Again => Duration::ZERO,
                    Step::Rest(due) => due.min(poll),
                }
            }
            Err(error) => {
                troubled = (troubled * 2).clamp(poll, PATIENCE);
                tracing::warn!(%error, retry_in_ms = troubled.as_millis(), "the search index could not be brought up to date");
                troubled
            }
        };
        match controls.recv_timeout(rest) {
            Ok(Control::Wake) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Control::Rebuild(reply)) => {
                let rebuilt = io.block_on(indexer.rebuild(&|_| {}));
                // Whoever asked may have gone; the index is new all the same.
                let _ = reply.send(rebuilt);
            }
            Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    if let Err(error) = io.block_on(indexer.flush()) {
        tracing::warn!(%error, "what the search index heard last is heard again at the next start");
    }
}
