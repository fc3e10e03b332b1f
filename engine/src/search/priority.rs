//! What the index starts for its work makes way for orders.

use crate::background;

/// For this thread and those that it starts.
pub(super) fn lower() {
    background::lower("the search index");
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
