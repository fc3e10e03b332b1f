//! Keeps PostgreSQL running until it is told to end it.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::postmaster::{Launch, Postmaster};

const LOOK: Duration = Duration::from_millis(100);
/// Between two attempts to start it again. Sessions of a killed server keep its shared memory for a moment, up to a second
/// under load, and a new one refuses to start until they have noticed. An attempt that comes too early costs little, one
/// that comes late keeps a sale waiting; what still fails after some seconds has another reason.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_LAST: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(5);

/// Dropping it stops PostgreSQL and waits until it is gone.
pub(super) struct Supervisor {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    pub(super) fn watch(postmaster: Postmaster, launch: Launch) -> anyhow::Result<Self> {
        let (stop, stopped) = channel();
        let thread = thread::Builder::new()
            .name("postgres-watch".to_owned())
            .spawn(move || watch(postmaster, &launch, &stopped))
            .context("a thread that watches over PostgreSQL")?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that watches over PostgreSQL panicked");
        }
    }
}

fn watch(mut postmaster: Postmaster, launch: &Launch, stopped: &Receiver<()>) {
    while !told_within(stopped, LOOK) {
        if postmaster.is_running() {
            continue;
        }
        tracing::error!(process = postmaster.pid(), "PostgreSQL ended by itself; starting it again");
        match start_again(launch, stopped) {
            Some(started) => postmaster = started,
            None => return,
        }
    }
    tracing::info!("stopping PostgreSQL");
    postmaster.stop();
}

/// `None` when told to stop before it succeeded.
fn start_again(launch: &Launch, stopped: &Receiver<()>) -> Option<Postmaster> {
    let (began, mut pause) = (Instant::now(), RETRY_FIRST);
    loop {
        match try_start(launch) {
            Ok(postmaster) => {
                tracing::warn!(process = postmaster.pid(), "PostgreSQL runs again");
                return Some(postmaster);
            }
            Err(error) => tracing::warn!(error = format!("{error:#}"), "PostgreSQL cannot be started yet"),
        }
        if told_within(stopped, pause) {
            return None;
        }
        if began.elapsed() > SOON {
            pause = (pause * 2).min(RETRY_LAST);
        }
    }
}

pub(super) fn try_start(launch: &Launch) -> anyhow::Result<Postmaster> {
    let mut postmaster = match Postmaster::running(launch)? {
        Some(running) => running,
        None => Postmaster::start(launch)?,
    };
    postmaster.wait_until_ready(&launch.place)?;
    Ok(postmaster)
}

fn told_within(stopped: &Receiver<()>, patience: Duration) -> bool {
    match stopped.recv_timeout(patience) {
        Err(RecvTimeoutError::Timeout) => false,
        Ok(()) | Err(RecvTimeoutError::Disconnected) => true,
    }
}
