//! The way to the search: asks the index, and keeps the thread that writes it.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use search_index::{
    Availability, Bucket, Explanation, Facet, Index, Matching, PopularQueries, Query, RebuildReason, Rhythm, Status,
    Suggest, SuggestedName, SuggestedScope, Suggestions,
};
use tokio::sync::Semaphore;
use tokio::task;

use crate::audit::Actor;
use crate::id::StoreId;
use crate::merchandising::InForce;
use crate::searched::Popular;

use super::card::Card;
use super::error::Error;
use super::fresh::Fresh;
use super::indexer::Heard;
use super::keeping::Keeping;
use super::known::Known;
use super::meaning::Asked;
use super::pace::Pace;
use super::projection::store_key;
use super::reindex::Progress;
use super::sources::Sources;
use super::tuning::{Tuning, TuningPatch};

#[derive(Debug, Clone)]
pub struct Settings {
    pub dir: PathBuf,
    /// How long a changed product waits for others before it can be found.
    pub commit_interval: Duration,
    pub writer_memory_bytes: usize,
    pub rebuild: Pace,
    /// How often the outbox is asked.
    pub poll_interval: Duration,
    /// How often it is counted what was sold.
    pub popularity_interval: Duration,
    /// How long nothing is looked for, after all products were gone over for what they mean.
    pub meaning_interval: Duration,
    /// How long a search waits for what its text means.
    pub meaning_patience: Duration,
}

/// Cheap to clone. Searching never waits for the writer; in a large shop it takes milliseconds of a processor.
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

/// How the index is, for whoever looks after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    pub status: Status,
    /// Why it is made anew although it serves.
    pub damage: Option<RebuildReason>,
    pub heard: Option<Heard>,
    /// None: nothing is made anew at the moment.
    pub rebuild: Option<Progress>,
    pub bytes_on_disk: u64,
}

struct Shared {
    index: Index,
    sources: Sources,
    fresh: Fresh,
    /// Written by the thread that keeps the index.
    known: Arc<Known>,
    keeping: Keeping,
    /// None: there is no model.
    asked: Option<Asked>,
    /// Of those who search at once.
    turns: Semaphore,
}

impl Settings {
    pub(super) fn rhythm(&self) -> Rhythm {
        Rhythm { wait_max: self.commit_interval, ..Rhythm::default() }
    }
}

