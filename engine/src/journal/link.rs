//! What the journal asks of PostgreSQL, statement by statement. `store` asks a real one; a simulation answers by itself.

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;

use crate::clock::Timestamp;
use crate::id::OwnerId;
use crate::inventory::AccountId;

use super::batch::Batch;
use super::classify::Fault;

/// One PostgreSQL primary, and this process as it is known there.
pub trait Primary: Send + Sync + 'static {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Link>, Fault>>;

    /// How this process signs the cell.
    fn own_name(&self) -> String;

    /// Whether the process that signed so is certainly gone.
    fn is_known_dead(&self, owner_name: &str) -> bool;
}

/// A connection. Dropping it closes it, which undoes what it had begun.
pub trait Link: Send + Sync {
    /// The other side of it.
    fn backend(&self) -> Backend;

    /// Commits the batch, whole or not at all. `Ok` means durable.
    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<(), Fault>>;

    /// Which of the batch's orders and answers are there already. Their keys' owners have committed: an insert waits for
    /// them before it fails.
    fn done_before<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Done, Fault>>;

    /// The durable `seq`s of the accounts of the batch, as far as they are there.
    fn seqs<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<HashMap<AccountId, i64>, Fault>>;

    /// A sign of life, and whether the cell is still under `epoch`. The session's lock alone does not say so: it may be lost
    /// unheard, as behind a pooler.
    fn is_under(&self, epoch: i64) -> BoxFuture<'_, Result<bool, Fault>>;

    /// What time it is there.
    fn time(&self) -> BoxFuture<'_, Result<Timestamp, Fault>>;

    /// Ends `backend`, if it is still there: a journal's connection to this very database, and the same one. Its pid alone
    /// may be anybody's by now.
    fn end(&self, backend: Backend) -> BoxFuture<'_, Result<bool, Fault>>;

    /// The session lock of whoever may take the cell; it ends with the connection.
    fn try_lock(&self) -> BoxFuture<'_, Result<bool, Fault>>;

    /// Who took the cell last.
    fn owner(&self) -> BoxFuture<'_, Result<Signature, Fault>>;

    /// Begins a transaction, and waits for whoever is writing to the cell.
    fn lock_cell(&self) -> BoxFuture<'_, Result<CellRow, Fault>>;

    /// Whether this very batch is durable.
    fn has_batch(&self, number: i64, epoch: i64, digest: [u8; 32]) -> BoxFuture<'_, Result<bool, Fault>>;

    /// Raises the epoch and signs the cell.
    fn sign<'a>(&'a self, owner: OwnerId, name: &'a str) -> BoxFuture<'a, Result<(), Fault>>;

    /// Commits the taking. False: it may yet be lost with this primary.
    fn commit_taking(&self) -> BoxFuture<'_, Result<bool, Fault>>;

    /// When the batches since `since` were committed, in their order.
    fn committed_since(&self, since: Timestamp) -> BoxFuture<'_, Result<Vec<Timestamp>, Fault>>;

    /// Gives the cell up in order, so that the next server need not wait.
    fn release(&self, owner: OwnerId) -> BoxFuture<'_, Result<(), Fault>>;
}

/// The server's side of a connection. Its pid may be another's by the time it is used; with the start it may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backend {
    pub pid: i32,
    pub started: Timestamp,
}

/// Who took the cell, if anybody has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    pub owner: Option<OwnerId>,
    pub name: Option<String>,
}

/// The cell as it is under its lock.
#[derive(Debug, Clone)]
pub struct CellRow {
    pub epoch: i64,
    pub last_batch: i64,
    pub core_time: Timestamp,
    /// It was taken so long ago that whoever was before that has noticed.
    pub is_settled: bool,
    pub signature: Signature,
}

/// The rows of a batch that were done before, by their place in its columns.
#[derive(Debug, Default)]
pub struct Done {
    pub orders: HashSet<usize>,
    pub answers: HashSet<usize>,
}
