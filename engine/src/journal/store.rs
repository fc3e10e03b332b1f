//! The journal's own connection. A batch is one statement here: one round trip, one transaction, nothing half applied.
//!
//! Not through Diesel: it does not tell the SQLSTATE of an error nor hand out notices, and the journal lives by both.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::{BoxFuture, poll_fn};
use tokio::task::JoinHandle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Row, Statement};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{LocationId, OwnerId, VariantId};
use crate::inventory::AccountId;

use super::batch::Batch;
use super::classify::Fault;
use super::link::{Backend, CellRow, Done, Link, Primary, Signature};
use super::owner_name;
use super::proof::TAKEOVER_WAIT;

/// The cell this program writes. One for now; the schema has room for more.
const CELL: i32 = 1;

/// What every journal's connection is called.
const APPLICATION: &str = "doorbuster journal";

/// The session lock on the journal's connection.
const LIVENESS_LOCK: i64 = 0x646f_6f72_6275_7374;

/// A PostgreSQL that is reached by its URL.
struct Postgres {
    url: String,
}

pub(crate) fn primary(url: &str) -> Arc<dyn Primary> {
    Arc::new(Postgres { url: url.to_owned() })
}

pub(super) struct Connection {
    client: Client,
    commit: Statement,
    /// "canceling wait for synchronous replication" comes beside a successful COMMIT and means that it may be lost.
    replication_doubt: Arc<AtomicBool>,
    backend: Backend,
    _driver: Driver,
}

