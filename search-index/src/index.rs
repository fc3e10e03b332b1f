//! The handle to an index. Cheap to clone; searches on any number of threads, never waiting for
//! writers: they read the snapshot published last.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};

use crate::damage;
use crate::document::Availability;
use crate::error::{Error, RebuildReason};
use crate::generation::{Generation, Layout};
use crate::page::Page;
use crate::query::Query;
use crate::rebuild::Rebuild;
use crate::search;
use crate::segment::AvailabilityNews;
use crate::snapshot::{Snapshot, Store};
use crate::suggest::{self, Suggest, Suggestions};
use crate::writer::Writer;

#[derive(Clone)]
pub struct Index {
    pub(crate) shared: Arc<Shared>,
}

/// Whether the index can be searched, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Ready {
        generation: u64,
        /// Documents of all stores, with the marks left by deleted ones.
        documents: u64,
        /// What the last commit was given: how far the caller's events are in here.
        watermark: Option<String>,
    },
    NeedsRebuild(RebuildReason),
}

pub(crate) struct Shared {
    pub(crate) layout: Layout,
    pub(crate) rebuilding: AtomicBool,
    pub(crate) published: ArcSwap<Published>,
    /// The generation before, which takes over should the one in charge be damaged.
    pub(crate) previous: Mutex<Option<Arc<Generation>>>,
    /// Why what serves should be made anew: it is not the one that was in charge, or its files are not what was written.
    pub(crate) damage: ArcSwapOption<RebuildReason>,
    /// A search met what only damage explains. Whether it is, its checksums tell.
    pub(crate) suspected: AtomicBool,
    /// Held while a snapshot is taken and published, so that no word on availability falls between
    /// the snapshot that is being replaced and the one that replaces it.
    pub(crate) publishing: Mutex<AvailabilityNews>,
    /// What was said of availability since the next generation was prepared. Locked by whoever has the lock above.
    pub(crate) since_prepared: Mutex<Option<AvailabilityNews>>,
}

pub(crate) enum Published {
    Snapshot(Arc<Snapshot>),
    Nothing(RebuildReason),
}

impl Index {
    /// Takes the directory for this process and opens its current generation, or the one before where that is damaged. An
    /// index that cannot serve is opened too: it says why in its [`Status`] and waits for a [`Rebuild`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Index, Error> {
        let layout = Layout::lock(dir.as_ref())?;
        Ok(Index { shared: Arc::new(damage::opened(layout)) })
    }

    pub fn status(&self) -> Status {
        match &**self.shared.published.load() {
            Published::Snapshot(snapshot) => Status::Ready {
                generation: snapshot.store.generation.number,
                documents: snapshot.searcher.num_docs(),
                watermark: snapshot.watermark.clone(),
            },
            Published::Nothing(reason) => Status::NeedsRebuild(reason.clone()),
        }
    }

    pub fn search(&self, query: &Query) -> Result<Page, Error> {
        query.check()?;
        self.shared.reading(|snapshot| search::run(snapshot, query))
    }

    /// What a text that is being typed may become.
    pub fn suggest(&self, suggest: &Suggest) -> Result<Suggestions, Error> {
        self.shared.reading(|snapshot| suggest::run(snapshot, suggest))
    }

    /// The one writer of the current generation. A second one is refused by Tantivy's lock until
    /// the first is dropped.
    pub fn writer(&self) -> Result<Writer, Error> {
        Writer::open(self.shared.clone(), Writer::MEMORY_BYTES)
    }

    /// A writer that gathers up to so many bytes between two commits; Tantivy wants at least 15 MB.
    pub fn writer_with_memory(&self, bytes: usize) -> Result<Writer, Error> {
        Writer::open(self.shared.clone(), bytes)
    }

    /// Begins an empty next generation. Searches and the current writer go on with the old one
    /// until [`Rebuild::finish`].
    pub fn rebuild(&self) -> Result<Rebuild, Error> {
        self.rebuild_with_memory(Rebuild::MEMORY_BYTES)
    }

    /// The same within so much memory; Tantivy wants at least 15 MB.
    pub fn rebuild_with_memory(&self, bytes: usize) -> Result<Rebuild, Error> {
        Rebuild::start(self.shared.clone(), bytes)
    }

    /// Changes what searches believe about the stock of these products, at once and without
    /// indexing anything: in a sale this happens with every order.
    ///
    /// It is kept in memory only, and beats the documents until one is written for the same
    /// product, also over rebuilds. After opening, the caller tells the index again what it knows;
    /// until then the documents' own availability holds. Unknown products are remembered too.
    pub fn set_availability<'a>(
        &self,
        changes: impl IntoIterator<Item = (&'a str, Availability)>,
    ) -> Result<(), Error> {
        let mut news = self.shared.lock_news();
        let published = self.shared.published.load();
        for (id, availability) in changes {
            if news.insert(id.into(), availability) == Some(availability) {
                continue;
            }
            self.shared.note_since(id, availability);
            if let Published::Snapshot(snapshot) = &**published {
                snapshot.set_availability(id, availability)?;
            }
        }
        Ok(())
    }
}

