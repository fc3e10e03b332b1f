//! The database role of everything but the journal: it cannot write what the journal writes.

use diesel::ConnectionResult;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

/// The migrations make the role where they may; without it a connection keeps the rights of its user.
pub(crate) const TAKE_ON: &str = "select set_config('role', rolname, false) from pg_roles
     where rolname = 'doorbuster_shop' and pg_has_role(current_user, oid, 'member')";

/// A connection that cannot write stock or orders.
pub(super) async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let mut connection = AsyncPgConnection::establish(url).await?;
    diesel::sql_query(TAKE_ON)
        .execute(&mut connection)
        .await
        .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}
