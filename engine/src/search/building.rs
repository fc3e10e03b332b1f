//! A rebuild that goes on, on a thread of its own: the one that keeps the index goes on hearing meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use search_index::Index;
use tokio::runtime;

use super::error::Error;
use super::pace::Pace;
use super::priority;
use super::reindex::{self, Filled, Progress};
use super::sources::Sources;

/// How far a rebuild is, for whoever wants to know; none: there is none.
pub(super) type Told = Arc<Mutex<Option<Progress>>>;

/// A page is read while the outbox is listened to.
const CONNECTIONS: usize = 2;

pub(super) struct Building {
    outcome: Receiver<Result<Filled, Error>>,
    thread: JoinHandle<()>,
    stop: Arc<AtomicBool>,
    told: Told,
}

/// How long the end of the program waits for a rebuild to notice. What it is at can take longer: merging is not interrupted,
/// and what it leaves is swept at the next start.
const PATIENCE: Duration = Duration::from_secs(2);

impl Building {
    /// Calls `ended` when there is an outcome to be fetched.
    pub(super) fn start(
        index: Index,
        sources: Sources,
        pace: Pace,
        told: Told,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Self, Error> {
        let stop = Arc::new(AtomicBool::new(false));
        let (send, outcome) = sync_channel(1);
        let (to_stop, to_tell) = (Arc::clone(&stop), Arc::clone(&told));
        let thread = thread::Builder::new()
            .name("search-rebuild".to_owned())
            .spawn(move || {
                priority::lower();
                let progress = |progress| *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
                let filled = fill_apart(&index, &sources, pace, &stop, &progress);
                // The directory is free when whoever waits for the outcome hears that there is none.
                drop(index);
                // Nobody waits: the program ends.
                let _ = send.send(filled);
                ended();
            })
            .map_err(search_index::Error::Io)?;
        Ok(Self { outcome, thread, stop: to_stop, told: to_tell })
    }

    /// None: it goes on.
    pub(super) fn outcome(&self) -> Option<Result<Filled, Error>> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(Error::Stopped)),
        }
    }

    /// Whether there is an outcome.
    pub(super) fn is_done(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends it, whatever it is at.
    pub(super) fn stop(self) {
        self.stop.store(true, Ordering::Release);
        if let Err(RecvTimeoutError::Timeout) = self.outcome.recv_timeout(PATIENCE) {
            tracing::warn!("a rebuild of the search index is left to itself");
        }
    }
}

/// What is read is decoded on a thread that makes way as well, and not on those that orders are answered from.
fn fill_apart(
    index: &Index,
    sources: &Sources,
    pace: Pace,
    stop: &AtomicBool,
    progress: &dyn Fn(Progress),
) -> Result<Filled, Error> {
    let io = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("search-rebuild-io")
        .enable_all()
        .build()
        .map_err(search_index::Error::Io)?;
    let sources = sources.apart(CONNECTIONS, io.handle().clone());
    io.block_on(reindex::fill(index, &sources, pace, stop, progress))
}

impl Drop for Building {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