/// Whatever is still owed to us: a connection that is let go is closed at once.
struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Primary for Postgres {
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Link>, Fault>> {
        Box::pin(async move {
            let connection = Connection::open(&self.url).await.map_err(|error| fault(&error))?;
            Ok(Box::new(connection) as Box<dyn Link>)
        })
    }

    fn own_name(&self) -> String {
        owner_name::own_name()
    }

    fn is_known_dead(&self, owner_name: &str) -> bool {
        owner_name::is_known_dead(owner_name)
    }
}

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self, tokio_postgres::Error> {
        let mut config: Config = url.parse()?;
        // Limits are the server's: a client that gives up in the middle of a commit knows nothing.
        config
            .application_name(APPLICATION)
            .connect_timeout(Duration::from_secs(3))
            .tcp_user_timeout(Duration::from_secs(10))
            // Everything we sent may have arrived, and the machine be gone since.
            .keepalives_idle(Duration::from_secs(5))
            .keepalives_interval(Duration::from_secs(2))
            .keepalives_retries(3)
            // An owner says something twice a second. One that is silent is stopped, or its machine is gone: the lock it
            // holds is let go, so that a standby can take over (both idle limits).
            .options(
                "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=5s \
                 -c idle_session_timeout=5s -c synchronous_commit=on -c role=none",
            );
        let (client, mut connection) = config.connect(NoTls).await?;
        let replication_doubt = Arc::new(AtomicBool::new(false));
        let doubt = Arc::clone(&replication_doubt);
        let driver = Driver(tokio::spawn(async move {
            while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
                match message {
                    Ok(AsyncMessage::Notice(notice)) => {
                        if notice.message().contains("wait for synchronous replication") {
                            doubt.store(true, Ordering::SeqCst);
                        }
                        tracing::warn!(notice = notice.message(), "the database has something to say");
                    }
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(error = %error, "the journal's connection ended");
                        break;
                    }
                }
            }
        }));
        let commit = client.prepare(COMMIT).await?;
        let own = "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()";
        let own = client.query_one(own, &[]).await?;
        let backend = Backend { pid: own.get(0), started: own.get(1) };
        Ok(Self { client, commit, replication_doubt, backend, _driver: driver })
    }

    #[cfg(test)]
    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Whether a standby did not confirm something since this was last asked.
    fn take_doubt(&self) -> bool {
        self.replication_doubt.swap(false, Ordering::SeqCst)
    }

    async fn commit(&self, batch: &Batch) -> Result<(), Fault> {
        let rows = &batch.rows;
        let bundles = i32::try_from(batch.bundles).expect("batches are bounded");
        let digest: &[u8] = &batch.digest;
        let (o, l, h, v, g, m) = (&rows.orders, &rows.lines, &rows.holds, &rows.levels, &rows.ledger, &rows.hold_moves);
        let (u, t, e, c, a, x) =
            (&rows.limits, &rows.order_moves, &rows.events, &rows.carts, &rows.answers, &rows.outbox);
        let z = &rows.audit;
        #[rustfmt::skip]
        let parameters: &[&(dyn ToSql + Sync)] = &[
            &o.ids, &o.order_nos, &o.stores, &o.principals, &o.keys, &o.fingerprints, &o.carts, &o.cart_generations,
            &o.statuses, &o.payment_statuses, &o.payment_methods, &o.currencies, &o.mrps, &o.discounts, &o.taxes,
            &o.shippings, &o.grands, &o.details, &o.expirations, &batch.at,
            &l.orders, &l.line_nos, &l.variants, &l.locations, &l.skus, &l.titles, &l.quantities, &l.unit_mrps,
            &l.unit_prices, &l.nets, &l.taxes, &l.rates, &l.inclusives, &l.seqs,
            &h.variants, &h.locations, &h.orders, &h.attempts, &h.quantities, &h.states, &h.principals,
            &h.limit_windows, &h.expirations,
            &CELL, &batch.epoch, &batch.number, &digest, &bundles,
            &v.variants, &v.locations, &v.stores, &v.old_seqs, &v.on_hands, &v.reserveds, &v.safeties, &v.seqs,
            &v.count_versions,
            &g.variants, &g.locations, &g.seqs, &g.kinds, &g.on_hands, &g.reserveds, &g.orders, &g.reasons, &g.references,
            &m.variants, &m.locations, &m.orders, &m.attempts, &m.from, &m.to, &m.expirations, &m.returned_before,
            &m.returned,
            &u.variants, &u.principals, &u.windows, &u.deltas,
            &t.ids, &t.versions, &t.from, &t.to, &t.payments, &t.expirations, &t.progresses,
            &e.orders, &e.versions, &e.kinds, &e.actors, &e.data,
            &c.ids, &c.versions, &c.generations, &c.orders,
            &a.stores, &a.principals, &a.routes, &a.keys, &a.fingerprints, &a.statuses, &a.bodies,
            &x.stores, &x.topics, &x.payloads,
            &z.ids, &z.stores, &z.actor_kinds, &z.actor_ids, &z.addresses, &z.trace_ids, &z.actions, &z.subject_kinds,
            &z.subject_ids, &z.befores, &z.afters,
        ];
        self.take_doubt();
        self.client.execute(&self.commit, parameters).await.map_err(|error| fault(&error))?;
        if self.take_doubt() {
            return Err(Fault { message: "the standby did not confirm the commit".to_owned(), ..Fault::default() });
        }
        Ok(())
    }

    async fn done_before(&self, batch: &Batch) -> Result<Done, tokio_postgres::Error> {
        let (o, a) = (&batch.rows.orders, &batch.rows.answers);
        let rows = self
            .client
            .query(
                DONE_BEFORE,
                &[
                    &o.stores,
                    &o.principals,
                    &o.keys,
                    &o.carts,
                    &o.cart_generations,
                    &a.stores,
                    &a.principals,
                    &a.routes,
                    &a.keys,
                ],
            )
            .await?;
        let mut done = Done { orders: HashSet::new(), answers: HashSet::new() };
        for row in rows {
            let (is_order, place): (bool, i64) = (row.get(0), row.get(1));
            let place = usize::try_from(place - 1).expect("ordinality counts from one");
            if is_order {
                done.orders.insert(place)
            } else {
                done.answers.insert(place)
            };
        }
        Ok(done)
    }

    async fn seqs(&self, batch: &Batch) -> Result<HashMap<AccountId, i64>, tokio_postgres::Error> {
        let columns = &batch.rows.levels;
        let rows = self.client.query(SEQS, &[&columns.variants, &columns.locations]).await?;
        let account = |row: &Row| AccountId {
            variant: VariantId::from_uuid(row.get(0)),
            location: LocationId::from_uuid(row.get(1)),
        };
        Ok(rows.iter().map(|row| (account(row), row.get(2))).collect())
    }

    pub(super) async fn end(&self, backend: Backend) -> Result<bool, tokio_postgres::Error> {
        let ended = self
            .client
            .query_opt(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where pid = $1 and backend_start = $2 and application_name = $3 and datname = current_database()",
                &[&backend.pid, &backend.started, &APPLICATION],
            )
            .await?;
        Ok(ended.is_some())
    }

    async fn lock_cell(&self) -> Result<CellRow, tokio_postgres::Error> {
        self.take_doubt();
        self.client.batch_execute("begin").await?;
        let row = self.client.query_one(LOCK_CELL, &[&CELL, &TAKEOVER_WAIT.as_secs_f64()]).await?;
        let signature = Signature { owner: row.get::<_, Option<Uuid>>(1).map(OwnerId::from_uuid), name: row.get(2) };
        Ok(CellRow {
            epoch: row.get(0),
            last_batch: row.get(3),
            core_time: row.get(4),
            is_settled: row.get(5),
            signature,
        })
    }

    async fn commit_taking(&self) -> Result<bool, tokio_postgres::Error> {
        self.client.batch_execute("commit").await?;
        Ok(!self.take_doubt())
    }
}

