//! The tables of the baseline: what an order needs, constraints included, indexes no more than needed.

use anyhow::Context;
use tokio_postgres::Client;

use super::Database;

pub(crate) struct Schema {
    pub(super) name: String,
}

pub(super) const UNIT_PRICE: i64 = 129_900;
/// Enough for any run: the baseline measures selling, not selling out.
const PLENTY: i64 = 1_000_000_000;

impl Schema {
    /// One hot SKU (`sku-0`) is as good as many: `skus` rows are made, a trial uses as many as it wants.
    pub(crate) async fn create(database: &Database, skus: u32) -> anyhow::Result<Self> {
        let name = format!("loadtest_baseline_{}", std::process::id());
        let client = database.connect(None).await?;
        client
            .batch_execute(&format!(
                "drop schema if exists {name} cascade;
                 create schema {name};
                 set search_path = {name};
                 create table stock (
                     sku text primary key,
                     unit_price bigint not null,
                     on_hand bigint not null,
                     reserved bigint not null default 0,
                     seq bigint not null default 0,
                     check (reserved between 0 and on_hand)
                 ) with (fillfactor = 50);
                 create table orders (
                     id uuid primary key,
                     idempotency_key text not null unique,
                     status text not null,
                     email text not null,
                     phone text not null,
                     address jsonb not null,
                     total bigint not null,
                     currency text not null,
                     placed_at timestamptz not null default now(),
                     expires_at timestamptz not null default now() + interval '15 minutes'
                 );
                 create table order_line (
                     order_id uuid not null references orders,
                     line int not null,
                     sku text not null,
                     quantity bigint not null,
                     unit_price bigint not null,
                     primary key (order_id, line)
                 );
                 create table stock_ledger (
                     sku text not null,
                     seq bigint not null,
                     order_id uuid not null,
                     reserved_delta bigint not null,
                     at timestamptz not null default now(),
                     primary key (sku, seq)
                 );"
            ))
            .await
            .with_context(|| format!("the schema {name} could not be made"))?;
        client
            .execute(
                "insert into stock (sku, unit_price, on_hand)
                 select 'sku-' || n, $1, $2 from generate_series(0, $3::int8 - 1) n",
                &[&UNIT_PRICE, &PLENTY, &i64::from(skus)],
            )
            .await?;
        client.batch_execute("vacuum analyze stock").await?;
        Ok(Self { name })
    }

    /// Each trial starts with the same empty tables.
    pub(super) async fn empty(&self, client: &Client) -> anyhow::Result<()> {
        client
            .batch_execute("truncate orders, order_line, stock_ledger; update stock set reserved = 0, seq = 0")
            .await?;
        client.batch_execute("vacuum analyze stock").await?;
        Ok(())
    }

    /// The baseline must be right as well as fast: as many lines as ledger rows as units taken.
    pub(super) async fn check(&self, client: &Client) -> anyhow::Result<i64> {
        let row = client
            .query_one(
                "select (select count(*) from orders), (select count(*) from order_line),
                        (select coalesce(sum(reserved_delta), 0)::int8 from stock_ledger),
                        (select sum(reserved)::int8 from stock)",
                &[],
            )
            .await?;
        let orders: i64 = row.get(0);
        let others: [i64; 3] = [row.get(1), row.get(2), row.get(3)];
        anyhow::ensure!(
            others == [orders; 3],
            "the baseline's books do not agree: {orders} orders, {others:?} lines, ledger, stock"
        );
        Ok(orders)
    }

    pub(crate) async fn drop(self, database: &Database) -> anyhow::Result<()> {
        let client = database.connect(None).await?;
        client.batch_execute(&format!("set client_min_messages = warning; drop schema {} cascade", self.name)).await?;
        Ok(())
    }
}