impl Shared {
    pub(crate) fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        match &**self.published.load() {
            Published::Snapshot(snapshot) => Ok(snapshot.clone()),
            Published::Nothing(reason) => Err(Error::NotBuilt(reason.clone())),
        }
    }

    /// Makes the last commit of a generation visible, if that generation is still in charge.
    pub(crate) fn publish(&self, store: &Arc<Store>) -> Result<(), Error> {
        let news = self.lock_news();
        let previous = self.snapshot()?;
        if !Arc::ptr_eq(&previous.store, store) {
            return Err(Error::Superseded);
        }
        let next = Snapshot::take(store.clone(), Some(&previous), &news)?;
        self.published.store(Arc::new(Published::Snapshot(Arc::new(next))));
        Ok(())
    }

    /// Opens a generation that will be in charge, which takes seconds for a large one, while others write and are heard.
    pub(crate) fn prepare(&self, store: Arc<Store>) -> Result<Snapshot, Error> {
        let news = {
            let news = self.lock_news();
            *self.lock_since() = Some(AvailabilityNews::new());
            news.clone()
        };
        Ok(Snapshot::take(store, None, &news)?)
    }

    /// Puts a finished generation in charge. The old one stays on disk as the one before, unless it is damaged; what was
    /// before that goes when its last search has ended.
    pub(crate) fn replace(&self, store: Arc<Store>, prepared: Option<&Snapshot>) -> Result<(), Error> {
        let news = self.lock_news();
        let next = Snapshot::take(store, prepared, &news)?;
        if prepared.is_some() {
            for (id, availability) in self.lock_since().take().into_iter().flatten() {
                next.set_availability(&id, availability)?;
            }
        }
        let old = match &**self.published.load() {
            Published::Snapshot(old) => Some(old.store.generation.clone()),
            Published::Nothing(_) => None,
        };
        let kept = old.clone().filter(|old| !old.is_damaged());
        self.layout.put_in_charge(&next.store.generation, kept.as_deref())?;
        self.published.store(Arc::new(Published::Snapshot(Arc::new(next))));
        self.damage.store(None);
        self.suspected.store(false, Ordering::Release);
        let mut previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = std::mem::replace(&mut *previous, kept);
        for gone in oldest.into_iter().chain(old.filter(|old| old.is_damaged())) {
            gone.supersede();
        }
        Ok(())
    }

    /// A document was written: from now on its availability is the last word.
    pub(crate) fn forget_older_news(&self, id: &str, availability: Option<Availability>) -> Result<(), Error> {
        let mut news = self.lock_news();
        let Some(told) = news.get_mut(id) else {
            return Ok(());
        };
        match availability {
            Some(availability) => {
                *told = availability;
                self.note_since(id, availability);
                self.snapshot()?.set_availability(id, availability)?;
            }
            None => {
                news.remove(id);
            }
        }
        Ok(())
    }

    pub(crate) fn is_in_charge(&self, generation: &Generation) -> bool {
        match &**self.published.load() {
            Published::Snapshot(snapshot) => snapshot.store.generation.number == generation.number,
            Published::Nothing(_) => false,
        }
    }

    fn note_since(&self, id: &str, availability: Availability) {
        if let Some(since) = &mut *self.lock_since() {
            since.insert(id.into(), availability);
        }
    }

    fn lock_since(&self) -> MutexGuard<'_, Option<AvailabilityNews>> {
        self.since_prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn end_rebuild(&self) {
        *self.lock_since() = None;
        self.rebuilding.store(false, Ordering::Release);
    }

    /// The map stays whole whatever happens to a thread that holds it: each change is one insert.
    pub(crate) fn lock_news(&self) -> MutexGuard<'_, AvailabilityNews> {
        self.publishing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
