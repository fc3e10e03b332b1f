//! Where offers are loaded from. The database has them; in a simulation somebody else does.

use futures_util::future::BoxFuture;

use crate::id::{StoreId, VariantId};
use crate::postgres::{Database, DatabaseError};

use super::super::name::Sku;
use super::super::offer::Offer;
use super::super::store;

pub trait OfferRows: Send + Sync + 'static {
    /// Those of the SKUs that the store has, in no order.
    fn by_sku(&self, store: StoreId, skus: Vec<Sku>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>>;

    /// Those of the variants that there are, in no order.
    fn by_variant(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>>;
}

impl OfferRows for Database {
    fn by_sku(&self, store: StoreId, skus: Vec<Sku>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>> {
        Box::pin(self.run(move |mut connection| async move {
            let asked: Vec<&str> = skus.iter().map(Sku::as_str).collect();
            Ok(store::offers_by_sku(&mut connection, store, &asked).await?)
        }))
    }

    fn by_variant(&self, variants: Vec<VariantId>) -> BoxFuture<'_, Result<Vec<Offer>, DatabaseError>> {
        Box::pin(
            self.run(
                move |mut connection| async move { Ok(store::offers_by_variant(&mut connection, &variants).await?) },
            ),
        )
    }
}
