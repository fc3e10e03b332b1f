//! A transaction of which it is said, where it fails, whether anything may have been done.

use std::future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::BoxFuture;

use super::{Database, DatabaseError};

/// What goes wrong where something is written.
pub(crate) trait WriteError: From<DatabaseError> + From<diesel::result::Error> + Send + 'static {
    /// The commit was asked for, and not answered.
    fn outcome_unknown(error: DatabaseError) -> Self;
    /// Itself, if it is another.
    fn into_database(self) -> Result<DatabaseError, Self>;
}

impl Database {
    /// Runs `work` in a transaction, for at most `limit`. Until it ends, whatever goes wrong undoes it all.
    pub(crate) async fn transact<T, E, W>(&self, limit: Duration, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteError,
        W: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
    {
        self.transact_then(limit, work, |_, value| Box::pin(future::ready(value))).await
    }

    /// The same; `then` comes after the commit, over the same connection, also when the caller has gone.
    pub(crate) async fn transact_then<T, U, E, W, A>(&self, limit: Duration, work: W, then: A) -> Result<U, E>
    where
        T: Send + 'static,
        U: Send + 'static,
        E: WriteError,
        W: for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<T, E>> + Send + 'static,
        A: for<'c> FnOnce(&'c mut AsyncPgConnection, T) -> BoxFuture<'c, U> + Send + 'static,
    {
        let commits = Arc::new(AtomicBool::new(false));
        let to_commit = Arc::clone(&commits);
        let written = self
            .run_within(limit, move |mut connection| async move {
                let connection: &mut AsyncPgConnection = &mut connection;
                let value = connection
                    .transaction(async move |connection: &mut AsyncPgConnection| {
                        let value = work(connection).await?;
                        to_commit.store(true, Ordering::Release);
                        Ok::<_, E>(value)
                    })
                    .await?;
                Ok(then(connection, value).await)
            })
            .await;
        match written.map_err(E::into_database) {
            Ok(value) => Ok(value),
            Err(Ok(error)) if commits.load(Ordering::Acquire) && error.is_no_answer() => Err(E::outcome_unknown(error)),
            Err(Ok(error)) => Err(error.into()),
            Err(Err(error)) => Err(error),
        }
    }
}
