//! Files that are not what was written: found at opening and by searches that fail, and helped by the generation before.
//!
//! Each file of a commit has a checksum. At opening all are compared; later only when a search met something strange, for
//! reading a large index whole takes seconds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption};
use tantivy::TantivyError;

use crate::error::{Error, RebuildReason};
use crate::generation::{Generation, Layout};
use crate::index::{Index, Published, Shared};
use crate::segment::AvailabilityNews;
use crate::snapshot::{Snapshot, Store};

impl Index {
    /// Why it should be made anew although it serves.
    pub fn damage(&self) -> Option<RebuildReason> {
        self.shared.damage.load().as_deref().cloned()
    }

    /// Whether a search met what only damage explains.
    pub fn is_suspected(&self) -> bool {
        self.shared.suspected.load(Ordering::Acquire)
    }

    /// After a search met what only damage explains: reads all files, and where one is damaged lets the generation before
    /// serve, if that is intact. Takes seconds for a large index, and nothing where nothing is suspected.
    pub fn inspect(&self) -> Option<RebuildReason> {
        if self.shared.suspected.swap(false, Ordering::AcqRel)
            && let Ok(snapshot) = self.shared.snapshot()
        {
            // A merge may take files away while they are read: then they are others the second time.
            let found = snapshot.store.check().or_else(|_| snapshot.store.check());
            match found {
                Ok(()) => tracing::warn!("a search failed strangely, but all files of the search index are intact"),
                Err(reason) => self.shared.fall_back(&snapshot, reason),
            }
        }
        self.damage()
    }
}

impl Shared {
    /// Reads the snapshot. What only damaged files explain, a panic over them too, is noted for an inspection.
    pub(crate) fn reading<T>(&self, read: impl FnOnce(&Snapshot) -> Result<T, Error>) -> Result<T, Error> {
        let snapshot = self.snapshot()?;
        // Nothing that is changed outlives it: a snapshot is only read.
        let answer = catch_unwind(AssertUnwindSafe(|| read(&snapshot))).unwrap_or_else(|_| {
            Err(TantivyError::InternalError("reading the search index panicked".to_owned()).into())
        });
        answer.map_err(|error| {
            self.suspect(&error);
            // Where nothing else serves, what can be read is found until the new index is there.
            if tells_of_damage(&error) { Error::NotBuilt(RebuildReason::Corrupt(error.to_string())) } else { error }
        })
    }

    /// Has the files looked at, if the error is one that damage explains.
    pub(crate) fn suspect(&self, error: &Error) {
        if tells_of_damage(error) && !self.suspected.swap(true, Ordering::AcqRel) {
            tracing::error!(%error, "the search index may be damaged");
        }
    }

    /// The files of what serves are not what was written.
    fn fall_back(&self, damaged: &Arc<Snapshot>, reason: RebuildReason) {
        tracing::error!(%reason, search.generation = damaged.store.generation.number, "the search index is damaged");
        damaged.store.generation.note_damage();
        let previous = self.previous.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(previous) = previous {
            let news = self.lock_news();
            match snapshot_of(previous.clone(), &news) {
                Ok(snapshot) => {
                    self.take_over(snapshot);
                    damaged.store.generation.supersede();
                }
                Err(error) => {
                    tracing::warn!(%error, "nor does the one before it serve");
                    // Perhaps for a moment only. It goes when a new one takes over.
                    *self.previous.lock().unwrap_or_else(PoisonError::into_inner) = Some(previous);
                }
            }
        }
        self.damage.store(Some(Arc::new(reason)));
    }

    fn take_over(&self, snapshot: Snapshot) {
        tracing::warn!(search.generation = snapshot.store.generation.number, "an older search index serves");
        if let Err(error) = self.layout.put_in_charge(&snapshot.store.generation, None) {
            // It serves all the same; the next start finds the damaged one and comes here again.
            tracing::warn!(%error, "and cannot be put in charge");
        }
        self.published.store(Arc::new(Published::Snapshot(Arc::new(snapshot))));
    }
}

/// What there is to serve from in a directory.
pub(crate) fn opened(layout: Layout) -> Shared {
    let (numbers, mut reason) = match layout.named() {
        Ok(named) => ([Some(named.current), named.previous].into_iter().flatten().collect(), None),
        Err(reason) => (layout.newest_first(), Some(reason)),
    };
    let mut intact = None;
    let mut numbers = numbers.into_iter();
    for number in numbers.by_ref() {
        match snapshot_of(Arc::new(layout.generation(number)), &AvailabilityNews::new()) {
            Ok(snapshot) => {
                intact = Some(snapshot);
                break;
            }
            Err(error) => {
                tracing::warn!(%error, search.generation = number, "a generation of the search index does not serve");
                reason.get_or_insert(error);
            }
        }
    }
    let shared = Shared {
        rebuilding: AtomicBool::new(false),
        published: ArcSwap::from_pointee(Published::Nothing(RebuildReason::Missing)),
        previous: Mutex::new(None),
        damage: ArcSwapOption::empty(),
        suspected: AtomicBool::new(false),
        publishing: Mutex::new(AvailabilityNews::new()),
        since_prepared: Mutex::new(None),
        layout,
    };
    match (intact, reason) {
        (Some(snapshot), None) => {
            // Not opened before it is needed: that would read it whole.
            let previous = numbers.next().map(|number| Arc::new(shared.layout.generation(number)));
            let keep: Vec<u64> =
                [Some(snapshot.store.generation.number), previous.as_ref().map(|previous| previous.number)]
                    .into_iter()
                    .flatten()
                    .collect();
            shared.layout.sweep(&keep);
            *shared.previous.lock().unwrap_or_else(PoisonError::into_inner) = previous;
            shared.published.store(Arc::new(Published::Snapshot(Arc::new(snapshot))));
        }
        (Some(snapshot), Some(reason)) => {
            shared.layout.sweep(&[snapshot.store.generation.number]);
            shared.take_over(snapshot);
            shared.damage.store(Some(Arc::new(reason)));
        }
        (None, reason) => {
            let reason = reason.unwrap_or(RebuildReason::Missing);
            shared.published.store(Arc::new(Published::Nothing(reason)));
        }
    }
    shared
}

fn snapshot_of(generation: Arc<Generation>, news: &AvailabilityNews) -> Result<Snapshot, RebuildReason> {
    let store = Arc::new(Store::open(generation)?);
    Snapshot::take(store, None, news).map_err(|error| RebuildReason::Corrupt(error.to_string()))
}

fn tells_of_damage(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Engine(error) => matches!(
            error,
            TantivyError::DataCorruption(_)
                | TantivyError::OpenReadError(_)
                | TantivyError::OpenDirectoryError(_)
                | TantivyError::IoError(_)
                | TantivyError::InternalError(_)
                | TantivyError::SystemError(_)
        ),
        Error::Query(_)
        | Error::NotBuilt(_)
        | Error::Superseded
        | Error::RebuildRunning
        | Error::InUse { .. }
        | Error::BadDocument { .. } => false,
    }
}
