//! What a connection and whoever answers over it tell each other.
//!
//! An answer that says `connection: close` is the last one (RFC 9112, section 9.6). The framework goes on with what was
//! asked before the client could read it, so that is seen to here: whoever meets a further request lets it wait for ever,
//! and the connection ends as soon as the last word has gone out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Waker;
use std::time::Duration;

use actix_web::HttpRequest;

/// Cheap to clone: one for the connection, and every request on it can find it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connection(Rc<Conduct>);

#[derive(Debug, Default)]
struct Conduct {
    /// How much longer than others the answer under way may take.
    leave: Cell<Duration>,
    /// Requests that came as far as the application.
    met: Cell<u64>,
    /// Of them, those that have no answer yet.
    under_way: Cell<u32>,
    /// Something was read meanwhile, and who should look at it then.
    waiting: RefCell<Option<Waker>>,
    /// How often it was told in a row that it asks too often.
    warnings: Cell<u32>,
    is_over: Cell<bool>,
}

/// A request that is being answered, until it is dropped.
#[derive(Debug)]
pub(crate) struct UnderWay(Connection);

/// Whoever waits as `Retry-After` says is warned once. So many warnings are for programs that do not read them.
const WARNINGS_MAX: u32 = 4;

impl Connection {
    /// None: it came over none, as in a test.
    pub(crate) fn of(request: &HttpRequest) -> Option<&Self> {
        request.conn_data::<Self>()
    }

    /// A request has come. `None`: the last word was said before, and it gets no answer.
    pub(crate) fn meet(&self) -> Option<UnderWay> {
        let Conduct { met, under_way, is_over, .. } = &*self.0;
        is_over.set(self.is_warned_enough());
        if is_over.get() {
            return None;
        }
        met.set(met.get() + 1);
        under_way.set(under_way.get() + 1);
        Some(UnderWay(self.clone()))
    }

    /// For the request that is being answered alone, and only for one that is allowed what takes so long.
    pub(crate) fn take_leave(&self, time: Duration) {
        self.0.leave.set(time);
    }

    /// It asks too often. True: it was told so often enough, and this is the last word. It can ask again on a new
    /// connection, which costs it more than us; on this one a thousand requests may stand behind this one already.
    pub(crate) fn warn(&self) -> bool {
        self.0.warnings.set(self.0.warnings.get().saturating_add(1));
        self.is_warned_enough()
    }

    /// It was told something else than that.
    pub(crate) fn forgive(&self) {
        if !self.is_warned_enough() {
            self.0.warnings.set(0);
        }
    }

    pub(super) fn leave(&self) -> Duration {
        self.0.leave.get()
    }

    pub(super) fn met(&self) -> u64 {
        self.0.met.get()
    }

    pub(super) fn is_under_way(&self) -> bool {
        self.0.under_way.get() > 0
    }

    /// There is no more to be said.
    pub(super) fn is_over(&self) -> bool {
        self.0.is_over.get()
    }

    /// The framework looks at what came while a request was under way only when it is told to, once its queue was full.
    pub(super) fn wake_when_answered(&self, waker: &Waker) {
        self.0.waiting.replace(Some(waker.clone()));
    }

    fn is_warned_enough(&self) -> bool {
        self.0.warnings.get() >= WARNINGS_MAX
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let Conduct { under_way, waiting, .. } = &*self.0.0;
        under_way.set(under_way.get().saturating_sub(1));
        if let Some(waker) = waiting.take() {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;
    use std::sync::atomic::Ordering::Relaxed;
    use std::task::Wake;

    use super::*;

    #[test]
    fn who_goes_on_when_told_to_wait_has_heard_the_last_word() {
        let connection = Connection::default();
        for _ in 1..WARNINGS_MAX {
            assert!(connection.meet().is_some() && !connection.warn());
        }
        assert!(connection.meet().is_some() && connection.warn() && !connection.is_over());
        connection.forgive();
        assert!(connection.meet().is_none() && connection.is_over(), "asked before it could read that");
    }

    #[test]
    fn who_waits_is_warned_anew() {
        let connection = Connection::default();
        for _ in 0..3 {
            assert!(!(1..WARNINGS_MAX).any(|_| connection.warn()));
            connection.forgive();
        }
        assert!(connection.meet().is_some());
    }

    #[test]
    fn what_came_meanwhile_is_looked_at_after_the_answer() {
        struct Called(AtomicBool);
        impl Wake for Called {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Relaxed);
            }
        }
        let connection = Connection::default();
        let called = Arc::new(Called(AtomicBool::new(false)));
        let under_way = connection.meet();
        connection.wake_when_answered(&Waker::from(called.clone()));
        assert!(connection.is_under_way() && !called.0.load(Relaxed));
        drop(under_way);
        assert!(!connection.is_under_way() && called.0.load(Relaxed));
    }
}
