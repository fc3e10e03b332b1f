//! What goes on beside the searches: a thread that keeps the index, sales that are counted, a model that is told of products.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use search_index::Index;
use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;
use tokio::task;

use crate::clock::{IdSource, RandomIds};

use super::error::Error;
use super::handle::Settings;
use super::indexer::{Asker, Indexer, Step};
use super::known::Known;
use super::sources::Sources;
use super::{meaning, popularity};

pub(super) struct Keeping {
    control: SyncSender<Control>,
    thread: Mutex<Option<JoinHandle<()>>>,
    tasks: Vec<task::JoinHandle<()>>,
}

enum Control {
    Wake,
    Rebuild(Asker),
    Stop,
}

const CONTROLS_WAITING_MAX: usize = 16;
/// The longest pause between attempts while something is wrong.
const PATIENCE: Duration = Duration::from_secs(5);

impl Keeping {
    pub(super) fn start(
        index: Index,
        sources: &Sources,
        settings: &Settings,
        known: Arc<Known>,
    ) -> Result<Self, Error> {
        let io = sources.database.io().clone();
        let (control, controls) = sync_channel(CONTROLS_WAITING_MAX);
        let to_wake = control.clone();
        let wake = Arc::new(move || {
            // Full: it has been woken already. Disconnected: nobody sleeps.
            let _ = to_wake.try_send(Control::Wake);
        });
        let indexer = Indexer::knowing(index, sources.clone(), settings.clone(), known, wake);
        let mut tasks = vec![io.spawn(count_sales(sources.clone(), settings.popularity_interval))];
        if let Some(embedder) = &sources.embedder {
            let server = RandomIds.next(sources.clock.now());
            let every = settings.meaning_interval;
            tasks.push(io.spawn(meaning::keep(sources.clone(), Arc::clone(embedder), server, every)));
        }
        let poll = settings.poll_interval;
        let thread = thread::Builder::new()
            .name("search-indexer".to_owned())
            .spawn(move || run(indexer, &controls, &io, poll))
            .map_err(search_index::Error::Io)?;
        Ok(Self { control, thread: Mutex::new(Some(thread)), tasks })
    }

    pub(super) fn wake(&self) {
        // Full: it has been woken already.
        let _ = self.control.try_send(Control::Wake);
    }

    pub(super) async fn rebuild(&self) -> Result<u64, Error> {
        let (reply, answer) = oneshot::channel();
        self.control.try_send(Control::Rebuild(reply)).map_err(|unsent| match unsent {
            TrySendError::Full(_) => search_index::Error::RebuildRunning.into(),
            TrySendError::Disconnected(_) => Error::Stopped,
        })?;
        answer.await.map_err(|_| Error::Stopped)?
    }

    /// Writes what was heard and ends the thread.
    pub(super) async fn close(&self) {
        self.tasks.iter().for_each(task::JoinHandle::abort);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        let control = self.control.clone();
        let ended = task::spawn_blocking(move || {
            // Disconnected: it has ended.
            let _ = control.send(Control::Stop);
            thread.join()
        });
        if !matches!(ended.await, Ok(Ok(()))) {
            tracing::error!("the search indexer ended badly");
        }
    }
}

fn run(mut indexer: Indexer, controls: &Receiver<Control>, io: &Runtime, poll: Duration) {
    let mut troubled = Duration::ZERO;
    loop {
        let rest = match io.block_on(indexer.step()) {
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
            Ok(Control::Rebuild(asker)) => indexer.ask_for_rebuild(asker),
            Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    indexer.stop();
    if let Err(error) = io.block_on(indexer.flush()) {
        tracing::warn!(%error, "what the search index heard last is heard again at the next start");
    }
}

/// Every so often, and at once where much waits, as after an upgrade.
async fn count_sales(sources: Sources, every: Duration) {
    loop {
        match popularity::count_sales(&sources).await {
            Ok(counted) if counted.more => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "what was sold is counted later"),
        }
        tokio::time::sleep(every).await;
    }
}
