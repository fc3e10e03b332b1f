//! The connections of everything but the journal and the carts' lane: they cannot write what those write.

use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio_postgres::{Config, NoTls};

/// The migrations make the role where they may; without it a connection keeps the rights of its user.
pub(crate) const TAKE_ON: &str = "select set_config('role', rolname, false) from pg_roles
     where rolname = 'doorbuster_shop' and pg_has_role(current_user, oid, 'member')";

/// Whoever waits for an answer gives up, and comes over another connection. The server's side, which may wait for a lock,
/// would stay until it has it, and one after the other take all the places there are.
const NOTICE_THAT_WE_LEFT: &str = "set client_connection_check_interval = '2s'";

/// Whoever vanishes in the middle of a transaction leaves its locks behind, and the server believes in the connection for two
/// hours. The journal would wait behind a cart's row for as long. Nobody here does anything else inside a transaction than
/// ask the database.
const NOBODY_IDLES_WITH_LOCKS: &str = "set idle_in_transaction_session_timeout = '10s'";

/// A connection that cannot write stock or orders, and that ends when its server is gone without a word.
pub(super) async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let bad = |error: tokio_postgres::Error| ConnectionError::BadConnection(error.to_string());
    let mut config: Config = url.parse().map_err(bad)?;
    config
        .connect_timeout(Duration::from_secs(3))
        .tcp_user_timeout(Duration::from_secs(10))
        .keepalives_idle(Duration::from_secs(5))
        .keepalives_interval(Duration::from_secs(2))
        .keepalives_retries(3);
    let (client, connection) = config.connect(NoTls).await.map_err(bad)?;
    let mut connection = AsyncPgConnection::try_from_client_and_connection(client, connection).await?;
    // One round trip, where a statement that is prepared first takes two.
    connection
        .batch_execute(&format!("{TAKE_ON}; {NOTICE_THAT_WE_LEFT}; {NOBODY_IDLES_WITH_LOCKS}"))
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}
