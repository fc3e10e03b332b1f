//! One purchase in SQL, the two ways a good engineer writes it: a transaction of five statements, or one statement.

use serde::Deserialize;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

use super::pool::Session;

/// The same body as the shop's buy now.
#[derive(Deserialize)]
pub(super) struct Basket {
    pub(super) items: Vec<Item>,
    pub(super) contact: Contact,
    pub(super) address: serde_json::Value,
}

#[derive(Deserialize)]
pub(super) struct Item {
    pub(super) sku: String,
    pub(super) quantity: i64,
}

#[derive(Deserialize)]
pub(super) struct Contact {
    pub(super) email: String,
    pub(super) phone: String,
}

pub(super) struct Prepared {
    take: Statement,
    order: Statement,
    line: Statement,
    ledger: Statement,
    all_at_once: Statement,
}

pub(super) struct Bought {
    pub(super) order: Uuid,
    pub(super) seq: i64,
    pub(super) unit_price: i64,
}

impl Prepared {
    pub(super) async fn new(client: &Client) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            take: client
                .prepare(
                    "update stock set reserved = reserved + $2, seq = seq + 1
                     where sku = $1 and on_hand - reserved >= $2 returning seq, unit_price",
                )
                .await?,
            order: client
                .prepare(
                    "insert into orders (id, idempotency_key, status, email, phone, address, total, currency)
                     values ($1, $2, 'payment_pending', $3, $4, $5, $6, 'INR')",
                )
                .await?,
            line: client
                .prepare(
                    "insert into order_line (order_id, line, sku, quantity, unit_price) values ($1, 1, $2, $3, $4)",
                )
                .await?,
            ledger: client
                .prepare("insert into stock_ledger (sku, seq, order_id, reserved_delta) values ($1, $2, $3, $4)")
                .await?,
            all_at_once: client
                .prepare(
                    "with taken as (
                         update stock set reserved = reserved + $2, seq = seq + 1
                         where sku = $1 and on_hand - reserved >= $2 returning seq, unit_price
                     ), placed as (
                         insert into orders (id, idempotency_key, status, email, phone, address, total, currency)
                         select $3, $4, 'payment_pending', $5, $6, $7, unit_price * $2, 'INR' from taken
                     ), lined as (
                         insert into order_line (order_id, line, sku, quantity, unit_price)
                         select $3, 1, $1, $2, unit_price from taken
                     ), entered as (
                         insert into stock_ledger (sku, seq, order_id, reserved_delta)
                         select $1, seq, $3, $2 from taken
                     )
                     select seq, unit_price from taken",
                )
                .await?,
        })
    }
}

/// `None`: sold out. The stock row stays locked from the first statement to the commit.
pub(super) async fn in_a_transaction(
    session: &mut Session,
    key: &str,
    basket: &Basket,
) -> Result<Option<Bought>, tokio_postgres::Error> {
    let Session { client, prepared } = session;
    let item = &basket.items[0];
    let transaction = client.transaction().await?;
    let Some(row) = transaction.query_opt(&prepared.take, &[&item.sku, &item.quantity]).await? else {
        transaction.rollback().await?;
        return Ok(None);
    };
    let (seq, unit_price): (i64, i64) = (row.get(0), row.get(1));
    let order = Uuid::new_v4();
    let total = unit_price * item.quantity;
    let contact = &basket.contact;
    transaction
        .execute(&prepared.order, &[&order, &key, &contact.email, &contact.phone, &basket.address, &total])
        .await?;
    transaction.execute(&prepared.line, &[&order, &item.sku, &item.quantity, &unit_price]).await?;
    transaction.execute(&prepared.ledger, &[&item.sku, &seq, &order, &item.quantity]).await?;
    transaction.commit().await?;
    Ok(Some(Bought { order, seq, unit_price }))
}

/// The same in one round trip; the row is locked only inside the server.
pub(super) async fn in_one_statement(
    session: &Session,
    key: &str,
    basket: &Basket,
) -> Result<Option<Bought>, tokio_postgres::Error> {
    let item = &basket.items[0];
    let order = Uuid::new_v4();
    let contact = &basket.contact;
    let row = session
        .client
        .query_opt(
            &session.prepared.all_at_once,
            &[&item.sku, &item.quantity, &order, &key, &contact.email, &contact.phone, &basket.address],
        )
        .await?;
    Ok(row.map(|row| Bought { order, seq: row.get(0), unit_price: row.get(1) }))
}
