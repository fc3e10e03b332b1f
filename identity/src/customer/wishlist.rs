//! What somebody would like to have: SKUs of this shop, each once, the newest first.

use diesel::prelude::*;
use diesel::sql_types::{Text, Timestamptz, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use engine::catalog::Sku;
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};
use engine::postgres::DatabaseError;

use super::error::Error;
use super::handle::Customers;
use super::store::lock;
use crate::schema::wishlist_items;

pub const WISHES_MAX: i64 = 200;

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Wish {
    #[diesel(sql_type = Text)]
    pub sku: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Text)]
    pub product_slug: String,
    #[diesel(sql_type = Timestamptz)]
    pub added_at: Timestamp,
}

impl Customers {
    /// What has left the catalogue since is not shown.
    pub async fn wishes(&self, store: StoreId, account: AccountId) -> Result<Vec<Wish>, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, DatabaseError>(list(&mut connection, store, account).await?)
        });
        Ok(read.await?)
    }

    /// Says whether it is new. Once more changes nothing, not even its place.
    pub async fn wish(&self, store: StoreId, account: AccountId, sku: Sku) -> Result<bool, Error> {
        let now = self.clock().now();
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    if !is_offered(connection, store, &sku).await? {
                        return Err(Error::NoSuchProduct);
                    }
                    let mine = wishlist_items::table.filter(wishlist_items::account_id.eq(account));
                    let is_there = mine.filter(wishlist_items::sku.eq(sku.as_str()));
                    if diesel::select(diesel::dsl::exists(is_there)).get_result(connection).await? {
                        return Ok(false);
                    }
                    let known: i64 = mine.count().get_result(connection).await?;
                    if known >= WISHES_MAX {
                        return Err(Error::Full { max: WISHES_MAX });
                    }
                    let row = (
                        wishlist_items::account_id.eq(account),
                        wishlist_items::sku.eq(sku.as_str()),
                        wishlist_items::store_id.eq(store),
                        wishlist_items::added_at.eq(now),
                    );
                    diesel::insert_into(wishlist_items::table).values(row).execute(connection).await?;
                    Ok(true)
                })
                .await
        });
        changed.await
    }

    /// Once more changes nothing.
    pub async fn unwish(&self, store: StoreId, account: AccountId, sku: Sku) -> Result<(), Error> {
        let removed = self.database().run(move |mut connection| async move {
            let mine = wishlist_items::table
                .filter(wishlist_items::account_id.eq(account))
                .filter(wishlist_items::store_id.eq(store))
                .filter(wishlist_items::sku.eq(sku.as_str()));
            diesel::delete(mine).execute(&mut connection).await?;
            Ok::<_, Error>(())
        });
        removed.await
    }
}

pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
) -> QueryResult<Vec<Wish>> {
    diesel::sql_query(
        "select wished.sku, products.title, products.slug as product_slug, wished.added_at
         from wishlist_items wished
         join variants on variants.store_id = wished.store_id and variants.sku = wished.sku and variants.archived_at is null
         join products on products.id = variants.product_id and products.status = 'active'
         where wished.account_id = $1 and wished.store_id = $2
         order by wished.added_at desc, wished.sku",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .load(connection)
    .await
}

/// Whether shoppers see such a thing.
async fn is_offered(connection: &mut AsyncPgConnection, store: StoreId, sku: &Sku) -> QueryResult<bool> {
    use engine::postgres::schema::{products, variants};
    let offered = variants::table
        .inner_join(products::table)
        .filter(variants::store_id.eq(store))
        .filter(variants::sku.eq(sku.as_str()))
        .filter(variants::archived_at.is_null())
        .filter(products::status.eq("active"));
    diesel::select(diesel::dsl::exists(offered)).get_result(connection).await
}
