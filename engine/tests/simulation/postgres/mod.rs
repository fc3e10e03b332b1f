//! A PostgreSQL that exists only here: transactions, the row lock of the cell, unique keys that wait for one another, and
//! everything that can happen to it and to the line that leads to it.

mod link;
mod reading;
pub(crate) mod rows;
mod session;
pub(crate) mod tables;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use engine::id::CartId;
use engine::journal::{Backend, Fault};

use crate::world::{self, Node};
use rows::Wanted;
use tables::{Cell, Tables, UniqueKey};

pub(crate) use link::POISON;
pub(crate) use session::FromNode;

/// The machine it runs on.
pub(crate) const POSTGRES: Node = Node(1);

#[derive(Clone)]
pub(crate) struct Postgres(Arc<Mutex<Server>>);

pub(crate) struct Server {
    pub(crate) is_up: bool,
    pub(crate) tables: Tables,
    pub(crate) line: Line,
    /// When it, or the server that owned the cell, was not there for anybody, by the world's clock.
    pub(crate) downs: Vec<(Timestamp, Timestamp)>,
    /// How far its clock is from the world's.
    pub(crate) clock_off: TimeDelta,
    sessions: BTreeMap<i32, Session>,
    last_pid: i32,
    liveness: Option<i32>,
    cell_lock: Option<i32>,
    cart_locks: HashSet<CartId>,
    /// The servers run on one machine, and can see which of them are gone.
    pub(crate) is_one_host: bool,
    pub(crate) killed: HashSet<Node>,
    /// How often each rare thing happened.
    pub(crate) seen: BTreeMap<&'static str, u64>,
}

/// What may happen on the way, each once in so many times; 0: never.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub(crate) slowest: Duration,
    pub(crate) disk: Duration,
    pub(crate) cut_before: u64,
    pub(crate) cut_after: u64,
    pub(crate) silent: u64,
    pub(crate) serialization: u64,
    pub(crate) disk_full: u64,
    /// Whoever took the cell does not hear that it did.
    pub(crate) taking_unheard: u64,
    /// Nodes that nothing reaches, nor comes from.
    pub(crate) cut_off: Vec<Node>,
}

struct Session {
    backend: Backend,
    of: Node,
    /// Whoever was at the other end has gone; it ends as soon as it notices.
    is_orphan: bool,
    is_ending: bool,
    is_busy: bool,
    inserting: Vec<UniqueKey>,
    /// A batch that is being flushed: durable or not, from one moment to the next.
    flushing: Option<Wanted>,
    /// A taking that has not committed.
    taking: Option<Cell>,
    flushing_taking: bool,
}

