//! Brings a database to this program's schema.

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Several servers may start at once: only one migrates.
const MIGRATION_LOCK: i64 = 0x646f_6f72_6d69_6772;

/// Applies what is missing and returns the names. Must run on a multi-thread runtime: the harness blocks.
pub async fn migrate(url: &str) -> anyhow::Result<Vec<String>> {
    let mut connection = AsyncPgConnection::establish(url).await?;
    diesel::sql_query("select pg_advisory_lock($1)")
        .bind::<diesel::sql_types::BigInt, _>(MIGRATION_LOCK)
        .execute(&mut connection)
        .await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let applied = harness
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| anyhow::anyhow!("a migration failed: {error}"))?
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(applied)
}
