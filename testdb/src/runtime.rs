//! The I/O runtime of one test.

use std::future::Future;

use tokio::runtime::{Builder, Handle, Runtime};

/// A multi-thread runtime that may be dropped anywhere, also inside another runtime, and takes with it whatever the test
/// left running.
pub struct Io {
    runtime: Option<Runtime>,
}

impl Io {
    pub fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("test-io").enable_all().build();
        Self { runtime: Some(runtime.expect("two threads can be started")) }
    }

    pub fn handle(&self) -> &Handle {
        self.runtime().handle()
    }

    /// Runs `work` to its end on this runtime. For plain tests: inside another runtime it would panic.
    pub fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.runtime().block_on(work)
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("taken in drop alone")
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Runs `work` on a runtime of testdb's own and waits for it, from whatever thread.
pub(crate) fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    static OWN: std::sync::LazyLock<Io> = std::sync::LazyLock::new(Io::start);
    let (answer, answered) = std::sync::mpsc::channel();
    OWN.handle().spawn(async move {
        // Nobody listens any more only when the test's thread is gone.
        let _ = answer.send(work.await);
    });
    answered.recv().expect("the work did not panic")
}
