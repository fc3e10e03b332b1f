//! What somebody looked at lately: products, each once, the newest first, and no more than fifty.
//!
//! The page of a product is served from a cache and knows nobody. So it is the storefront that says what was looked at, if
//! its customer wants that kept.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use engine::catalog::Slug;
use engine::clock::Timestamp;
use engine::id::{AccountId, StoreId};
use engine::postgres::DatabaseError;

use super::error::Error;
use super::handle::Customers;
use super::store::lock;
use crate::schema::viewed_products;

pub const VIEWED_MAX: i64 = 50;

#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Viewed {
    #[diesel(sql_type = Text)]
    pub slug: String,
    #[diesel(sql_type = Text)]
    pub title: String,
    #[diesel(sql_type = Timestamptz)]
    pub viewed_at: Timestamp,
}

impl Customers {
    /// What has left the catalogue since is not shown.
    pub async fn viewed(&self, store: StoreId, account: AccountId) -> Result<Vec<Viewed>, Error> {
        let read = self.database().run(move |mut connection| async move {
            Ok::<_, DatabaseError>(list(&mut connection, store, account).await?)
        });
        Ok(read.await?)
    }

    /// It is the newest now; the oldest beyond fifty is forgotten.
    pub async fn view(&self, store: StoreId, account: AccountId, slug: Slug) -> Result<(), Error> {
        let now = self.clock().now();
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    if insert(connection, store, account, &slug, now).await? == 0 {
                        return Err(Error::NoSuchProduct);
                    }
                    forget_the_oldest(connection, account).await?;
                    Ok(())
                })
                .await
        });
        changed.await
    }

    /// Forgets all of it.
    pub async fn forget_viewed(&self, store: StoreId, account: AccountId) -> Result<(), Error> {
        let removed = self.database().run(move |mut connection| async move {
            let mine = viewed_products::table
                .filter(viewed_products::account_id.eq(account))
                .filter(viewed_products::store_id.eq(store));
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
) -> QueryResult<Vec<Viewed>> {
    diesel::sql_query(
        "select products.slug, products.title, seen.viewed_at
         from viewed_products seen join products on products.id = seen.product_id and products.status = 'active'
         where seen.account_id = $1 and seen.store_id = $2
         order by seen.viewed_at desc, products.slug",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .load(connection)
    .await
}

async fn insert(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    account: AccountId,
    slug: &Slug,
    now: Timestamp,
) -> QueryResult<usize> {
    diesel::sql_query(
        "insert into viewed_products (account_id, product_id, store_id, viewed_at)
         select $1, id, store_id, $4 from products where store_id = $2 and slug = $3 and status = 'active'
         on conflict on constraint viewed_products_pkey
         do update set viewed_at = greatest(excluded.viewed_at, viewed_products.viewed_at)",
    )
    .bind::<Uuid, _>(account)
    .bind::<Uuid, _>(store)
    .bind::<Text, _>(slug.as_str())
    .bind::<Timestamptz, _>(now)
    .execute(connection)
    .await
}

async fn forget_the_oldest(connection: &mut AsyncPgConnection, account: AccountId) -> QueryResult<()> {
    diesel::sql_query(
        "delete from viewed_products where account_id = $1 and product_id in (
             select product_id from viewed_products where account_id = $1
             order by viewed_at desc, product_id desc offset $2)",
    )
    .bind::<Uuid, _>(account)
    .bind::<BigInt, _>(VIEWED_MAX)
    .execute(connection)
    .await?;
    Ok(())
}