impl Postgres {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Server {
            is_up: true,
            tables: Tables::default(),
            line: Line::default(),
            downs: Vec::new(),
            clock_off: TimeDelta::zero(),
            sessions: BTreeMap::new(),
            last_pid: 100,
            liveness: None,
            cell_lock: None,
            cart_locks: HashSet::new(),
            is_one_host: false,
            killed: HashSet::new(),
            seen: BTreeMap::new(),
        })))
    }

    pub(crate) fn server(&self) -> MutexGuard<'_, Server> {
        self.0.lock().expect("one thread")
    }

    pub(crate) fn saw(&self, what: &'static str) {
        world::note(|| what.to_owned());
        *self.server().seen.entry(what).or_default() += 1;
    }

    /// What it says the time is.
    pub(crate) fn clock(&self) -> Timestamp {
        at(world::now()) + self.server().clock_off
    }

    /// `kill -9` of the postmaster: nobody is answered any more, and what was being flushed is there afterwards, or not.
    pub(crate) fn crash(&self) {
        world::kill(POSTGRES);
        let mut server = self.server();
        if std::mem::take(&mut server.is_up) {
            let now = at(world::now());
            server.downs.push((now, Timestamp::MAX_UTC));
        }
        let sessions = std::mem::take(&mut server.sessions);
        for (_, session) in sessions {
            if let Some(wanted) = session.flushing
                && world::one_in(2)
            {
                *server.seen.entry("crash after the flush").or_default() += 1;
                server.tables.apply(&wanted);
            }
            if let Some(cell) = session.taking
                && session.flushing_taking
                && world::one_in(2)
            {
                server.tables.cell = cell;
            }
        }
        server.liveness = None;
        server.cell_lock = None;
        server.cart_locks.clear();
    }

    pub(crate) fn start(&self) {
        let mut server = self.server();
        if !std::mem::replace(&mut server.is_up, true)
            && let Some(down) = server.downs.iter_mut().rfind(|(_, to)| *to == Timestamp::MAX_UTC)
        {
            down.1 = at(world::now());
        }
    }

    /// The owner of epoch `owned` stood still since then, and nobody took its place.
    pub(crate) fn was_left_alone(&self, since: Duration, owned: Option<i64>) {
        let mut server = self.server();
        if owned == Some(server.tables.cell.epoch) {
            server.downs.push((at(since), at(world::now())));
        }
    }

    /// Nobody who could not pay because of it was expired at once.
    pub(crate) fn spares_nobody(&self) -> Vec<String> {
        let server = self.server();
        let long = TimeDelta::seconds(6);
        let mut findings = Vec::new();
        for (order, ran_out, expired) in &server.tables.expired {
            let met = server.downs.iter().find(|(from, to)| from < ran_out && ran_out < to && *to - *from > long);
            if let Some((_, to)) = met
                && *expired < *to + TimeDelta::seconds(55)
            {
                findings.push(format!(
                    "P8: order {order} ran out while nobody could pay, and expired {} after",
                    *expired - *to
                ));
            }
        }
        findings
    }

    /// The session goes on, and nobody has its lock.
    pub(crate) fn lose_the_lock(&self) {
        if self.server().liveness.take().is_some() {
            self.saw("lock lost");
        }
    }

    /// As `pg_terminate_backend` of every session there is.
    pub(crate) fn terminate_all(&self) {
        let pids: Vec<i32> = self.server().sessions.keys().copied().collect();
        for pid in pids {
            self.server().terminate(pid);
        }
    }

    /// Every connection of `node` breaks where it stands; the other side notices later.
    pub(crate) fn orphan(&self, node: Node) {
        let pids: Vec<i32> = {
            let server = self.server();
            server.sessions.iter().filter(|(_, session)| session.of == node).map(|(pid, _)| *pid).collect()
        };
        for pid in pids {
            self.client_gone(pid);
        }
    }

    /// Its client's end of the connection is closed: an idle session notices soon, a busy one when it wants to answer.
    fn client_gone(&self, pid: i32) {
        {
            let mut server = self.server();
            let Some(session) = server.sessions.get_mut(&pid) else { return };
            if session.is_orphan {
                return;
            }
            session.is_orphan = true;
        }
        let postgres = self.clone();
        world::spawn(POSTGRES, async move {
            // A reset is noticed at once, a client that vanished without a word much later.
            let longest = if world::one_in(10) { Duration::from_secs(4) } else { Duration::from_millis(3) };
            world::pause_up_to(longest).await;
            let mut server = postgres.server();
            if server.sessions.get(&pid).is_some_and(|session| !session.is_busy) {
                server.close(pid);
            }
        });
    }
}

impl Server {
    fn open(&mut self, of: Node, now: Timestamp) -> Backend {
        self.last_pid += 1;
        let backend = Backend { pid: self.last_pid, started: now };
        self.sessions.insert(
            backend.pid,
            Session {
                backend,
                of,
                is_orphan: false,
                is_ending: false,
                is_busy: false,
                inserting: Vec::new(),
                flushing: None,
                taking: None,
                flushing_taking: false,
            },
        );
        backend
    }

    /// The session ends: what it had begun is undone, what it held is free.
    fn close(&mut self, pid: i32) {
        self.sessions.remove(&pid);
        if self.liveness == Some(pid) {
            self.liveness = None;
        }
        if self.cell_lock == Some(pid) {
            self.cell_lock = None;
        }
    }

    fn terminate(&mut self, pid: i32) {
        let Some(session) = self.sessions.get_mut(&pid) else { return };
        session.is_ending = true;
        // Idle, it goes at once; a busy one goes when it looks.
        if !session.is_busy {
            self.close(pid);
        }
    }

    fn is_cut_off(&self, node: Node) -> bool {
        self.line.cut_off.contains(&node)
    }
}

/// The world begins at noon.
pub(crate) fn at(since_began: Duration) -> Timestamp {
    let noon = DateTime::from_timestamp(1_767_268_800, 0).expect("a time that exists");
    noon + TimeDelta::from_std(since_began).expect("a short time")
}

fn lost(why: &str) -> Fault {
    Fault { sqlstate: None, constraint: None, message: why.to_owned() }
}
