//! An ordinary connection pool: so many seats, connections made on first use, statements prepared once.

use std::sync::Mutex;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::{Client, Config, NoTls};

use super::purchase::Prepared;

pub(super) struct Pool {
    config: Config,
    seats: Semaphore,
    idle: Mutex<Vec<Session>>,
}

pub(super) struct Session {
    pub(super) client: Client,
    pub(super) prepared: Prepared,
}

/// A session that goes back by itself.
pub(super) struct Seat<'a> {
    session: Option<Session>,
    pool: &'a Pool,
    _seat: SemaphorePermit<'a>,
}

impl Pool {
    pub(super) fn new(config: Config, seats: usize) -> Self {
        Self { config, seats: Semaphore::new(seats), idle: Mutex::default() }
    }

    pub(super) async fn session(&self) -> Result<Seat<'_>, tokio_postgres::Error> {
        let seat = self.seats.acquire().await.expect("the seats are never closed");
        let idle = self.idle.lock().expect("nothing panics while it holds the lock").pop();
        let session = match idle {
            Some(session) => session,
            None => self.open().await?,
        };
        Ok(Seat { session: Some(session), pool: self, _seat: seat })
    }

    async fn open(&self) -> Result<Session, tokio_postgres::Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(connection);
        let prepared = Prepared::new(&client).await?;
        Ok(Session { client, prepared })
    }
}

impl std::ops::Deref for Seat<'_> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_ref().expect("the session is there until the drop")
    }
}

impl std::ops::DerefMut for Seat<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session.as_mut().expect("the session is there until the drop")
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.session.take()
            && !session.client.is_closed()
        {
            self.pool.idle.lock().expect("nothing panics while it holds the lock").push(session);
        }
    }
}
