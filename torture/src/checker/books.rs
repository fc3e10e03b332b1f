//! What the database says, as plain rows.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use tokio_postgres::{Client, IsolationLevel, Row, Transaction};
use uuid::Uuid;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Books {
    pub read_us: i64,
    pub variants: Vec<Variant>,
    pub orders: Vec<Order>,
    pub lines: Vec<OrderLine>,
    pub events: Vec<Event>,
    pub holds: Vec<Hold>,
    pub levels: Vec<Level>,
    pub ledger: Vec<Entry>,
    pub usage: Vec<Usage>,
    pub batches: Vec<Batch>,
    pub last_batch: i64,
    /// Payloads, by topic.
    pub outbox: Vec<(String, serde_json::Value)>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Variant {
    pub id: Uuid,
    pub sku: String,
    pub limit: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    pub id: Uuid,
    pub principal: Uuid,
    pub key: String,
    pub cart: Option<(Uuid, i64)>,
    pub status: String,
    pub payment: String,
    pub grand_minor: i64,
    pub version: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderLine {
    pub order: Uuid,
    pub variant: Uuid,
    pub sku: String,
    pub quantity: i64,
    pub seq: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Event {
    pub order: Uuid,
    pub version: i64,
    pub kind: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hold {
    pub variant: Uuid,
    pub order: Uuid,
    pub principal: Uuid,
    pub quantity: i64,
    pub returned: i64,
    pub state: String,
    pub limited: bool,
    pub expires_us: Option<i64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Level {
    pub variant: Uuid,
    pub on_hand: i64,
    pub reserved: i64,
    pub safety: i64,
    pub seq: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub variant: Uuid,
    pub seq: i64,
    pub batch: i64,
    pub kind: String,
    pub on_hand: i64,
    pub reserved: i64,
    pub order: Option<Uuid>,
    pub reference: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Usage {
    pub variant: Uuid,
    pub principal: Uuid,
    pub used: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Batch {
    pub number: i64,
    pub epoch: i64,
}

impl Books {
    /// In one snapshot. The torture sells from one location: accounts are told apart by their variant.
    pub(crate) async fn read(client: &mut Client) -> anyhow::Result<Self> {
        let snapshot = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await
            .context("reading the books")?;
        Ok(Self {
            read_us: crate::notes::now_us(),
            variants: all(&snapshot, "select id, sku, purchase_limit from variants", |row| Variant {
                id: row.get(0),
                sku: row.get(1),
                limit: row.get(2),
            })
            .await?,
            orders: all(
                &snapshot,
                "select id, principal_id, idempotency_key, cart_id, cart_generation, status, payment_method, grand_minor, version
                 from orders",
                |row| Order {
                    id: row.get(0),
                    principal: row.get(1),
                    key: row.get(2),
                    cart: row.get::<_, Option<Uuid>>(3).zip(row.get(4)),
                    status: row.get(5),
                    payment: row.get(6),
                    grand_minor: row.get(7),
                    version: row.get(8),
                },
            )
            .await?,
            lines: all(
                &snapshot,
                "select order_id, variant_id, sku, quantity, seq from order_lines order by order_id, line_no",
                |row| OrderLine {
                    order: row.get(0),
                    variant: row.get(1),
                    sku: row.get(2),
                    quantity: row.get(3),
                    seq: row.get(4),
                },
            )
            .await?,
            events: all(&snapshot, "select order_id, version, kind from order_events", |row| Event {
                order: row.get(0),
                version: row.get(1),
                kind: row.get(2),
            })
            .await?,
            holds: all(
                &snapshot,
                "select variant_id, order_id, principal_id, quantity, returned, state, limit_window is not null,
                        (extract(epoch from expires_at) * 1000000)::bigint
                 from stock_holds",
                |row| Hold {
                    variant: row.get(0),
                    order: row.get(1),
                    principal: row.get(2),
                    quantity: row.get(3),
                    returned: row.get(4),
                    state: row.get(5),
                    limited: row.get(6),
                    expires_us: row.get(7),
                },
            )
            .await?,
            levels: all(&snapshot, "select variant_id, on_hand, reserved, safety, seq from stock_levels", |row| Level {
                variant: row.get(0),
                on_hand: row.get(1),
                reserved: row.get(2),
                safety: row.get(3),
                seq: row.get(4),
            })
            .await?,
            ledger: all(
                &snapshot,
                "select variant_id, seq, batch, kind, on_hand_delta, reserved_delta, order_id, reference
                 from stock_ledger order by variant_id, seq",
                |row| Entry {
                    variant: row.get(0),
                    seq: row.get(1),
                    batch: row.get(2),
                    kind: row.get(3),
                    on_hand: row.get(4),
                    reserved: row.get(5),
                    order: row.get(6),
                    reference: row.get(7),
                },
            )
            .await?,
            usage: all(&snapshot, "select variant_id, principal_id, used from purchase_limit_usage", |row| Usage {
                variant: row.get(0),
                principal: row.get(1),
                used: row.get(2),
            })
            .await?,
            batches: all(&snapshot, "select number, epoch from journal_batches order by number", |row| Batch {
                number: row.get(0),
                epoch: row.get(1),
            })
            .await?,
            last_batch: snapshot.query_one("select last_batch from cells", &[]).await?.get(0),
            outbox: all(&snapshot, "select topic, payload::text from outbox", |row| {
                let payload: String = row.get(1);
                (row.get(0), serde_json::from_str(&payload).unwrap_or_default())
            })
            .await?,
        })
    }
}

async fn all<T>(snapshot: &Transaction<'_>, statement: &str, row: impl Fn(&Row) -> T) -> anyhow::Result<Vec<T>> {
    Ok(snapshot.query(statement, &[]).await.with_context(|| statement.to_owned())?.iter().map(row).collect())
}
