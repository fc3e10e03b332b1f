//! All of the carts' SQL.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio_postgres::{Client, Config, NoTls, Statement};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{CartId, OrderId, PrincipalId, StoreId};
use crate::postgres::TAKE_ON;
use crate::postgres::schema::carts;

use super::cart::{Contents, Line, Owner};

/// Those of the carts that are there.
pub(super) async fn load(connection: &mut AsyncPgConnection, ids: &[CartId]) -> QueryResult<Vec<Contents>> {
    type Row = (StoreId, PrincipalId, i64, i64, serde_json::Value, Option<OrderId>, Timestamp);
    let rows: Vec<Row> = carts::table
        .filter(carts::id.eq_any(ids))
        .select((
            carts::store_id,
            carts::principal_id,
            carts::version,
            carts::generation,
            carts::lines,
            carts::last_order_id,
            carts::updated_at,
        ))
        .load(connection)
        .await?;
    rows.into_iter()
        .map(|(store, principal, version, generation, lines, last_order, updated_at)| {
            let lines: Vec<Line> = serde_json::from_value(lines)
                .map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            let owner = Owner { store, principal };
            Ok(Contents { owner, version, generation, lines, last_order, updated_at })
        })
        .collect()
}

/// Why carts were not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// A conflict of locks: certainly nothing happened.
    #[error("not applied: {0}")]
    NotApplied(String),
    /// The database will not have one of them.
    #[error("refused: {0}")]
    Data(String),
    /// The connection, or the database behind it. Whether it happened is not known.
    #[error("the database is away: {0}")]
    Away(String),
}

/// The lane's own connection. Not through Diesel, which does not tell the SQLSTATE of an error.
pub(super) struct Connection {
    client: Client,
    keep: Statement,
}

/// A row that comes back was kept. One that does not was guarded: its generation has become an order, or somebody else
/// was here.
const KEEP: &str = "
    insert into carts (id, store_id, principal_id, version, generation, lines, updated_at)
    select id, store_id, principal_id, version, generation, lines::jsonb, updated_at
    from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[])
        as new (id, store_id, principal_id, version, generation, lines, updated_at)
    on conflict (id) do update
    set version = excluded.version, lines = excluded.lines, updated_at = excluded.updated_at
    where carts.generation = excluded.generation and carts.version < excluded.version
    returning id";

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self, Fault> {
        let mut config: Config = url.parse().map_err(fault)?;
        // Limits are the server's: a client that gives up in the middle of a commit knows nothing.
        config
            .application_name("doorbuster carts")
            .connect_timeout(Duration::from_secs(3))
            .tcp_user_timeout(Duration::from_secs(10))
            .options("-c statement_timeout=10s -c lock_timeout=5s -c synchronous_commit=on");
        let (client, connection) = config.connect(NoTls).await.map_err(fault)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %error, "the carts' connection ended");
            }
        });
        // Of what an order is made, it can write nothing.
        client.batch_execute(TAKE_ON).await.map_err(fault)?;
        let keep = client.prepare(KEEP).await.map_err(fault)?;
        Ok(Self { client, keep })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Writes each cart that follows on what its row says; answers which. One transaction.
    pub(super) async fn keep(&self, carts: &[Arc<Contents>]) -> Result<HashSet<CartId>, Fault> {
        let ids: Vec<Uuid> = carts.iter().map(|cart| cart.owner.cart().uuid()).collect();
        let stores: Vec<Uuid> = carts.iter().map(|cart| cart.owner.store.uuid()).collect();
        let principals: Vec<Uuid> = carts.iter().map(|cart| cart.owner.principal.uuid()).collect();
        let versions: Vec<i64> = carts.iter().map(|cart| cart.version).collect();
        let generations: Vec<i64> = carts.iter().map(|cart| cart.generation).collect();
        let lines: Vec<String> = carts
            .iter()
            .map(|cart| serde_json::to_string(&cart.lines).expect("lines are names, numbers and times"))
            .collect();
        let updated: Vec<Timestamp> = carts.iter().map(|cart| cart.updated_at).collect();
        let rows = self
            .client
            .query(&self.keep, &[&ids, &stores, &principals, &versions, &generations, &lines, &updated])
            .await
            .map_err(fault)?;
        Ok(rows.iter().map(|row| CartId::from_uuid(row.get(0))).collect())
    }
}

fn fault(error: tokio_postgres::Error) -> Fault {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        // Serialization failure, deadlock, lock not available.
        Some("40001" | "40P01" | "55P03") => Fault::NotApplied(error.to_string()),
        Some(code) if code.starts_with("22") || code.starts_with("23") => Fault::Data(error.to_string()),
        Some(_) | None => Fault::Away(error.to_string()),
    }
}
