//! What this domain reads of its rows. The database has them; in a simulation somebody else does.

use futures_util::future::BoxFuture;

use crate::id::{LocationId, OrderId, StoreId, VariantId};
use crate::postgres::{Database, DatabaseError};

use super::ledger::Durable;
use super::store::{self, HoldRow, LevelRow};

pub trait StockRows: Send + Sync + 'static {
    /// What an actor must know before it can answer.
    fn load(&self, variant: VariantId) -> BoxFuture<'_, Result<Durable, DatabaseError>>;

    /// The levels of many variants, in no order; none where there never was any. For who only looks.
    fn levels(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Levels, DatabaseError>>;

    /// The location that is called so and in use; without a code, the store's default one.
    fn location(
        &self,
        store: StoreId,
        code: Option<String>,
    ) -> BoxFuture<'_, Result<Option<LocationId>, DatabaseError>>;

    /// The holds of one order, given the variants on its lines, in ascending order of their accounts.
    fn holds_of_order(
        &self,
        order: OrderId,
        variants: Vec<VariantId>,
    ) -> BoxFuture<'_, Result<Vec<(VariantId, HoldRow)>, DatabaseError>>;
}

pub(super) type Levels = Vec<(VariantId, LevelRow)>;

impl StockRows for Database {
    fn load(&self, variant: VariantId) -> BoxFuture<'_, Result<Durable, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move { Ok(store::load(&mut connection, variant).await?) }))
    }

    fn levels(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Levels, DatabaseError>> {
        let database = self.for_all_else();
        Box::pin(async move {
            database
                .run(move |mut connection| async move { Ok(store::levels_of(&mut connection, &variants).await?) })
                .await
        })
    }

    fn location(
        &self,
        store: StoreId,
        code: Option<String>,
    ) -> BoxFuture<'_, Result<Option<LocationId>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move {
            Ok(match code {
                Some(code) => store::location_by_code(&mut connection, store, &code).await?,
                None => store::default_location(&mut connection, store).await?,
            })
        }))
    }

    fn holds_of_order(
        &self,
        order: OrderId,
        variants: Vec<VariantId>,
    ) -> BoxFuture<'_, Result<Vec<(VariantId, HoldRow)>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move {
            Ok(store::holds_of_order(&mut connection, order, &variants).await?)
        }))
    }
}
