//! What the journal and the carts ask of a connection, statement by statement, and what a commit goes through.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use engine::cart::{CartLink, Fault as CartFault, Successor};
use engine::clock::Timestamp;
use engine::id::{CartId, OwnerId};
use engine::inventory::AccountId;
use engine::journal::{Backend, Batch, CellRow, Done, Fault, Link, Primary, Signature};
use engine::mutant::{Mutant, is_on};
use futures_util::future::BoxFuture;

use super::rows::Wanted;
use super::session::{Connection, FromNode, LOCK_TIMEOUT, STATEMENT_TIMEOUT, wait};
use super::tables::{Cell, fault};
use super::{Postgres, at, lost};
use crate::world::{self, Node};

/// An order to somebody of this name cannot be written.
pub(crate) const POISON: &str = "poison";

async fn commit(postgres: Postgres, pid: i32, wanted: Wanted) -> Result<(), Fault> {
    let (line, keys) = (postgres.server().line.clone(), wanted.unique_keys());
    if world::one_in(line.disk_full) {
        postgres.saw("disk full");
        return Err(fault("53100", "", "could not extend file: No space left on device"));
    }
    if world::one_in(line.serialization) {
        postgres.saw("deadlock");
        return Err(fault("40P01", "", "deadlock detected"));
    }
    if wanted.orders.iter().any(|order| order.detail.address.name == POISON) {
        postgres.saw("poison");
        return Err(fault("22021", "", "invalid byte sequence"));
    }
    world::pause_up_to(line.slowest).await;
    // Somebody else's insert of the same key is waited for: it may yet be undone.
    wait(&postgres, pid, STATEMENT_TIMEOUT, |server| {
        let taken = server
            .sessions
            .iter()
            .any(|(other, session)| *other != pid && session.inserting.iter().any(|key| keys.contains(key)));
        (!taken).then(|| server.sessions.get_mut(&pid).map(|session| session.inserting = keys.clone()))
    })
    .await?;
    let insertable = postgres.server().tables.insertable(&wanted);
    if let Err(fault) = insertable {
        postgres.saw("unique violation");
        return Err(fault);
    }
    if postgres.server().cell_lock.is_some() {
        postgres.saw("waited for the cell");
    }
    lock_cell(&postgres, pid).await?;
    let compared = postgres.server().tables.comparable(&wanted);
    if let Err(fault) = compared {
        world::note(|| format!("batch {} of epoch {}: {fault}", wanted.number, wanted.epoch));
        unlock_cell(&postgres, pid);
        return Err(fault);
    }
    let carts: Vec<CartId> = wanted.carts.iter().map(|cart| cart.cart).collect();
    {
        let mut server = postgres.server();
        server.cart_locks.extend(&carts);
        if let Some(session) = server.sessions.get_mut(&pid) {
            session.flushing = Some(wanted);
        }
    }
    // From here on it may be durable, whoever hears of it.
    world::pause_up_to(line.disk).await;
    let mut server = postgres.server();
    let flushed = server.sessions.get_mut(&pid).and_then(|session| session.flushing.take());
    for cart in &carts {
        server.cart_locks.remove(cart);
    }
    if server.cell_lock == Some(pid) {
        server.cell_lock = None;
    }
    let Some(wanted) = flushed else { return Err(lost("the session has ended")) };
    if server.sessions.get(&pid).is_some_and(|session| session.is_orphan) {
        *server.seen.entry("durable, and nobody heard").or_default() += 1;
    }
    server.tables.apply(&wanted);
    Ok(())
}

async fn lock_cell(postgres: &Postgres, pid: i32) -> Result<(), Fault> {
    wait(postgres, pid, LOCK_TIMEOUT, |server| server.cell_lock.is_none().then(|| server.cell_lock = Some(pid))).await
}

fn unlock_cell(postgres: &Postgres, pid: i32) {
    let mut server = postgres.server();
    if server.cell_lock == Some(pid) {
        server.cell_lock = None;
    }
}

impl Primary for FromNode {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Link>, Fault>> {
        Box::pin(async move { Ok(Box::new(self.open().await?) as Box<dyn Link>) })
    }

