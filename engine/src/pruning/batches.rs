//! Batches of the journal. A server whose commit is in doubt looks for the newest batch of the epoch it held, however long
//! it was cut off: that one stays, of every epoch. All others go in the order of their numbers, and how far is written
//! down, so that `verify` still finds one that is missing.
//!
//! On a connection of its own, as the journal's user: the shop's role cannot write these tables.

use tokio_postgres::{Client, NoTls};

use crate::clock::Timestamp;
use crate::postgres::{Database, DatabaseError};

const CELL: i32 = 1;
const AT_ONCE: i64 = 10_000;

/// Up to where all of the next so many are old enough; never the newest.
const REACH: &str = "
    select max(number) from (
        select number, bool_and(committed_at < $2) over (order by number) as old from (
            select number, committed_at from journal_batches
            where cell_id = $1 and number > $3 and number < (select last_batch from cells where id = $1)
            order by number limit $4) next) looked where old";

/// A batch is followed by one of its own epoch unless it is that epoch's newest.
const DELETE: &str = "
    delete from journal_batches b
    where cell_id = $1 and number > $2 and number <= $3
      and exists (select from journal_batches n
                  where n.cell_id = b.cell_id and n.number = b.number + 1 and n.epoch = b.epoch)";

const SAY: &str = "
    insert into journal_prunings (cell_id, pruned_to) values ($1, $2)
    on conflict (cell_id) do update set pruned_to = greatest(journal_prunings.pruned_to, excluded.pruned_to)";

/// Removes batches that were committed before `before`; says how many.
pub(super) async fn prune(database: &Database, before: Timestamp) -> Result<usize, DatabaseError> {
    let url = database.url().to_owned();
    let pruning = database.io().spawn(async move {
        let (mut client, connection) = tokio_postgres::connect(&url, NoTls).await?;
        let driver = tokio::spawn(connection);
        let mut removed = 0;
        while let Some(rows) = prune_some(&mut client, before).await? {
            removed += rows;
        }
        drop(client);
        driver.await.map_err(|error| Failed(error.to_string()))??;
        Ok::<_, Failed>(removed)
    });
    let removed = pruning.await.map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
    removed.map_err(|Failed(error)| DatabaseError::Unavailable(error))
}

/// None: nothing is old enough.
async fn prune_some(client: &mut Client, before: Timestamp) -> Result<Option<usize>, tokio_postgres::Error> {
    let transaction = client.transaction().await?;
    let told = transaction.query_opt("select pruned_to from journal_prunings where cell_id = $1", &[&CELL]).await?;
    let from: i64 = told.map_or(0, |row| row.get(0));
    let reach: Option<i64> = transaction.query_one(REACH, &[&CELL, &before, &from, &AT_ONCE]).await?.get(0);
    let Some(to) = reach else { return Ok(None) };
    transaction.execute(SAY, &[&CELL, &to]).await?;
    let rows = transaction.execute(DELETE, &[&CELL, &from, &to]).await?;
    transaction.commit().await?;
    Ok(Some(usize::try_from(rows).unwrap_or(usize::MAX)))
}

struct Failed(String);

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        Self(error.to_string())
    }
}