impl Link for Connection {
    fn backend(&self) -> Backend {
        self.backend
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<(), Fault>> {
        Box::pin(self.commit(batch))
    }

    fn done_before<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Done, Fault>> {
        answer(self.done_before(batch))
    }

    fn seqs<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<HashMap<AccountId, i64>, Fault>> {
        answer(self.seqs(batch))
    }

    fn is_under(&self, epoch: i64) -> BoxFuture<'_, Result<bool, Fault>> {
        answer(async move { Ok(self.client.query_one(IS_UNDER, &[&CELL, &epoch]).await?.get(0)) })
    }

    fn time(&self) -> BoxFuture<'_, Result<Timestamp, Fault>> {
        answer(async { Ok(self.client.query_one("select clock_timestamp()", &[]).await?.get(0)) })
    }

    fn end(&self, backend: Backend) -> BoxFuture<'_, Result<bool, Fault>> {
        answer(self.end(backend))
    }

    fn try_lock(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        answer(async { Ok(self.client.query_one("select pg_try_advisory_lock($1)", &[&LIVENESS_LOCK]).await?.get(0)) })
    }

    fn owner(&self) -> BoxFuture<'_, Result<Signature, Fault>> {
        answer(async {
            let row = self.client.query_one("select owner, owner_name from cells where id = $1", &[&CELL]).await?;
            Ok(Signature { owner: row.get::<_, Option<Uuid>>(0).map(OwnerId::from_uuid), name: row.get(1) })
        })
    }

    fn lock_cell(&self) -> BoxFuture<'_, Result<CellRow, Fault>> {
        answer(self.lock_cell())
    }

    fn has_batch(&self, number: i64, epoch: i64, digest: [u8; 32]) -> BoxFuture<'_, Result<bool, Fault>> {
        answer(async move {
            let found = self.client.query_opt(HAS_BATCH, &[&CELL, &number, &epoch, &&digest[..]]).await?;
            Ok(found.is_some())
        })
    }

    fn sign<'a>(&'a self, owner: OwnerId, name: &'a str) -> BoxFuture<'a, Result<(), Fault>> {
        answer(async move { self.client.execute(SIGN, &[&CELL, &owner.uuid(), &name]).await.map(drop) })
    }

    fn commit_taking(&self) -> BoxFuture<'_, Result<bool, Fault>> {
        answer(self.commit_taking())
    }

    fn committed_since(&self, since: Timestamp) -> BoxFuture<'_, Result<Vec<Timestamp>, Fault>> {
        answer(async move {
            let rows = self.client.query(COMMITTED_SINCE, &[&CELL, &since]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        })
    }

    fn release(&self, owner: OwnerId) -> BoxFuture<'_, Result<(), Fault>> {
        answer(async move { self.client.execute(RELEASE, &[&CELL, &owner.uuid()]).await.map(drop) })
    }
}

