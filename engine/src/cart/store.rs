//! All of the carts' SQL.

use std::collections::HashSet;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::{self, Array, BigInt};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use tokio_postgres::{Client, Config, NoTls, Statement};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{CartId, OrderId, PrincipalId, StoreId};
use crate::postgres::TAKE_ON;
use crate::postgres::schema::carts;

use super::cart::{Contents, Line, Owner};
use super::rows::{Fault, Successor};

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

/// A cart that nobody changed for long.
pub(super) struct Abandoned {
    pub(super) id: CartId,
    pub(super) owner: Owner,
    pub(super) version: i64,
    pub(super) generation: i64,
}

/// Carts with something to remove that nobody changed since `before`, in the order of their ids, after another. By the
/// primary key, because an index on the time of the last change would cost every change of a cart.
pub(super) async fn abandoned(
    connection: &mut AsyncPgConnection,
    before: Timestamp,
    after: Option<CartId>,
    limit: i64,
) -> QueryResult<Vec<Abandoned>> {
    let mut query = carts::table
        .filter(carts::updated_at.lt(before))
        .filter(carts::generation.eq(0).or(carts::lines.ne(serde_json::json!([]))))
        .order(carts::id)
        .limit(limit)
        .select((carts::id, carts::store_id, carts::principal_id, carts::version, carts::generation))
        .into_boxed();
    if let Some(id) = after {
        query = query.filter(carts::id.gt(id));
    }
    let rows: Vec<(CartId, StoreId, PrincipalId, i64, i64)> = query.load(connection).await?;
    Ok(rows
        .into_iter()
        .map(|(id, store, principal, version, generation)| Abandoned {
            id,
            owner: Owner { store, principal },
            version,
            generation,
        })
        .collect())
}

/// Removes those that are as they were seen, and says how many. One that orders came of keeps its row, emptied: an order
/// is unique for its cart and generation, for ever, so that a generation must not come twice.
pub(super) async fn remove(connection: &mut AsyncPgConnection, abandoned: &[Abandoned]) -> QueryResult<usize> {
    type Seen = (Vec<Uuid>, Vec<i64>);
    let seen = |ordered: bool| -> Seen {
        let some = abandoned.iter().filter(|cart| (cart.generation > 0) == ordered);
        some.map(|cart| (cart.id.uuid(), cart.version)).unzip()
    };
    let (ids, versions) = seen(false);
    let removed = diesel::sql_query(
        "delete from carts using unnest($1, $2) as seen (id, version)
         where carts.id = seen.id and carts.version = seen.version and carts.generation = 0",
    )
    .bind::<Array<sql_types::Uuid>, _>(ids)
    .bind::<Array<BigInt>, _>(versions)
    .execute(connection)
    .await?;
    let (ids, versions) = seen(true);
    let emptied = diesel::sql_query(
        "update carts set lines = '[]', version = carts.version + 1
         from unnest($1, $2) as seen (id, version) where carts.id = seen.id and carts.version = seen.version",
    )
    .bind::<Array<sql_types::Uuid>, _>(ids)
    .bind::<Array<BigInt>, _>(versions)
    .execute(connection)
    .await?;
    Ok(removed + emptied)
}

/// Makes both of them so, if both are still at the version that they follow on (0: there is no row) and of the same
/// generation; else neither. In one transaction, of its own.
pub(super) async fn merge(
    connection: &mut AsyncPgConnection,
    from: (&Contents, i64),
    into: (&Contents, i64),
) -> QueryResult<bool> {
    // Whoever locks several carts does it in the order of their ids.
    let mut both = [from, into];
    both.sort_by_key(|(cart, _)| cart.owner.cart());
    let done = connection
        .transaction(async |connection| {
            for (cart, follows) in both {
                if replace(connection, cart, follows).await? != 1 {
                    return Err(diesel::result::Error::RollbackTransaction);
                }
            }
            Ok(())
        })
        .await;
    match done {
        Ok(()) => Ok(true),
        Err(diesel::result::Error::RollbackTransaction) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn replace(connection: &mut AsyncPgConnection, cart: &Contents, follows: i64) -> QueryResult<usize> {
    let id = cart.owner.cart();
    let lines = serde_json::to_value(&cart.lines).expect("lines are names, numbers and times");
    let now = (carts::version.eq(cart.version), carts::lines.eq(lines), carts::updated_at.eq(cart.updated_at));
    if follows == 0 {
        let whose = (
            carts::id.eq(id),
            carts::store_id.eq(cart.owner.store),
            carts::principal_id.eq(cart.owner.principal),
            carts::generation.eq(cart.generation),
        );
        let begun = diesel::insert_into(carts::table).values((whose, now)).on_conflict_do_nothing();
        return begun.execute(connection).await;
    }
    let as_seen =
        carts::table.find(id).filter(carts::version.eq(follows)).filter(carts::generation.eq(cart.generation));
    diesel::update(as_seen).set(now).execute(connection).await
}

/// The lane's own connection. Not through Diesel, which does not tell the SQLSTATE of an error.
pub(super) struct Connection {
    client: Client,
    keep: Statement,
}

/// A row that comes back was kept. One that does not was compared and is another: its generation has become an order, or
/// somebody else was here.
const KEEP: &str = "
    with new as materialized (
        select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::timestamptz[],
                             $8::bigint[])
            as new (id, store_id, principal_id, version, generation, lines, updated_at, follows)
    ), changed as (
        update carts set version = new.version, lines = new.lines::jsonb, updated_at = new.updated_at
        from new where carts.id = new.id and carts.version = new.follows and carts.generation = new.generation
        returning carts.id
    ), begun as (
        insert into carts (id, store_id, principal_id, version, generation, lines, updated_at)
        select id, store_id, principal_id, version, generation, lines::jsonb, updated_at from new where follows = 0
        on conflict (id) do nothing
        returning id
    )
    select id from changed union all select id from begun";

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self, Fault> {
        let mut config: Config = url.parse().map_err(away)?;
        // Limits are the server's: a client that gives up in the middle of a commit knows nothing.
        config
            .application_name("doorbuster carts")
            .connect_timeout(Duration::from_secs(3))
            .tcp_user_timeout(Duration::from_secs(10))
            .options("-c statement_timeout=10s -c lock_timeout=5s -c synchronous_commit=on");
        let (client, connection) = config.connect(NoTls).await.map_err(away)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = %error, "the carts' connection ended");
            }
        });
        // Of what an order is made, it can write nothing.
        client.batch_execute(TAKE_ON).await.map_err(away)?;
        let keep = client.prepare(KEEP).await.map_err(away)?;
        Ok(Self { client, keep })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Writes each cart whose row is what it follows on; answers which. One transaction.
    pub(super) async fn keep(&self, carts: &[Successor]) -> Result<HashSet<CartId>, Fault> {
        let follows: Vec<i64> = carts.iter().map(|cart| cart.follows).collect();
        let carts: Vec<&Contents> = carts.iter().map(|cart| &*cart.contents).collect();
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
            .query(&self.keep, &[&ids, &stores, &principals, &versions, &generations, &lines, &updated, &follows])
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
        Some(_) | None => Fault::NoAnswer(error.to_string()),
    }
}

/// Nothing was sent yet.
fn away(error: tokio_postgres::Error) -> Fault {
    Fault::Away(error.to_string())
}
