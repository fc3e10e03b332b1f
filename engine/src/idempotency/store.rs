//! What the database knows of calls other than checkout, whose identity is the order itself.
//!
//! A call that writes rows of its own takes its key up and is answered in the transaction that writes them: both are there or
//! neither. The journal does the same for what it writes.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;

use super::call::Call;
use crate::clock::Timestamp;
use crate::postgres::schema::idempotency_keys;

/// An answer that was given before.
#[derive(Debug, Clone)]
pub struct Known {
    pub fingerprint: Vec<u8>,
    pub status: i32,
    pub body: Value,
}

pub async fn known(connection: &mut AsyncPgConnection, call: &Call) -> QueryResult<Option<Known>> {
    let row: Option<(Vec<u8>, i32, Value)> = idempotency_keys::table
        .find((call.store, call.principal, call.route, &call.key))
        .select((idempotency_keys::fingerprint, idempotency_keys::status, idempotency_keys::body))
        .first(connection)
        .await
        .optional()?;
    Ok(row.map(|(fingerprint, status, body)| Known { fingerprint, status, body }))
}

/// Whether the key is this transaction's now. Waits for another one that has taken it up: afterwards it is known, or free.
pub async fn take_up_in_op(connection: &mut AsyncPgConnection, call: &Call, now: Timestamp) -> QueryResult<bool> {
    let taken = diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::store_id.eq(call.store),
            idempotency_keys::principal_id.eq(call.principal),
            idempotency_keys::route.eq(call.route),
            idempotency_keys::key.eq(&call.key),
            idempotency_keys::fingerprint.eq(call.fingerprint.as_slice()),
            // Nobody sees these: the answer comes before the commit.
            idempotency_keys::status.eq(0),
            idempotency_keys::body.eq(Value::Null),
            idempotency_keys::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(taken == 1)
}

/// The answer of a call whose key this transaction has taken up.
pub async fn answer_in_op(
    connection: &mut AsyncPgConnection,
    call: &Call,
    status: i32,
    body: Value,
) -> QueryResult<()> {
    let row = idempotency_keys::table.find((call.store, call.principal, call.route, &call.key));
    let answer = (idempotency_keys::status.eq(status), idempotency_keys::body.eq(body));
    diesel::update(row).set(answer).execute(connection).await?;
    Ok(())
}