fn answer<'a, T>(
    asking: impl Future<Output = Result<T, tokio_postgres::Error>> + Send + 'a,
) -> BoxFuture<'a, Result<T, Fault>> {
    Box::pin(async move { asking.await.map_err(|error| fault(&error)) })
}

fn fault(error: &tokio_postgres::Error) -> Fault {
    match error.as_db_error() {
        Some(db) => Fault {
            sqlstate: Some(db.code().code().to_owned()),
            constraint: db.constraint().map(str::to_owned),
            message: db.message().to_owned(),
        },
        None => Fault { message: error.to_string(), ..Fault::default() },
    }
}

const LOCK_CELL: &str = "
select epoch, owner, owner_name, last_batch, core_time,
    taken_at is null or clock_timestamp() - taken_at > make_interval(secs => $2)
from cells where id = $1 for update";

const IS_UNDER: &str = "select epoch = $2 from cells where id = $1";

const HAS_BATCH: &str = "
select from journal_batches where cell_id = $1 and number = $2 and epoch = $3 and digest = $4";

const SIGN: &str = "
update cells set epoch = epoch + 1, owner = $2, owner_name = $3, taken_at = now() where id = $1";

/// By number, for which there is an index: nobody commits more in a minute.
const COMMITTED_SINCE: &str = "
select committed_at from journal_batches
where cell_id = $1 and number > (select last_batch - 100000 from cells where id = $1) and committed_at > $2
order by number";

const RELEASE: &str = "update cells set owner = null where id = $1 and owner = $2";

const SEQS: &str = "
select variant_id, location_id, seq from stock_levels
where (variant_id, location_id) in (select * from unnest($1::uuid[], $2::uuid[]))";

const DONE_BEFORE: &str = "
select true, k.place
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::bigint[])
     with ordinality as k (store, principal, key, cart, generation, place)
where exists (select from orders o
              where o.store_id = k.store and o.principal_id = k.principal and o.idempotency_key = k.key)
   or exists (select from orders o where o.cart_id = k.cart and o.cart_generation = k.generation)
union all
select false, k.place
from unnest($6::uuid[], $7::uuid[], $8::text[], $9::text[]) with ordinality as k (store, principal, route, key, place)
where exists (select from idempotency_keys i
              where i.store_id = k.store and i.principal_id = k.principal and i.route = k.route and i.key = k.key)";

const COMMIT: &str = "
select batch_orders($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20),
       batch_order_lines($21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34),
       batch_holds($35, $36, $37, $38, $39, $40, $41, $42, $43),
       batch_audit($106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, $20),
       commit_batch($44, $45, $46, $47, $48, $20,
                    $49, $50, $51, $52, $53, $54, $55, $56, $57,
                    $58, $59, $60, $61, $62, $63, $64, $65, $66,
                    $67, $68, $69, $70, $71, $72, $73, $74, $75,
                    $76, $77, $78, $79,
                    $80, $81, $82, $83, $84, $85, $86,
                    $87, $88, $89, $90, $91,
                    $92, $93, $94, $95,
                    $96, $97, $98, $99, $100, $101, $102,
                    $103, $104, $105)";
