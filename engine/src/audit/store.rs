//! SQL of the trail: lines are added and read. Nothing here changes or removes one, and the database would refuse it.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{AuditId, StoreId};
use crate::postgres::schema::audit_log;

use super::actor::Who;
use super::entry::Entry;
use super::place::Place;
use super::record::{Filter, Record};

/// A statement has room for some five thousand lines.
const LINES_AT_ONCE: usize = 1_000;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, check_for_backend(diesel::pg::Pg))]
struct AuditRow {
    id: AuditId,
    store_id: StoreId,
    at: Timestamp,
    actor_kind: String,
    actor_id: Option<Uuid>,
    address: Option<String>,
    trace_id: Option<String>,
    action: String,
    subject_kind: String,
    subject_id: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// Writes a line. To be called in the transaction of the change that it tells of.
pub async fn insert(connection: &mut AsyncPgConnection, entry: &Entry) -> QueryResult<()> {
    insert_all(connection, std::slice::from_ref(entry)).await
}

/// Writes many lines, none of them without the others. To be called in the transaction of the changes that they tell of.
pub async fn insert_all(connection: &mut AsyncPgConnection, entries: &[Entry]) -> QueryResult<()> {
    for entries in entries.chunks(LINES_AT_ONCE) {
        let rows: Vec<AuditRow> = entries.iter().map(AuditRow::from).collect();
        diesel::insert_into(audit_log::table).values(rows).execute(connection).await?;
    }
    Ok(())
}

pub async fn find(connection: &mut AsyncPgConnection, store: StoreId, id: AuditId) -> QueryResult<Option<Record>> {
    let row = audit_log::table.find(id).filter(audit_log::store_id.eq(store)).select(AuditRow::as_select());
    row.first(connection).await.optional()?.map(AuditRow::read).transpose()
}

/// At most `limit` lines, the newest first, those before `place`.
pub async fn page(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    filter: &Filter,
    place: Option<Place>,
    limit: i64,
) -> QueryResult<Vec<Record>> {
    let mut query = audit_log::table.filter(audit_log::store_id.eq(store)).into_boxed();
    if let Some(who) = filter.actor {
        query = query.filter(audit_log::actor_kind.eq(who.kind()));
        if let Some(id) = who.id() {
            query = query.filter(audit_log::actor_id.eq(id));
        }
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_log::action.eq(action));
    }
    if let Some(kind) = &filter.subject_kind {
        query = query.filter(audit_log::subject_kind.eq(kind));
    }
    if let Some(id) = &filter.subject_id {
        query = query.filter(audit_log::subject_id.eq(id));
    }
    if let Some(since) = filter.since {
        query = query.filter(audit_log::at.ge(since));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_log::at.lt(until));
    }
    if let Some(address) = &filter.address {
        query = query.filter(audit_log::address.eq(address));
    }
    if let Some(trace_id) = &filter.trace_id {
        query = query.filter(audit_log::trace_id.eq(trace_id));
    }
    if let Some(Place { at, id }) = place {
        // As a pair, so that the index is entered where the page begins.
        let before = sql::<Bool>("(audit_log.at, audit_log.id) < (").bind::<Timestamptz, _>(at);
        query = query.filter(before.sql(", ").bind::<SqlUuid, _>(id).sql(")"));
    }
    let rows: Vec<AuditRow> = query
        .order((audit_log::at.desc(), audit_log::id.desc()))
        .limit(limit)
        .select(AuditRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(AuditRow::read).collect()
}

impl From<&Entry> for AuditRow {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            store_id: entry.store,
            at: entry.at,
            actor_kind: entry.actor.who.kind().to_owned(),
            actor_id: entry.actor.who.id(),
            address: entry.actor.address.map(|address| address.to_string()),
            trace_id: entry.actor.trace_id.clone(),
            action: entry.action.clone().into_owned(),
            subject_kind: entry.subject.kind.to_owned(),
            subject_id: entry.subject.id.clone(),
            before: entry.before().cloned(),
            after: entry.after().cloned(),
        }
    }
}

impl AuditRow {
    fn read(self) -> QueryResult<Record> {
        let who = Who::of(&self.actor_kind, self.actor_id);
        Ok(Record {
            id: self.id,
            store: self.store_id,
            at: self.at,
            who: who.map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?,
            address: self.address,
            trace_id: self.trace_id,
            action: self.action,
            subject_kind: self.subject_kind,
            subject_id: self.subject_id,
            before: self.before,
            after: self.after,
        })
    }
}
