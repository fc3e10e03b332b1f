//! Memory that several servers share, where a Redis is configured: how often somebody asked, which proof was used.
//!
//! Nothing that must not be lost, and nothing that anybody waits for: an answer comes within the time limit, or there is
//! none and each server goes by what it knows itself. One question that is not answered is enough; from then on none is
//! asked, until Redis answers again (`link`).
//!
//! One connection carries all questions: they go out one behind the other and come back in that order. A pool from which
//! each question takes a connection for itself is many times slower.

mod link;
mod once;
mod rate;

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::CreatePoolError;
use deadpool_redis::redis::RedisResult;
use deadpool_redis::redis::aio::MultiplexedConnection;
use engine::runtime::Runtime;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use link::Link;
pub use rate::{Draw, Level};

#[derive(Debug, Clone)]
pub struct Settings {
    /// `redis://user:password@host:6379/0`, `rediss://..`, `redis+unix:///run/redis.sock`.
    pub url: SecretString,
    /// How long anybody waits for an answer.
    pub timeout: Duration,
    /// Names what is kept there, so that nobody can read from it who was here. The same on all servers.
    pub secret: SecretString,
}

/// Redis does not answer. Go by what this process knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Redis does not answer")]
pub struct Away;

/// Cheap to clone.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    link: Arc<Link>,
    io: Runtime,
    timeout: Duration,
    names: Hmac<Sha256>,
}

impl Redis {
    /// Connects in the background: a shop opens without it.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn open(settings: &Settings, io: Runtime) -> Result<Self, CreatePoolError> {
        let link = Link::open(settings.url.expose_secret(), &io)?;
        let names = Hmac::new_from_slice(settings.secret.expose_secret().as_bytes());
        let names = names.expect("HMAC takes a key of any length");
        Ok(Self(Arc::new(Inner { link, io, timeout: settings.timeout, names })))
    }

    /// Whether it is worth asking.
    pub fn is_up(&self) -> bool {
        self.0.link.is_up()
    }

    /// The name of what is kept about `subject`. Says nothing about it to whoever reads it there.
    pub fn key(&self, kind: &str, subject: &[u8]) -> String {
        let mut name = self.0.names.clone();
        name.update(kind.as_bytes());
        name.update(&[0]);
        name.update(subject);
        let digest = name.finalize().into_bytes();
        let digest = u128::from_be_bytes(digest[..16].try_into().expect("sixteen bytes"));
        format!("doorbuster:{kind}:{digest:032x}")
    }

    /// Asks, on the I/O runtime.
    pub(crate) async fn ask<T, F>(
        &self,
        question: impl FnOnce(MultiplexedConnection) -> F + Send + 'static,
    ) -> Result<T, Away>
    where
        T: Send + 'static,
        F: Future<Output = RedisResult<T>> + Send,
    {
        let connection = self.0.link.connection().ok_or(Away)?;
        let (link, limit) = (Arc::clone(&self.0.link), self.0.timeout);
        let asked = self.0.io.run(async move {
            match tokio::time::timeout(limit, question(connection)).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(error)) => Err(link.lost(&error)),
                Err(_) => Err(link.lost(&format_args!("no answer within {} ms", limit.as_millis()))),
            }
        });
        asked.await.unwrap_or(Err(Away))
    }
}
