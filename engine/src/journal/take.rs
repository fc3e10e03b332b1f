//! Taking the cell: start, takeover and an unknown outcome are one function.
//!
//! Who holds the advisory lock may take the cell; taking it means raising its epoch, so that whatever an older owner still
//! has under way can never commit. Only after that is an unknown batch judged: durable are exactly the batches that
//! `journal_batches` shows with my number, my epoch and my digest; the others never will be.

use std::time::Duration;

use tokio_postgres::Client;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::OwnerId;

use super::proof::TAKEOVER_WAIT;
use super::store::{APPLICATION, Backend, CELL, Connection};
use super::watch::OVERDUE;

/// The session lock on the journal's connection.
const LIVENESS_LOCK: i64 = 0x646f_6f72_6275_7374;

/// Who takes, and what it knows.
pub(super) struct Claim {
    pub(super) owner: OwnerId,
    pub(super) owner_name: String,
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
    pub(super) connection: Connection,
    pub(super) epoch: i64,
    pub(super) last_batch: i64,
    pub(super) core_time: Timestamp,
    /// The batch in doubt is durable.
    pub(super) durable: bool,
    /// Another owned it since: all memory is worth nothing.
    pub(super) foreign: bool,
    /// The owner before me may still be running, and answer from memory for a while.
    pub(super) predecessor_may_live: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    #[error("the database cannot be reached: {0}")]
    Database(#[from] tokio_postgres::Error),
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

/// The first taking, at start.
pub(super) async fn first_take(url: &str, owner: OwnerId) -> Result<(Cell, Timestamp), TakeError> {
    let claim = Claim { owner, owner_name: own_name(), held: None, old_backend: None, in_doubt: None };
    let Ok(taken) = tokio::time::timeout(OVERDUE, take(url, &claim)).await else { return Err(TakeError::Silent) };
    let cell = taken?;
    if cell.predecessor_may_live {
        tracing::info!("the server before may still answer from memory; waiting for it to notice");
        tokio::time::sleep(TAKEOVER_WAIT).await;
    }
    let now: Timestamp = cell.connection.client.query_one("select clock_timestamp()", &[]).await?.get(0);
    let anchor = now.max(cell.core_time);
    Ok((cell, anchor))
}

/// How often a busy lock is tried again: a killed backend needs a moment to let go.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(100);

pub(super) async fn take(url: &str, claim: &Claim) -> Result<Cell, TakeError> {
    let mut connection = Connection::open(url).await?;
    if let Some(backend) = claim.old_backend {
        end(&connection.client, backend).await?;
    }
    let mut locked = false;
    for _ in 0..TRIES {
        locked = connection.client.query_one("select pg_try_advisory_lock($1)", &[&LIVENESS_LOCK]).await?.get(0);
        if locked {
            break;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    if !locked {
        let row = connection.client.query_one("select owner_name, owner from cells where id = $1", &[&CELL]).await?;
        let (name, owner): (Option<String>, Option<Uuid>) = (row.get(0), row.get(1));
        if owner == Some(claim.owner.uuid()) {
            return Err(TakeError::Lingering);
        }
        return Err(TakeError::Owned(name.unwrap_or_else(|| "another server".to_owned())));
    }

    connection.take_doubt();
    let transaction = connection.client.transaction().await?;
    let row = transaction
        .query_one(
            "select epoch, owner, owner_name, last_batch, core_time from cells where id = $1 for update",
            &[&CELL],
        )
        .await?;
    let (epoch, last_batch): (i64, i64) = (row.get(0), row.get(3));
    let owner: Option<Uuid> = row.get(1);
    let owner_name: Option<String> = row.get(2);
    let core_time: Timestamp = row.get(4);
    let mine = owner == Some(claim.owner.uuid());

    let mut durable = false;
    if let Some(held) = claim.held {
        if let Some((number, digest)) = claim.in_doubt {
            durable = transaction
                .query_opt(
                    "select 1 from journal_batches where cell_id = $1 and number = $2 and epoch = $3 and digest = $4",
                    &[&CELL, &number, &held.epoch, &&digest[..]],
                )
                .await?
                .is_some();
        }
        if last_batch < held.last_batch {
            return Err(TakeError::Backwards { seen: last_batch, acknowledged: held.last_batch });
        }
    }
    transaction
        .execute(
            "update cells set epoch = epoch + 1, owner = $2, owner_name = $3, taken_at = now() where id = $1",
            &[&CELL, &claim.owner.uuid(), &claim.owner_name],
        )
        .await?;
    transaction.commit().await?;
    if connection.take_doubt() {
        // A failover now would bring the old epoch back, and with it whatever was sent under it.
        return Err(TakeError::Unconfirmed);
    }

    // Not by the epoch alone: my own bump may have committed after another's, its answer lost. Then the owner is me, but
    // the batches are not all mine.
    let foreign = claim
        .held
        .is_some_and(|held| last_batch != held.last_batch + i64::from(durable) || (epoch != held.epoch && !mine));
    Ok(Cell {
        connection,
        epoch: epoch + 1,
        last_batch,
        core_time,
        durable,
        foreign,
        predecessor_may_live: owner.is_some() && !mine && !is_known_dead(owner_name.as_deref()),
    })
}

/// Ends `backend`, if it is still there: a journal's connection to this very database, and the same one. Its pid alone
/// may be anybody's by now.
pub(super) async fn end(client: &Client, backend: Backend) -> Result<bool, tokio_postgres::Error> {
    let ended = client
        .query_opt(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where pid = $1 and backend_start = $2 and application_name = $3 and datname = current_database()",
            &[&backend.pid, &backend.started, &APPLICATION],
        )
        .await?;
    Ok(ended.is_some())
}

/// Gives the cell up in order, so that the next server need not wait.
pub(super) async fn release(cell: &Connection, owner: OwnerId) -> Result<(), tokio_postgres::Error> {
    cell.client
        .execute("update cells set owner = null where id = $1 and owner = $2", &[&CELL, &owner.uuid()])
        .await
        .map(drop)
}

/// `host/pid` of this process.
pub(super) fn own_name() -> String {
    format!("{}/{}", host(), std::process::id())
}

fn host() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_else(|| "unknown".to_owned())
}

/// Only what ran on this very host can be known to be dead.
fn is_known_dead(owner_name: Option<&str>) -> bool {
    let Some((owner_host, pid)) = owner_name.and_then(|name| name.rsplit_once('/')) else { return false };
    let Ok(pid) = pid.parse::<i32>() else { return false };
    // Its number may be ours by now.
    owner_host == host() && (!runs(pid) || u32::try_from(pid) == Ok(std::process::id()))
}

/// A killed process that nobody has waited for yet still has its number, but runs no more.
fn runs(pid: i32) -> bool {
    let there = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), None) != Err(nix::errno::Errno::ESRCH);
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // After the name in parentheses stands the state.
    let state = stat.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    there && !matches!(state, Some('Z' | 'X'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_of_this_host_that_is_gone_is_known_to_be_dead() {
        let mut child = std::process::Command::new("true").spawn().expect("a process");
        let pid = child.id();
        let name = |host: &str| format!("{host}/{pid}");
        // Not waited for: it stays behind as a zombie once it has ended.
        while runs(pid.cast_signed()) {
            std::thread::yield_now();
        }
        assert!(is_known_dead(Some(&name(&host()))));
        assert!(!is_known_dead(Some(&name("another"))));
        child.wait().expect("it ended");
        assert!(is_known_dead(Some(&name(&host()))));
        let parent = std::os::unix::process::parent_id();
        assert!(!is_known_dead(Some(&format!("{}/{parent}", host()))));
        for unclear in [None, Some(""), Some("nonsense"), Some("host/pid")] {
            assert!(!is_known_dead(unclear), "{unclear:?}");
        }
    }
}