    fn own_name(&self) -> String {
        format!("simulated/{}", self.node.0)
    }

    fn is_known_dead(&self, owner_name: &str) -> bool {
        let server = self.postgres.server();
        let node = owner_name.rsplit_once('/').and_then(|(_, number)| number.parse().ok()).map(Node);
        // Machines far apart know nothing of one another.
        server.is_one_host && node.is_some_and(|node| server.killed.contains(&node))
    }
}

impl Link for Connection {
    fn backend(&self) -> Backend {
        self.backend
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<(), Fault>> {
        let wanted = Wanted::of(batch);
        Box::pin(self.ask(move |postgres, pid| commit(postgres, pid, wanted)))
    }

    fn done_before<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Done, Fault>> {
        let wanted = Wanted::of(batch);
        Box::pin(self.ask(move |postgres, _| async move {
            let server = postgres.server();
            let tables = &server.tables;
            let orders = wanted.orders.iter().enumerate().filter(|(_, order)| {
                tables.by_key.contains_key(&(order.principal_id, order.idempotency_key.clone()))
                    || order.cart.is_some_and(|cart| tables.by_cart.contains_key(&cart))
            });
            let answers = wanted.answers.iter().enumerate().filter(|(_, (key, _))| tables.answers.contains_key(key));
            Ok(Done { orders: orders.map(|(n, _)| n).collect(), answers: answers.map(|(n, _)| n).collect() })
        }))
    }

    fn seqs<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<HashMap<AccountId, i64>, Fault>> {
        let accounts: Vec<AccountId> = batch.levels.keys().copied().collect();
        Box::pin(self.ask(move |postgres, _| async move {
            let server = postgres.server();
            let levels = &server.tables.levels;
            Ok(accounts.iter().filter_map(|account| Some((*account, levels.get(account)?.seq))).collect())
        }))
    }

    fn is_under(&self, epoch: i64) -> BoxFuture<'_, Result<bool, Fault>> {
        Box::pin(self.ask(move |postgres, _| async move { Ok(postgres.server().tables.cell.epoch == epoch) }))
    }

