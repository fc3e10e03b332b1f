//! Carts of people who never came back go, so that the table does not grow for ever.

use crate::clock::Timestamp;
use crate::postgres::{Database, DatabaseError};

use super::handle::Handle;
use super::store::{self, Abandoned};

/// A delete of more would keep its rows, and whoever wants one of them, for long.
const AT_ONCE: i64 = 1_000;

impl Handle {
    /// Removes what nobody changed since `before`, and says how many carts that were. Whoever comes back finds an empty
    /// cart. A cart that somebody looks at now is left alone.
    pub async fn prune(&self, database: &Database, before: Timestamp) -> Result<usize, DatabaseError> {
        let mut removed = 0;
        let mut after = None;
        loop {
            let seen: Vec<Abandoned> = database
                .run_at_length(move |mut connection| async move {
                    Ok::<_, DatabaseError>(store::abandoned(&mut connection, before, after, AT_ONCE).await?)
                })
                .await?;
            let Some(last) = seen.last() else { return Ok(removed) };
            after = Some(last.id);
            let asleep: Vec<Abandoned> = seen.into_iter().filter(|cart| !self.is_awake(cart.owner)).collect();
            removed += database
                .run(move |mut connection| async move {
                    Ok::<_, DatabaseError>(store::remove(&mut connection, &asleep).await?)
                })
                .await?;
        }
    }
}
