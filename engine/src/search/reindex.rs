//! The whole index, made anew from the database beside the one that serves.
//!
//! ```text
//!  reading ------------> merging ---> catching up -----------------------> in charge
//!  pages of products     to disk      what the outbox said since the start
//! ```
//!
//! The one that serves hears all the while what changes. So does the new one before it takes over, and nothing that was found
//! a moment ago is gone a moment later.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::SubsecRound;
use search_index::{Index, Rebuild, Status};
use serde_json::json;

use crate::audit::{self, Actor, Entry, Subject};
use crate::clock::{IdSource, RandomIds};
use crate::id::StoreId;
use crate::outbox::{self, Position};

use super::changed;
use super::changes::{Changes, REINDEX, TOPICS};
use super::error::Error;
use super::languages::Languages;
use super::pace::{Pace, Reader};
use super::sources::{Projected, Sources};
use super::store;
use super::tuning::{self, WRITING};
use super::watermark::Watermark;

/// What a rebuild is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Products are read and added.
    Reading,
    /// What was added is written and merged.
    Merging,
    /// What changed meanwhile is added.
    CatchingUp,
}

/// How far a rebuild is: products read, of so many (as counted when it began).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    pub done: u64,
    pub total: u64,
    /// Since it began.
    pub lasted: Duration,
}

impl Progress {
    /// What was made since it was counted makes no more than all.
    fn new(phase: Phase, done: u64, counted: u64, lasted: Duration) -> Self {
        Self { phase, done, total: counted.max(done), lasted }
    }

    /// Products read in a second, so far.
    pub fn per_s(&self) -> u64 {
        let ms = u64::try_from(self.lasted.as_millis()).unwrap_or(u64::MAX).max(1);
        self.done.saturating_mul(1_000) / ms
    }
}

impl Phase {
    pub fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Merging => "merging",
            Self::CatchingUp => "catching_up",
        }
    }
}

/// What became of the wish for a new index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reindexed {
    /// With so many products.
    Done(u64),
    /// A running server has the index and was asked to do it; it serves from the old one until then.
    Requested,
}

/// A new generation, and how much it knows.
pub(super) struct Filled {
    rebuild: Rebuild,
    watermark: Watermark,
}

/// For a program of its own: rebuilds the index below `dir`, or asks the server that uses it.
pub async fn reindex(
    sources: &Sources,
    dir: &Path,
    pace: Pace,
    progress: &dyn Fn(Progress),
) -> Result<Reindexed, Error> {
    match Index::open(dir) {
        Ok(index) => {
            let mut filled = fill(&index, sources, pace, &AtomicBool::new(false), progress).await?;
            filled.catch_up(&index, sources).await?;
            let products = filled.products();
            let old = match index.status() {
                Status::Ready { watermark, .. } => watermark.as_deref().and_then(Watermark::read),
                Status::NeedsRebuild(_) => None,
            };
            filled.finish(sources).await?;
            if let Some(old) = old {
                forget(sources, &old.consumer).await;
            }
            Ok(Reindexed::Done(products))
        }
        Err(search_index::Error::InUse { .. }) => {
            sources.outbox.publish(StoreId::MAIN, REINDEX, json!({})).await?;
            Ok(Reindexed::Requested)
        }
        Err(error) => Err(error.into()),
    }
}

impl Sources {
    /// The server that has the index does it.
    pub(super) async fn order_rebuild(&self, store: StoreId, actor: Actor) -> Result<(), Error> {
        let now = self.clock.now().trunc_subsecs(6);
        self.database
            .transact(WRITING, move |connection| {
                Box::pin(async move {
                    let subject = Subject::new("search_index", store);
                    let entry = Entry::new(&RandomIds, now, store, actor, "search_index.rebuild", subject);
                    let entry = entry.changed(json!({ "wanted": false }), json!({ "wanted": true }));
                    audit::store::insert(connection, &entry).await?;
                    outbox::publish_in_op(connection, store, REINDEX, &json!({})).await?;
                    Ok(())
                })
            })
            .await
    }
}

/// An index that is gone keeps no rows of the outbox.
pub(super) async fn forget(sources: &Sources, consumer: &str) {
    if let Err(error) = sources.outbox.forget_cursor(consumer).await {
        // The outbox keeps rows for it for three days, and then forgets it by itself.
        tracing::warn!(%error, "the outbox was not told that an old search index is gone");
    }
}

/// Fills a new generation with all products. Given up where `stop` is set.
pub(super) async fn fill(
    index: &Index,
    sources: &Sources,
    pace: Pace,
    stop: &AtomicBool,
    progress: &dyn Fn(Progress),
) -> Result<Filled, Error> {
    // What is committed from here on is heard again afterwards; what the pages already show of it is the same or newer.
    let position = sources.outbox.horizon().await?;
    // An index that is built anew has nothing to do with what others, or copies of it, have heard.
    let consumer = format!("search-{}", RandomIds.next(sources.clock.now()));
    // Kept for it from here on, for beside a sale it may take a day.
    sources.outbox.save_cursor(&consumer, position).await?;
    let filled = fill_from(index, sources, pace, stop, progress, (position, &consumer)).await;
    if filled.is_err() {
        forget(sources, &consumer).await;
    }
    filled
}

