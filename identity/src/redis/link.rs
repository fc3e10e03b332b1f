//! The one connection, and whether it is there. Lost at the first question that fails; a task looks for it from then on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{self, RedisError};
use deadpool_redis::{Config, CreatePoolError, Pool, PoolConfig, PoolError, Runtime as PoolRuntime, Timeouts};
use engine::runtime::Runtime;
use tokio::sync::Notify;

use super::Away;

/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(500);
/// How long a new connection may take.
const CONNECT: Duration = Duration::from_secs(2);
/// Written when it is found: one that takes no writes is of no use.
const FOUND: &str = "doorbuster:found";

pub(super) struct Link {
    connection: ArcSwapOption<MultiplexedConnection>,
    was_lost: Notify,
}

impl Link {
    pub(super) fn open(url: &str, io: &Runtime) -> Result<Arc<Self>, CreatePoolError> {
        let mut config = Config::from_url(url);
        let timeouts = Timeouts { wait: Some(CONNECT), create: Some(CONNECT), recycle: Some(CONNECT) };
        config.pool = Some(PoolConfig { max_size: 1, timeouts, ..PoolConfig::default() });
        let pool = config.create_pool(Some(PoolRuntime::Tokio1))?;
        let link = Arc::new(Self { connection: ArcSwapOption::empty(), was_lost: Notify::new() });
        metrics::gauge!("doorbuster_redis_up").set(0.0);
        io.spawn(keep_up(pool, Arc::downgrade(&link)));
        Ok(link)
    }

    pub(super) fn is_up(&self) -> bool {
        self.connection.load().is_some()
    }

    pub(super) fn connection(&self) -> Option<MultiplexedConnection> {
        self.connection.load().as_deref().cloned()
    }

    /// A question was not answered. Said once: those that were asked together are not answered together.
    pub(super) fn lost(&self, why: &dyn fmt::Display) -> Away {
        metrics::counter!("doorbuster_redis_failures_total").increment(1);
        if self.connection.swap(None).is_some() {
            metrics::gauge!("doorbuster_redis_up").set(0.0);
            tracing::warn!(error = %why, "Redis does not answer: limits are this server's own until it does");
            self.was_lost.notify_one();
        }
        Away
    }

    fn found(&self, connection: MultiplexedConnection) {
        self.connection.store(Some(Arc::new(connection)));
        metrics::gauge!("doorbuster_redis_up").set(1.0);
        tracing::info!("Redis answers: limits are shared");
    }
}

/// Ends with the last handle.
async fn keep_up(pool: Pool, link: std::sync::Weak<Link>) {
    let mut was_told = false;
    loop {
        let found = find(&pool).await;
        let Some(link) = link.upgrade() else { return };
        match found {
            Ok(connection) => {
                link.found(connection);
                was_told = true;
                while link.is_up() {
                    // Not for ever: the last handle may have gone.
                    if tokio::time::timeout(LOOK, link.was_lost.notified()).await.is_err()
                        && Arc::strong_count(&link) == 1
                    {
                        return;
                    }
                }
            }
            // When it was lost it was said so.
            Err(error) if !was_told => {
                tracing::warn!(%error, "Redis is not there: limits are this server's own until it is");
                was_told = true;
            }
            Err(_) => {}
        }
        drop(link);
        tokio::time::sleep(LOOK).await;
    }
}

async fn find(pool: &Pool) -> Result<MultiplexedConnection, PoolError> {
    let connection = (*pool.get().await?).clone();
    let mut hands = connection.clone();
    let mut write = redis::cmd("SET");
    write.arg(FOUND).arg(1).arg("PX").arg(1000);
    match tokio::time::timeout(CONNECT, write.query_async::<()>(&mut hands)).await {
        Ok(written) => written?,
        Err(_) => return Err(RedisError::from((redis::ErrorKind::Io, "no answer")).into()),
    }
    Ok(connection)
}
