//! The threads that actors run on: a few arbiters under an actix system of their own. They decide; they do no I/O.

use std::sync::Arc;
use std::thread::JoinHandle;

use actix_rt::{Arbiter, ArbiterHandle, System};

use super::stage::Stage;

pub struct Threads {
    system: System,
    arbiters: Arc<[ArbiterHandle]>,
    thread: Option<JoinHandle<()>>,
}

impl Threads {
    /// Starts `count` arbiters, at least one.
    pub fn start(count: usize) -> std::io::Result<Self> {
        let (sender, receiver) = std::sync::mpsc::channel();
        let thread = std::thread::Builder::new().name("actors".to_owned()).spawn(move || {
            let runner = System::new();
            let arbiters: Arc<[ArbiterHandle]> = (0..count.max(1)).map(|_| Arbiter::new().handle()).collect();
            if sender.send((System::current(), arbiters)).is_ok()
                && let Err(error) = runner.run()
            {
                tracing::error!(error = %error, "the actors' system ended badly");
            }
        })?;
        let (system, arbiters) =
            receiver.recv().map_err(|_| std::io::Error::other("the actors' thread did not start"))?;
        Ok(Self { system, arbiters, thread: Some(thread) })
    }

    pub fn stage(&self) -> Stage {
        Stage::Arbiters(Arc::clone(&self.arbiters))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.system.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the actors' thread panicked");
        }
    }
}
