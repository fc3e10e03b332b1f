//! The way to the database: pools, migrations, names of constraints.
//!
//! Every connection lives on the I/O runtime, but for those of a rebuild of the search index, which has a runtime of its own
//! (`Database::apart`). A connection made on a web worker's or an arbiter's own runtime dies or stalls with it, so callers
//! elsewhere go through `Database::run`.

pub mod constraint;
pub mod embedded;
mod lent;
mod migrate;
mod role;
pub mod schema;
mod transaction;

use std::future::Future;
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use futures_util::FutureExt;
use tokio::runtime::Handle as Runtime;

pub use lent::Lent;
use lent::WriteOff;
pub use migrate::migrate;
pub(crate) use role::TAKE_ON;
pub(crate) use transaction::WriteError;

/// How long a caller waits for a connection before it is told that the database is away. A new one takes four round trips.
const CHECKOUT_TIMEOUT: Duration = Duration::from_secs(4);
/// How long work with a connection may take: no read of this program takes a second, unless the database is in trouble.
const OVERDUE: Duration = Duration::from_secs(12);
/// For what grows with the shop: nobody waits for it.
const AT_LENGTH: Duration = Duration::from_secs(600);
/// How PostgreSQL begins to say that it ends a connection.
const STOPPED: &str = "terminating connection";
const DEADLOCK: &str = "deadlock detected";

/// Connections and the runtime they live on. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    /// The one of the two that this handle uses.
    pool: Pool<AsyncPgConnection>,
    for_orders: Pool<AsyncPgConnection>,
    for_all_else: Pool<AsyncPgConnection>,
    io: Runtime,
    url: std::sync::Arc<str>,
}

/// How busy the pool is, for metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    pub size_max: usize,
    pub in_use: usize,
    pub idle: usize,
    /// Callers that wait for a connection.
    pub waiting: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("no connection to the database: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
}

impl DatabaseError {
    /// The connection, or the server behind it: what was asked for last may have been done or not.
    pub fn is_no_answer(&self) -> bool {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error;
        match self {
            Self::Unavailable(_) | Self::Query(Error::BrokenTransactionManager) => true,
            Self::Query(Error::DatabaseError(Kind::ClosedConnection | Kind::UnableToSendCommand, _)) => true,
            // A server that is stopped says so, in a class of errors that Diesel has no name for (57P01, 57P02).
            Self::Query(Error::DatabaseError(Kind::Unknown, told)) => told.message().starts_with(STOPPED),
            Self::Query(_) => false,
        }
    }

    /// Nothing was done, and it may be asked again.
    pub fn is_for_later(&self) -> bool {
        use diesel::result::DatabaseErrorKind as Kind;
        use diesel::result::Error;
        match self {
            Self::Query(Error::DatabaseError(Kind::SerializationFailure | Kind::ReadOnlyTransaction, _)) => true,
            // Of two that wait for each other PostgreSQL ends one (40P01, which Diesel has no name for).
            Self::Query(Error::DatabaseError(Kind::Unknown, told)) => told.message() == DEADLOCK,
            Self::Unavailable(_) | Self::Query(_) => false,
        }
    }
}

impl Database {
    /// A pool of at most `size` connections to `url`, opened when first used, living on `io`, and half as many apart for
    /// orders. They take on a role that cannot write what the journal writes; the journal makes its own connection.
    pub fn new(url: &str, size: usize, io: Runtime) -> Self {
        let (for_all_else, for_orders) = (Self::pool(url, size), Self::pool(url, (size / 2).max(2)));
        Self { pool: for_all_else.clone(), for_orders, for_all_else, io, url: url.into() }
    }

    fn pool(url: &str, size: usize) -> Pool<AsyncPgConnection> {
        let mut config = ManagerConfig::default();
        // The default sends a query before each use.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| role::connect(url).boxed());
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        Pool::builder(manager).max_size(size).build().expect("a pool without timeouts of its own needs no runtime")
    }

    /// The same database over the connections that are kept for orders: however many only look, an order is paid,
    /// cancelled and expired. Nobody who only looks may use them.
    #[must_use]
    pub fn for_orders(&self) -> Self {
        Self { pool: self.for_orders.clone(), ..self.clone() }
    }

    /// The same database over the connections that are not.
    #[must_use]
    pub fn for_all_else(&self) -> Self {
        Self { pool: self.for_all_else.clone(), ..self.clone() }
    }

    /// The same database over at most `size` connections of its own, living on `io`.
    #[must_use]
    pub fn apart(&self, size: usize, io: Runtime) -> Self {
        Self::new(&self.url, size, io)
    }

    /// The runtime on which all I/O of the engine runs.
    pub fn io(&self) -> &Runtime {
        &self.io
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn pool_status(&self) -> PoolStatus {
        let status = self.pool.status();
        let in_use = status.size.saturating_sub(status.available);
        PoolStatus { size_max: status.max_size, in_use, idle: status.available, waiting: status.waiting }
    }

    /// A connection. Only for code that already runs on the I/O runtime, and that has a limit of its own to how long it
    /// waits for an answer.
    pub async fn connection(&self) -> Result<Lent, DatabaseError> {
        match tokio::time::timeout(CHECKOUT_TIMEOUT, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(Lent::new(connection)),
            Ok(Err(error)) => Err(DatabaseError::Unavailable(error.to_string())),
            Err(_) => Err(DatabaseError::Unavailable("none came free in time".to_owned())),
        }
    }

    /// Runs `work` with a connection on the I/O runtime, whatever runtime the caller is on. The work goes on when the
    /// caller goes away: a transaction that is dropped half way closes its connection. Work that is not done in time is
    /// given up, and its connection with it.
    pub async fn run<T, E, F, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send,
        W: FnOnce(Lent) -> F + Send + 'static,
    {
        self.run_within(OVERDUE, work).await
    }

    /// The same for what takes as long as there is much of it.
    pub async fn run_at_length<T, E, F, W>(&self, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send,
        W: FnOnce(Lent) -> F + Send + 'static,
    {
        self.run_within(AT_LENGTH, work).await
    }

    /// The same within a limit of one's own.
    pub async fn run_within<T, E, F, W>(&self, limit: Duration, work: W) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send,
        W: FnOnce(Lent) -> F + Send + 'static,
    {
        let database = self.clone();
        let task = self.io.spawn(async move {
            let connection = database.connection().await?;
            let write_off = WriteOff::default();
            let work = work(connection.written_off_by(write_off.clone()));
            tokio::pin!(work);
            match tokio::time::timeout(limit, work.as_mut()).await {
                Ok(done) => done,
                Err(_) => {
                    tracing::warn!("the database owes an answer for too long; the connection is given up");
                    write_off.write_off();
                    Err(DatabaseError::Unavailable("it owes an answer for too long".to_owned()).into())
                }
            }
        });
        match task.await {
            Ok(result) => result,
            Err(error) => Err(DatabaseError::Unavailable(error.to_string()).into()),
        }
    }
}