async fn fill_from(
    index: &Index,
    sources: &Sources,
    pace: Pace,
    stop: &AtomicBool,
    progress: &dyn Fn(Progress),
    (position, consumer): (Position, &str),
) -> Result<Filled, Error> {
    let at = sources.clock.now();
    let (database, stores, total, languages) = sources
        .database
        .run_at_length(|mut connection| async move {
            let connection = &mut connection;
            let (identity, stores) = (store::identity(connection).await?, store::stores(connection).await?);
            let total = store::active_products(connection).await?;
            Ok::<_, Error>((identity, stores, total, tuning::languages(connection).await?))
        })
        .await?;
    let started = Instant::now();
    let told = |phase, done| progress(Progress::new(phase, done, total, started.elapsed()));
    let mut rebuild = index.rebuild_with_memory(pace.memory_bytes)?;
    let mut reader = Reader::new(pace, sources.outbox.clone(), position);
    told(Phase::Reading, 0);
    let mut stores = stores.into_iter().peekable();
    while let Some(store) = stores.next() {
        let mut size = reader.page_size();
        let mut page = sources.page_ahead(store, None, size);
        loop {
            if stop.load(Ordering::Acquire) {
                page.abort();
                return Err(Error::Stopped);
            }
            let products = page.await.map_err(|_| Error::Stopped)??;
            let Some(last) = products.last() else { break };
            let is_last = products.len() < size;
            // The next page is read while this one is added.
            size = reader.page_size();
            page = sources.page_ahead(store, Some(last), size);
            let adding = Reader::begin(products.len());
            let projected = sources.projected(products, languages.of(store));
            for document in projected.iter().filter_map(|product| product.document.as_ref()) {
                rebuild.add(document)?;
            }
            told(Phase::Reading, rebuild.products());
            // Nothing follows the last one that could be in anybody's way.
            if !is_last || stores.peek().is_some() {
                reader.rest_after(adding).await;
            }
        }
    }
    told(Phase::Merging, rebuild.products());
    rebuild.settle()?;
    told(Phase::CatchingUp, rebuild.products());
    let watermark = Watermark { database, consumer: consumer.to_owned(), position, at, languages, anew: false };
    let mut filled = Filled { rebuild, watermark };
    filled.catch_up(index, sources).await?;
    Ok(filled)
}

impl Filled {
    pub(super) fn products(&self) -> u64 {
        self.rebuild.products()
    }

    pub(super) fn languages(&self) -> &Languages {
        &self.watermark.languages
    }

    /// Adds all that has changed since. Of stock `index` is told, which knows it over all its generations: what is passed here
    /// nobody hears again.
    pub(super) async fn catch_up(&mut self, index: &Index, sources: &Sources) -> Result<(), Error> {
        loop {
            let stretch = sources.outbox.read(TOPICS, self.watermark.position, changed::EVENTS_AT_ONCE).await?;
            let changes = Changes::of(&stretch.events);
            let stock = sources.availabilities_around(&changes.variants).await?;
            index.set_availability(stock.iter().map(|(id, availability)| (id.as_str(), *availability)))?;
            let mut products = changed::products(sources, &changes).await?;
            while !products.is_empty() {
                for (store, ids) in products.take(changed::PRODUCTS_AT_ONCE) {
                    let language = self.watermark.languages.of(store);
                    self.write(&sources.products(store, ids, language).await?)?;
                }
            }
            self.watermark.position = stretch.reached;
            if !stretch.more {
                return Ok(());
            }
        }
    }

    fn write(&mut self, products: &[Projected]) -> Result<(), Error> {
        for product in products {
            match &product.document {
                Some(document) => self.rebuild.add(document)?,
                None => self.rebuild.delete(&product.id.to_string(), product.version)?,
            }
        }
        Ok(())
    }

    /// Puts it in charge.
    pub(super) async fn finish(self, sources: &Sources) -> Result<(), Error> {
        let Self { rebuild, watermark } = self;
        // How far it has come since its beginning: before it is in charge, for the one before may be forgotten then.
        sources.outbox.save_cursor(&watermark.consumer, watermark.position).await?;
        let products = rebuild.products();
        rebuild.finish(&watermark.write())?;
        tracing::info!(search.products = products, "built the search index");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_done_than_there_is_to_do() {
        for (done, counted, total) in [(0, 0, 0), (3, 7, 7), (7, 7, 7), (9, 7, 9)] {
            assert_eq!(Progress::new(Phase::CatchingUp, done, counted, Duration::ZERO).total, total);
        }
    }
}
