//! What others read of the orders on an order's way. The database has them; in a simulation somebody else does.

use std::sync::Arc;

use futures_util::TryStreamExt;
use futures_util::future::BoxFuture;

use crate::clock::Timestamp;
use crate::id::{OrderId, PrincipalId, StoreId};
use crate::postgres::{Database, DatabaseError};

use super::number::OrderNo;
use super::store;
use super::view::{DueOrder, OrderSnapshot};

pub trait OrderRows: Send + Sync + 'static {
    fn by_id(&self, id: OrderId) -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>>;

    fn by_number(&self, store: StoreId, number: OrderNo)
    -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>>;

    /// The order that this request became, if it did.
    fn by_key(
        &self,
        store: StoreId,
        principal: PrincipalId,
        key: String,
    ) -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>>;

    /// At most `limit` unpaid orders that ran out after `after` and not after `until`, the longest overdue first.
    fn due(
        &self,
        after: Timestamp,
        until: Timestamp,
        but_not: Arc<[OrderId]>,
        limit: i64,
    ) -> BoxFuture<'_, Result<Vec<DueOrder>, DatabaseError>>;

    /// The keys of the orders from `first` on.
    fn keys_since(&self, first: OrderId, each: EachKey) -> BoxFuture<'_, Result<(), DatabaseError>>;

    /// What time it is where they are kept.
    fn time(&self) -> BoxFuture<'_, Result<Timestamp, DatabaseError>>;
}

/// Is told a store, a principal and a key.
pub type EachKey = Arc<dyn Fn(StoreId, PrincipalId, &str) + Send + Sync>;

impl OrderRows for Database {
    fn by_id(&self, id: OrderId) -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move { Ok(store::by_id(&mut connection, id).await?) }))
    }

    fn by_number(
        &self,
        store: StoreId,
        number: OrderNo,
    ) -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>> {
        Box::pin(
            self.run(move |mut connection| async move { Ok(store::by_number(&mut connection, store, number).await?) }),
        )
    }

    fn by_key(
        &self,
        store: StoreId,
        principal: PrincipalId,
        key: String,
    ) -> BoxFuture<'_, Result<Option<OrderSnapshot>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move {
            Ok(store::by_key(&mut connection, store, principal, &key).await?)
        }))
    }

    fn due(
        &self,
        after: Timestamp,
        until: Timestamp,
        but_not: Arc<[OrderId]>,
        limit: i64,
    ) -> BoxFuture<'_, Result<Vec<DueOrder>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move {
            Ok(store::due(&mut connection, after, until, &but_not, limit).await?)
        }))
    }

    fn keys_since(&self, first: OrderId, each: EachKey) -> BoxFuture<'_, Result<(), DatabaseError>> {
        Box::pin(self.run_at_length(move |mut connection| async move {
            let keys = store::keys_since(&mut connection, first).await?;
            let tell = |(store, principal, key): (StoreId, PrincipalId, String)| {
                each(store, principal, &key);
                std::future::ready(Ok(()))
            };
            Ok(keys.try_for_each(tell).await?)
        }))
    }

    fn time(&self) -> BoxFuture<'_, Result<Timestamp, DatabaseError>> {
        Box::pin(self.run(|mut connection| async move { Ok(store::time(&mut connection).await?) }))
    }
}
