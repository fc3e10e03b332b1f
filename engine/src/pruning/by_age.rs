//! Rows that are old enough, in small deletes.

use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::clock::Timestamp;
use crate::postgres::{Database, DatabaseError};

const AT_ONCE: i64 = 5_000;

/// Stored answers of keyed requests. (The key of a checkout is not among them: it is on the order, for ever.)
pub(super) const KEYS: &str = "delete from idempotency_keys where ctid = any (array(
    select ctid from idempotency_keys where created_at < $1 order by created_at limit $2))";
/// What was searched for on days that are long ago.
pub(super) const SEARCHED: &str = "delete from search_queries where ctid = any (array(
    select ctid from search_queries where day < ($1 at time zone 'UTC')::date order by day limit $2))";

/// Deletes rows from before `before`, at most so many at once; says how many.
pub(super) async fn prune(
    database: &Database,
    delete: &'static str,
    before: Timestamp,
) -> Result<usize, DatabaseError> {
    let mut removed = 0;
    loop {
        let rows = database
            .run_at_length(move |mut connection| async move {
                let delete = diesel::sql_query(delete);
                let delete = delete.bind::<Timestamptz, _>(before).bind::<BigInt, _>(AT_ONCE);
                Ok::<_, DatabaseError>(delete.execute(&mut connection).await?)
            })
            .await?;
        removed += rows;
        if (rows as i64) < AT_ONCE {
            return Ok(removed);
        }
    }
}