impl Search {
    /// Opens the index and starts the thread that keeps it. An index that has to be built first is built beside it; until
    /// then `is_ready` says no and searching answers `NotBuilt`.
    pub fn start(sources: Sources, settings: &Settings) -> Result<Self, Error> {
        let index = Index::open(&settings.dir)?;
        let known = Arc::<Known>::default();
        let keeping = Keeping::start(index.clone(), &sources, settings, Arc::clone(&known))?;
        let (io, clock) = (sources.database.io().clone(), Arc::clone(&sources.clock));
        let asked = sources.embedder.clone().map(|embedder| Asked::new(embedder, settings.meaning_patience, clock, io));
        let turns = Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get));
        let shared = Arc::new(Shared { index, sources, fresh: Fresh::default(), known, keeping, asked, turns });
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
        self.shared.known.heard()
    }

    /// How far the index that is being made is; `None` while none is.
    pub fn rebuilding(&self) -> Option<Progress> {
        self.shared.known.rebuild()
    }

    /// Looks at the disk.
    pub fn health(&self) -> Health {
        Health {
            status: self.status(),
            damage: self.shared.index.damage(),
            heard: self.heard(),
            rebuild: self.rebuilding(),
            bytes_on_disk: self.shared.index.bytes_on_disk(),
        }
    }

    /// A page of a store's products, as the index has them: prices and stock may be a moment old. Asks nobody. What
    /// the store itself says (its language, its rules, how it weighs, what time it is) in `query` is of no account.
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

    /// What a text that is being typed may become. The store, its language and what is popular in `suggest` are of no account.
    pub fn suggest(&self, store: StoreId, suggest: Suggest) -> Result<Suggested, Error> {
        let suggest = Suggest {
            store: store_key(store),
            language: self.shared.known.language(store),
            popular: self.popular(store),
            ..suggest
        };
        let Suggestions { queries, products, categories, brands, scoped } = self.shared.index.suggest(&suggest)?;
        let card = |product: search_index::SuggestedProduct| {
            serde_json::from_str(&product.stored)
                .map_err(|error| Error::DamagedCard { id: product.id, reason: error.to_string() })
        };
        let products = products.into_iter().map(card).collect::<Result<_, Error>>()?;
        Ok(Suggested { queries, products, categories, brands, scoped })
    }

    /// The same, beside what the caller's thread has to do.
    pub async fn suggested(&self, store: StoreId, suggest: Suggest) -> Result<Suggested, Error> {
        self.aside(move |search| search.suggest(store, suggest)).await
    }

    /// On threads that do nothing but compute, no more at once than there are processors: whoever waits for the database or a
    /// socket does not wait for a search.
    async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let search = self.clone();
        let _turn = self.shared.turns.acquire().await.map_err(|_| Error::Stopped)?;
        match task::spawn_blocking(move || work(&search)).await {
            Ok(result) => result,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(Error::Stopped),
            },
        }
    }

    /// What people of a store look for and find. Costs no I/O.
    pub fn popular(&self, store: StoreId) -> Arc<PopularQueries> {
        self.popular.of(store)
    }

    /// The query as the index is asked it.
    pub fn of_store(&self, store: StoreId, query: Query) -> Query {
        let rules = self.rules.as_ref().map(|rules| rules.of(store)).unwrap_or_default();
        let (language, ranking) = (self.shared.known.language(store), self.shared.known.ranking(store));
        let now_ms = self.shared.sources.clock.now().timestamp_millis();
        Query { store: store_key(store), language, ranking, rules, now_ms, ..query }
    }

    /// The same, with prices and stock of now. What the public may not see any more is left out, so a page may have a product
    /// less than was asked for. Without the database it is answered as the index has it.
    pub async fn page(&self, store: StoreId, query: Query) -> Result<Results, Error> {
        let embedding = match &self.shared.asked {
            Some(asked) if query.is_by_relevance_alone() => asked.meaning_of(&query.text).await,
            Some(_) | None => None,
        };
        let query = Query { embedding, ..query };
        let mut results = self.aside(move |search| search.search(store, query)).await?;
        results.products = self.shared.fresh.shown(&self.shared.sources, store, results.products).await;
        Ok(results)
    }

    /// Looks at the outbox now instead of when its time comes.
    pub fn wake(&self) {
        self.shared.keeping.wake();
    }

    /// Makes the index anew while the old one serves. Says how many products it has.
    pub async fn rebuild(&self) -> Result<u64, Error> {
        self.shared.keeping.rebuild().await
    }

    /// Has every server make its index anew, this one too, and waits for none of them: `rebuilding` tells how far this one
    /// is. `store` is whose staff wants it.
    pub async fn order_rebuild(&self, store: StoreId, actor: Actor) -> Result<(), Error> {
        self.shared.sources.order_rebuild(store, actor).await?;
        self.wake();
        Ok(())
    }

    pub async fn tuning(&self, store: StoreId) -> Result<Tuning, Error> {
        self.shared.sources.tuning(store).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub async fn change_tuning(
        &self,
        store: StoreId,
        actor: Actor,
        expected: Option<i64>,
        patch: TuningPatch,
    ) -> Result<Tuning, Error> {
        let tuning = self.shared.sources.change_tuning(store, actor, expected, patch).await?;
        self.wake();
        Ok(tuning)
    }

    /// Writes what was heard and ends the thread.
    pub async fn close(&self) {
        self.shared.keeping.close().await;
    }
}
