//! Fills the filter of known keys when the cell is taken.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId, StoreId};
use crate::idempotency::{CallKey, Filter};
use crate::postgres::schema::orders;

use super::place::ROUTE;

/// The keys of so long are in the filter. Older ones are asked of the database, which only the buyers of then can need.
const RETENTION: TimeDelta = TimeDelta::hours(24);

/// The filter, and from which time on (milliseconds since 1970) it is complete.
pub(crate) async fn load(connection: &mut AsyncPgConnection, now: Timestamp) -> QueryResult<(Filter, i64)> {
    let since_ms = now.checked_sub_signed(RETENTION).unwrap_or(now).timestamp_millis();
    // Ids begin with the time they were minted at.
    let first = OrderId::from_uuid(Uuid::from_u128(u128::from(since_ms.max(0).cast_unsigned()) << 80));
    let keys = orders::table
        .filter(orders::id.ge(first))
        .select((orders::store_id, orders::principal_id, orders::idempotency_key))
        .load_stream::<(StoreId, PrincipalId, String)>(connection)
        .await?;
    let filter = Filter::new(0);
    keys.try_for_each(|(store, principal, key)| {
        filter.insert(CallKey::of(store, principal, ROUTE, &key));
        std::future::ready(Ok(()))
    })
    .await?;
    Ok((filter, since_ms))
}
