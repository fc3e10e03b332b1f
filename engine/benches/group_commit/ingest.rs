//! What PostgreSQL takes in at best: the very rows that a rush wrote, batch by batch, into empty twins of the same tables, by
//! one connection that does nothing else. No fence, no comparison, no answers: insert, one stock update, commit.

use std::error::Error;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use futures_util::future::try_join_all;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls, Statement};

/// What the twins have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Twins {
    /// Every index and constraint of the shop's tables.
    Alike,
    /// Primary keys only: what the other indexes and checks cost shows in the difference.
    Bare,
}

pub(crate) struct Ingested {
    pub(crate) orders: u64,
    pub(crate) took: Duration,
}

/// A table of the bundle, and how its rows are told by the batch that wrote them.
struct Source {
    table: &'static str,
    batch_of: &'static str,
}

/// `sample` has the batches and orders of the rush.
const SOURCES: [Source; 7] = [
    Source { table: "orders", batch_of: "join sample on sample.order_id = t.id" },
    Source { table: "order_lines", batch_of: "join sample using (order_id)" },
    Source { table: "stock_holds", batch_of: "join sample using (order_id)" },
    Source { table: "order_events", batch_of: "join sample using (order_id)" },
    Source { table: "stock_ledger", batch_of: "join sample using (order_id)" },
    Source { table: "outbox", batch_of: "join moments as sample on sample.at = t.at" },
    Source { table: "journal_batches", batch_of: "join moments as sample on sample.batch = t.number" },
];

/// Batches after `after` that placed orders, once more.
pub(crate) async fn ingest(url: &str, after: i64, twins: Twins) -> anyhow::Result<Ingested> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driver = tokio::spawn(connection);
    let orders = sample(&client, after).await?;
    make_twins(&client, twins).await?;
    let mut tables = Vec::new();
    for source in &SOURCES {
        tables.push(Table::read(&client, source).await?);
    }
    tables.push(Table::stock(&client).await?);
    let took = replay(&client, &tables).await?;
    client.batch_execute("set client_min_messages = warning; drop schema twin cascade").await?;
    drop(client);
    driver.await??;
    Ok(Ingested { orders, took })
}

async fn sample(client: &Client, after: i64) -> anyhow::Result<u64> {
    client
        .batch_execute(&format!(
            "create temp table sample as
                 select batch, order_id, seq from stock_ledger where batch > {after} and order_id is not null;
             create index on sample (order_id);
             create temp table moments as
                 select number as batch, committed_at as at, 0::int8 as seq from journal_batches
                 where number in (select batch from sample);
             analyze sample; analyze moments"
        ))
        .await?;
    let orders: i64 = client.query_one("select count(distinct order_id) from sample", &[]).await?.get(0);
    Ok(orders.unsigned_abs())
}

async fn make_twins(client: &Client, twins: Twins) -> anyhow::Result<()> {
    client.batch_execute("drop schema if exists twin cascade; create schema twin").await?;
    let tables = SOURCES.iter().map(|source| source.table).chain(["stock_levels"]);
    for table in tables {
        match twins {
            Twins::Alike => {
                client.batch_execute(&format!("create table twin.{table} (like public.{table} including all)")).await?;
            }
            Twins::Bare => {
                let key: String = client
                    .query_one(
                        "select pg_get_constraintdef(oid) from pg_constraint
                         where contype = 'p' and conrelid = to_regclass('public.' || $1::text)",
                        &[&table],
                    )
                    .await?
                    .get(0);
                let twin =
                    format!("create table twin.{table} (like public.{table} including defaults including identity)");
                client.batch_execute(&format!("{twin}; alter table twin.{table} add {key}")).await?;
            }
        }
    }
    client
        .batch_execute(
            "alter table twin.stock_levels set (fillfactor = 50);
             insert into twin.stock_levels select * from public.stock_levels;
             update twin.stock_levels set reserved = 0;
             analyze twin.stock_levels",
        )
        .await?;
    Ok(())
}

/// One statement, and what it is given for each batch.
struct Table {
    write: Statement,
    /// A batch a row, an array a column.
    batches: Vec<Vec<Raw>>,
}

impl Table {
    async fn read(client: &Client, source: &Source) -> anyhow::Result<Self> {
        let columns = client
            .query(
                "select quote_ident(attname), format_type(atttypid, atttypmod) from pg_attribute
                 where attrelid = to_regclass('public.' || $1::text) and attnum > 0 and not attisdropped
                   and attidentity = '' and attgenerated = ''
                 order by attnum",
                &[&source.table],
            )
            .await?;
        let names: Vec<String> = columns.iter().map(|column| column.get(0)).collect();
        let types: Vec<String> = columns.iter().map(|column| column.get(1)).collect();
        let Source { table, batch_of } = source;
        let arrays: Vec<String> = names.iter().map(|name| format!("array_agg({name})")).collect();
        let read = format!(
            "select {} from (select sample.batch as of_batch, t.* from public.{table} t {batch_of} order by 1, sample.seq) rows
             group by of_batch order by of_batch",
            arrays.join(", ")
        );
        let parameters: Vec<String> =
            types.iter().zip(1..).map(|(kind, number)| format!("${number}::{kind}[]")).collect();
        let write =
            format!("insert into twin.{table} ({}) select * from unnest({})", names.join(", "), parameters.join(", "));
        Self::of(client, &read, &write).await
    }

    /// One update an account, however many orders.
    async fn stock(client: &Client) -> anyhow::Result<Self> {
        let read = "select array_agg(variant_id), array_agg(location_id), array_agg(delta), array_agg(last_seq)
             from (select batch, variant_id, location_id, sum(reserved_delta)::int8 as delta, max(seq) as last_seq
                   from public.stock_ledger where batch in (select batch from moments)
                   group by 1, 2, 3) changes
             group by batch order by batch";
        let write = "update twin.stock_levels s set reserved = s.reserved + u.delta, seq = u.seq
             from unnest($1::uuid[], $2::uuid[], $3::int8[], $4::int8[]) as u (variant_id, location_id, delta, seq)
             where s.variant_id = u.variant_id and s.location_id = u.location_id";
        Self::of(client, read, write).await
    }

    async fn of(client: &Client, read: &str, write: &str) -> anyhow::Result<Self> {
        let mut batches = Vec::new();
        for row in client.query(read, &[]).await? {
            batches.push((0..row.len()).map(|at| row.get(at)).collect());
        }
        Ok(Self { write: client.prepare(write).await?, batches })
    }
}

/// Each batch is a transaction whose statements are sent without waiting for each other; the next begins when it is durable.
async fn replay(client: &Client, tables: &[Table]) -> anyhow::Result<Duration> {
    let batches = tables.iter().map(|table| table.batches.len()).max().unwrap_or(0);
    let (begin, commit) = (client.prepare("begin").await?, client.prepare("commit").await?);
    let began = Instant::now();
    for batch in 0..batches {
        let writes = tables.iter().filter_map(|table| Some((&table.write, &table.batches.get(batch)?[..])));
        let statements = std::iter::once((&begin, &[][..])).chain(writes).chain([(&commit, &[][..])]);
        // Polled in this order for the first time, and so sent in this order.
        try_join_all(statements.map(|(statement, arrays)| client.execute_raw(statement, arrays))).await?;
    }
    Ok(began.elapsed())
}

/// A value as it came, to be sent as it is.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Raw {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl std::fmt::Debug for Raw {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} bytes", self.0.len())
    }
}
