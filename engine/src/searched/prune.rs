//! Days that are long ago.

use chrono::NaiveDate;
use diesel::sql_types::{BigInt, Date};
use diesel_async::RunQueryDsl;

use crate::postgres::{Database, DatabaseError};

const AT_ONCE: i64 = 5_000;

/// Forgets the days before `before`; says how many rows.
pub(crate) async fn prune(database: &Database, before: NaiveDate) -> Result<usize, DatabaseError> {
    let mut removed = 0;
    loop {
        let rows = database
            .run_at_length(move |mut connection| async move {
                let delete = diesel::sql_query(
                    "delete from search_queries where ctid = any (array(
                         select ctid from search_queries where day < $1 order by day limit $2))",
                );
                let delete = delete.bind::<Date, _>(before).bind::<BigInt, _>(AT_ONCE);
                Ok::<_, DatabaseError>(delete.execute(&mut connection).await?)
            })
            .await?;
        removed += rows;
        if (rows as i64) < AT_ONCE {
            return Ok(removed);
        }
    }
}
