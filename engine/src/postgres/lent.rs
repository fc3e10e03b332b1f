//! A connection out of the pool, and what becomes of it when nobody waits for it any more.
//!
//! Diesel's connections know no limit of time: one whose server is gone without a word owes its answer for ever. Whoever
//! works with one is given so long; then the work is dropped, and the connection is closed instead of given back.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::Object;

/// Goes back to the pool when it is dropped, unless it was written off.
pub struct Lent {
    connection: Option<Object<AsyncPgConnection>>,
    written_off: WriteOff,
}

/// What is still owed over it will not be waited for. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct WriteOff(Arc<AtomicBool>);

impl WriteOff {
    pub(super) fn write_off(&self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Lent {
    pub(super) fn new(connection: Object<AsyncPgConnection>) -> Self {
        Self { connection: Some(connection), written_off: WriteOff::default() }
    }

    pub(super) fn written_off_by(mut self, write_off: WriteOff) -> Self {
        self.written_off = write_off;
        self
    }
}

impl Deref for Lent {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        self.connection.as_ref().expect("taken in drop alone")
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        self.connection.as_mut().expect("taken in drop alone")
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && self.written_off.0.load(Ordering::Acquire)
        {
            // Its place in the pool is free, and the connection ends here.
            drop(Object::take(connection));
        }
    }
}
