//! One session: the line to the server and back, one statement at a time, each a task of the server.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engine::journal::{Backend, Fault};
use tokio::sync::oneshot;

use super::tables::fault;
use super::{POSTGRES, Postgres, Server, lost};
use crate::world::{self, Node};

/// PostgreSQL as one machine reaches it.
#[derive(Clone)]
pub(crate) struct FromNode {
    pub(crate) postgres: Postgres,
    pub(crate) node: Node,
}

pub(super) struct Connection {
    pub(super) from: FromNode,
    pub(super) backend: Backend,
    pub(super) is_broken: Arc<AtomicBool>,
}

pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
pub(super) const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
const A_LOOK: Duration = Duration::from_micros(300);

impl Drop for Connection {
    fn drop(&mut self) {
        self.from.postgres.client_gone(self.backend.pid);
    }
}

impl FromNode {
    /// Over the line and back; what fails on the way fails without a word from the server.
    pub(super) async fn arrive(&self) -> Result<(), Fault> {
        let slowest = self.postgres.server().line.slowest;
        world::pause_up_to(slowest).await;
        let (is_up, is_cut_off) = {
            let server = self.postgres.server();
            (server.is_up, server.is_cut_off(self.node))
        };
        if is_cut_off {
            self.postgres.saw("cut off");
            // Sometimes the line says so itself; else nothing comes back, not even an error, before it is whole again.
            let says_so = world::one_in(3);
            world::pause_up_to(Duration::from_secs(2)).await;
            while !says_so && self.postgres.server().is_cut_off(self.node) {
                world::sleep(Duration::from_millis(50)).await;
            }
            return Err(lost("the line was cut"));
        }
        if is_up { Ok(()) } else { Err(lost("connection refused")) }
    }

    pub(super) async fn open(&self) -> Result<Connection, Fault> {
        self.arrive().await?;
        let now = self.postgres.clock();
        let backend = self.postgres.server().open(self.node, now);
        let connection = Connection { from: self.clone(), backend, is_broken: Arc::default() };
        self.arrive().await?;
        Ok(connection)
    }
}

impl Connection {
    pub(super) fn breaks(&self) -> Breaks<'_> {
        Breaks(&self.is_broken, &self.from.postgres, self.backend.pid)
    }

    /// Sends a statement. It is carried out whatever becomes of this connection meanwhile; only its answer may be lost.
    pub(super) async fn ask<T, F>(&self, statement: impl FnOnce(Postgres, i32) -> F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        if self.is_broken.load(Ordering::Relaxed) {
            return Err(lost("the connection is closed"));
        }
        let breaks = self.breaks();
        self.from.arrive().await.map_err(|fault| breaks.with(fault))?;
        let postgres = &self.from.postgres;
        let line = postgres.server().line.clone();
        if world::one_in(line.cut_before) {
            postgres.saw("cut before");
            return Err(breaks.with(lost("reset before it was sent")));
        }
        if !postgres.server().sessions.contains_key(&self.backend.pid) {
            return Err(breaks.with(lost("the server closed the connection")));
        }
        let (sender, receiver) = oneshot::channel();
        let (there, pid) = (postgres.clone(), self.backend.pid);
        let work = statement(postgres.clone(), pid);
        world::spawn(POSTGRES, async move {
            let answer = carry_out(&there, pid, work).await;
            // Whoever asked may be gone.
            let _ = sender.send(answer);
        });
        if world::one_in(line.cut_after) {
            postgres.saw("cut after");
            world::pause_up_to(Duration::from_millis(5)).await;
            return Err(breaks.with(lost("reset before it was answered")));
        }
        if world::one_in(line.silent) {
            postgres.saw("silence");
            // Longer than anybody should wait for it.
            world::sleep(Duration::from_secs(60)).await;
            return Err(breaks.with(lost("nothing came back")));
        }
        let answer = receiver.await.unwrap_or_else(|_| Err(lost("the server went away")));
        self.from.arrive().await.map_err(|fault| breaks.with(fault))?;
        if answer.as_ref().is_err_and(|fault| fault.sqlstate.as_deref().is_none_or(|state| state == "57P01")) {
            self.is_broken.store(true, Ordering::Relaxed);
        }
        answer
    }
}

pub(super) struct Breaks<'a>(&'a AtomicBool, &'a Postgres, i32);

impl Breaks<'_> {
    pub(super) fn with(&self, fault: Fault) -> Fault {
        self.0.store(true, Ordering::Relaxed);
        self.1.client_gone(self.2);
        fault
    }
}

/// One statement at a time in a session, and none after its client has gone.
async fn carry_out<T>(postgres: &Postgres, pid: i32, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    loop {
        {
            let mut server = postgres.server();
            let Some(session) = server.sessions.get_mut(&pid) else { return Err(lost("the session has ended")) };
            if !session.is_busy {
                session.is_busy = true;
                break;
            }
        }
        world::sleep(A_LOOK).await;
    }
    let answer = work.await;
    let mut server = postgres.server();
    if let Some(session) = server.sessions.get_mut(&pid) {
        session.is_busy = false;
        session.inserting.clear();
        session.flushing = None;
        if session.is_orphan || session.is_ending {
            server.close(pid);
        }
    }
    answer
}

/// Looks until `done` says something, or for as long as a lock may be waited for.
pub(super) async fn wait<T>(
    postgres: &Postgres,
    pid: i32,
    longest: Duration,
    mut done: impl FnMut(&mut Server) -> Option<T>,
) -> Result<T, Fault> {
    let until = world::now() + longest;
    loop {
        {
            let mut server = postgres.server();
            if server.sessions.get(&pid).is_none_or(|session| session.is_ending) {
                return Err(fault("57P01", "", "terminating connection due to administrator command"));
            }
            if let Some(done) = done(&mut server) {
                return Ok(done);
            }
        }
        if world::now() >= until {
            postgres.saw("lock timeout");
            return Err(fault("55P03", "", "canceling statement due to lock timeout"));
        }
        world::sleep(A_LOOK).await;
    }
}
