//! Work on the index that can wait makes way for orders.

use std::io;

/// How much nicer than the rest of the server (nice(2), which on Linux is a thread's own).
const NICE: i32 = 10;

/// For this thread and those that it starts.
pub(super) fn lower() {
    if let Err(error) = rustix::process::nice(NICE).map_err(io::Error::from) {
        tracing::warn!(%error, "the search index is worked on at the priority of everything else");
    }
}

/// What `make` makes, and the threads that it starts for it, have the lower priority; the caller keeps its own.
pub(super) fn at_lower<T: Send>(make: impl FnOnce() -> T + Send) -> T {
    let made = std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            lower();
            make()
        });
        thread.join()
    });
    made.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
