//! Who sells in a shop.

use engine::id::{AccountId, SellerId, StoreId};
use engine::postgres::{Database, DatabaseError};

use super::store;

/// Cheap to clone.
#[derive(Clone)]
pub struct Sellers {
    database: Database,
}

impl Sellers {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    /// `None`: it never was a seller's.
    pub async fn of_account(&self, store: StoreId, account: AccountId) -> Result<Option<SellerId>, DatabaseError> {
        let found = self.database.run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::seller_of(&mut connection, store, account).await?)
        });
        found.await
    }
}