    fn time(&self) -> BoxFuture<'_, Result<Timestamp, Fault>> {
        Box::pin(self.ask(|postgres, _| async move { Ok(postgres.clock()) }))
    }

    fn end(&self, backend: Backend) -> BoxFuture<'_, Result<bool, Fault>> {
        Box::pin(self.ask(move |postgres, _| async move {
            let mut server = postgres.server();
            let is_there = server.sessions.get(&backend.pid).is_some_and(|session| session.backend == backend);
            if is_there {
                server.terminate(backend.pid);
            }
            Ok(is_there)
        }))
    }

    fn try_lock(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        Box::pin(self.ask(|postgres, pid| async move {
            let mut server = postgres.server();
            if is_on(Mutant::BumpWithoutTheLock) {
                return Ok(true);
            }
            let free = server.liveness.is_none_or(|holder| holder == pid);
            if free {
                server.liveness = Some(pid);
            }
            Ok(free)
        }))
    }

    fn owner(&self) -> BoxFuture<'_, Result<Signature, Fault>> {
        Box::pin(self.ask(|postgres, _| async move {
            let server = postgres.server();
            Ok(Signature { owner: server.tables.cell.owner, name: server.tables.cell.owner_name.clone() })
        }))
    }

    fn lock_cell(&self) -> BoxFuture<'_, Result<CellRow, Fault>> {
        Box::pin(self.ask(|postgres, pid| async move {
            lock_cell(&postgres, pid).await?;
            let mut server = postgres.server();
            let cell = server.tables.cell.clone();
            if let Some(session) = server.sessions.get_mut(&pid) {
                session.taking = Some(cell.clone());
            }
            let signature = Signature { owner: cell.owner, name: cell.owner_name.clone() };
            let now = at(world::now()) + server.clock_off;
            let is_settled = cell.taken_at.is_none_or(|taken| now - taken > TimeDelta::seconds(3));
            let Cell { epoch, last_batch, core_time, .. } = cell;
            Ok(CellRow { epoch, last_batch, core_time, is_settled, signature })
        }))
    }

    fn has_batch(&self, number: i64, epoch: i64, digest: [u8; 32]) -> BoxFuture<'_, Result<bool, Fault>> {
        Box::pin(self.ask(move |postgres, _| async move {
            let server = postgres.server();
            if is_on(Mutant::NumberTrustedAcrossEpochs) {
                return Ok(server.tables.cell.last_batch >= number);
            }
            Ok(server.tables.batches.get(&number) == Some(&(epoch, digest)))
        }))
    }

    fn sign<'a>(&'a self, owner: OwnerId, name: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        let name = name.to_owned();
        Box::pin(self.ask(move |postgres, pid| async move {
            let mut server = postgres.server();
            let now = at(world::now()) + server.clock_off;
            let taking = server.sessions.get_mut(&pid).and_then(|session| session.taking.as_mut());
            let Some(cell) = taking else { return Err(fault("25P01", "", "there is no transaction")) };
            cell.epoch += i64::from(!is_on(Mutant::NoBump));
            cell.owner = Some(owner);
            cell.owner_name = Some(name);
            cell.taken_at = Some(now);
            Ok(())
        }))
    }

    fn commit_taking(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        let committing = self.ask(|postgres, pid| async move {
            let disk = postgres.server().line.disk;
            if let Some(session) = postgres.server().sessions.get_mut(&pid) {
                session.flushing_taking = true;
            }
            world::pause_up_to(disk).await;
            let mut server = postgres.server();
            let taking = server.sessions.get_mut(&pid).and_then(|session| session.taking.take());
            let Some(cell) = taking else { return Err(fault("25P01", "", "there is no transaction")) };
            server.tables.cell = cell;
            server.cell_lock = None;
            world::note(|| format!("pid {pid} took the cell: {:?}", server.tables.cell));
            *server.seen.entry("taken").or_default() += 1;
            Ok(true)
        });
        Box::pin(async move {
            let answer = committing.await?;
            let postgres = &self.from.postgres;
            let unheard = postgres.server().line.taking_unheard;
            if world::one_in(unheard) {
                postgres.saw("taking unheard");
                return Err(self.breaks().with(lost("reset before it was answered")));
            }
            Ok(answer)
        })
    }

    fn committed_since(&self, since: Timestamp) -> BoxFuture<'_, Result<Vec<Timestamp>, Fault>> {
        Box::pin(self.ask(move |postgres, _| async move {
            let server = postgres.server();
            Ok(server.tables.committed.iter().copied().filter(|at| *at > since).collect())
        }))
    }

    fn release(&self, owner: OwnerId) -> BoxFuture<'_, Result<(), Fault>> {
        Box::pin(self.ask(move |postgres, _| async move {
            let mut server = postgres.server();
            if server.tables.cell.owner == Some(owner) {
                server.tables.cell.owner = None;
            }
            Ok(())
        }))
    }
}

impl CartLink for Connection {
    fn is_closed(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    fn keep<'a>(&'a self, carts: &'a [Successor]) -> BoxFuture<'a, Result<HashSet<CartId>, CartFault>> {
        let carts: Vec<Successor> = carts
            .iter()
            .map(|cart| Successor { contents: Arc::clone(&cart.contents), follows: cart.follows })
            .collect();
        let asking = self.ask(move |postgres, pid| async move {
            let ids: Vec<CartId> = carts.iter().map(|cart| cart.contents.owner.cart()).collect();
            wait(&postgres, pid, LOCK_TIMEOUT, |server| {
                (!ids.iter().any(|id| server.cart_locks.contains(id))).then_some(())
            })
            .await?;
            Ok(postgres.server().tables.keep(&carts))
        });
        Box::pin(async move {
            asking.await.map_err(|fault| match fault.sqlstate.as_deref() {
                Some("55P03") => CartFault::NotApplied(fault.message),
                _ => CartFault::NoAnswer(fault.message),
            })
        })
    }
}

impl FromNode {
    pub(crate) async fn open_for_carts(&self) -> Result<Box<dyn CartLink>, CartFault> {
        let connection = self.open().await.map_err(|fault| CartFault::Away(fault.message))?;
        Ok(Box::new(connection))
    }
}
