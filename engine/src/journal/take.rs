//! Taking the cell: start, takeover and an unknown outcome are one function.
//!
//! Who holds the advisory lock may take the cell; taking it means raising its epoch, so that whatever an older owner still
//! has under way can never commit. Only after that is an unknown batch judged: durable are exactly the batches that
//! `journal_batches` shows with my number, my epoch and my digest; the others never will be.

use std::future::pending;
use std::pin::pin;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::select;

use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::id::OwnerId;
use crate::mutant::{Mutant, is_on};
use crate::runtime::Runtime;

use super::classify::Fault;
use super::link::{Backend, Link, Primary};
use super::outage::{self, Outage};
use super::predecessor::Predecessor;
use super::proof::TAKEOVER_WAIT;
use super::watch::OVERDUE;

/// Who takes, and what it knows.
pub(super) struct Claim {
    pub(super) owner: OwnerId,
    /// The epoch I hold, and the last batch I acknowledged under it. None: a first start.
    pub(super) held: Option<Held>,
    /// The backend of my lost connection, which may still hold the lock.
    pub(super) old_backend: Option<Backend>,
    /// The batch whose outcome is unknown.
    pub(super) in_doubt: Option<(i64, [u8; 32])>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) epoch: i64,
    pub(super) last_batch: i64,
}

pub(super) struct Cell {
    pub(super) link: Box<dyn Link>,
    pub(super) epoch: i64,
    pub(super) last_batch: i64,
    pub(super) core_time: Timestamp,
    /// The batch in doubt is durable.
    pub(super) durable: bool,
    /// Another owned it since: all memory is worth nothing.
    pub(super) foreign: bool,
    /// Whoever owned it lately may have met them.
    pub(super) outages: Vec<Outage>,
    /// The owner before me may still be running, and answer from memory for a while.
    pub(super) predecessor_may_live: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error("the database cannot be reached: {0}")]
    Database(#[from] Fault),
    #[error("the cell is owned by {0}, which is running: stop that server first")]
    Owned(String),
    /// It is my own lost connection: its backend has not noticed yet.
    #[error("a former connection of this server still holds the cell")]
    Lingering,
    #[error("the standby did not confirm that the cell was taken")]
    Unconfirmed,
    #[error("the database does not answer")]
    Silent,
    #[error(
        "the database is behind what this server acknowledged (batch {seen}, acknowledged {acknowledged}): history went backwards"
    )]
    Backwards { seen: i64, acknowledged: i64 },
}

/// What time it was when the cell was taken.
pub(crate) struct Anchor {
    /// Never before the last batch.
    pub(crate) time: Timestamp,
    /// When that was asked.
    pub(super) asked: Instant,
}

/// The first taking, at start.
pub(super) async fn first_take(
    primary: &dyn Primary,
    runtime: &Runtime,
    owner: OwnerId,
) -> Result<(Cell, Anchor), TakeError> {
    let claim = Claim { owner, held: None, old_backend: None, in_doubt: None };
    let taking = runtime.timeout(OVERDUE, take(primary, runtime, &claim));
    let cell = taking.await.unwrap_or(Err(TakeError::Silent))?;
    if cell.predecessor_may_live {
        tracing::info!("the server before may still answer from memory; waiting for it to notice");
        wait_until_noticed(runtime, &cell).await;
    }
    let asked = runtime.now();
    let anchor = Anchor { time: cell.link.time().await?.max(cell.core_time), asked };
    Ok((cell, anchor))
}

/// Until whoever owned the cell before knows that it does not any more. Meanwhile the session says that it is there: one
/// that is silent is ended, and the cell is free.
pub(super) async fn wait_until_noticed(runtime: &Runtime, cell: &Cell) {
    let signs_of_life = async {
        loop {
            runtime.sleep(Duration::from_secs(1)).await;
            if let Err(error) = cell.link.is_under(cell.epoch).await {
                tracing::warn!(error = %error, "the connection was lost while the server before was waited for");
                // Whoever writes next finds out.
                return pending::<()>().await;
            }
        }
    };
    select(pin!(runtime.sleep(TAKEOVER_WAIT)), pin!(signs_of_life)).await;
}

/// Outages that ended before are nobody's excuse any more.
const LOOKED_BACK: TimeDelta = TimeDelta::minutes(2);

/// How often a busy lock is tried again: a killed backend needs a moment to let go.
const TRIES: u32 = 10;
const BETWEEN: Duration = Duration::from_millis(100);

pub(super) async fn take(primary: &dyn Primary, runtime: &Runtime, claim: &Claim) -> Result<Cell, TakeError> {
    let link = primary.connect().await?;
    if let Some(backend) = claim.old_backend {
        link.end(backend).await?;
    }
    let mut locked = false;
    for _ in 0..TRIES {
        locked = link.try_lock().await?;
        if locked {
            break;
        }
        runtime.sleep(BETWEEN).await;
    }
    if !locked {
        let there = link.owner().await?;
        if there.owner == Some(claim.owner) {
            return Err(TakeError::Lingering);
        }
        return Err(TakeError::Owned(there.name.unwrap_or_else(|| "another server".to_owned())));
    }

    let row = link.lock_cell().await?;
    let (epoch, last_batch) = (row.epoch, row.last_batch);
    reach(Point::TakeLocked);
    let mut durable = false;
    if let Some(held) = claim.held {
        if let Some((number, digest)) = claim.in_doubt {
            durable = link.has_batch(number, held.epoch, digest).await?;
        }
        if last_batch < held.last_batch {
            return Err(TakeError::Backwards { seen: last_batch, acknowledged: held.last_batch });
        }
    }
    link.sign(claim.owner, &primary.own_name()).await?;
    if !link.commit_taking().await? {
        // A failover now would bring the old epoch back, and with it whatever was sent under it.
        return Err(TakeError::Unconfirmed);
    }
    reach(Point::TakeRaised);

    let before = Predecessor::of(claim, &row, durable, |name| primary.is_known_dead(name));
    let committed = link.committed_since(row.core_time - LOOKED_BACK).await?;
    let outages = outage::between(&committed).collect();
    Ok(Cell {
        outages,
        link,
        epoch: epoch + 1,
        last_batch,
        core_time: row.core_time,
        durable,
        foreign: before.is_foreign,
        predecessor_may_live: before.may_live && !is_on(Mutant::TakeoverDoesNotWait),
    })
}
