//! What a customer says of themselves.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use engine::id::{AccountId, StoreId};

use super::error::Error;
use super::handle::Customers;
use super::store::lock;

#[derive(diesel::QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    version: i64,
}

impl Customers {
    /// `name`: without one they are nobody in particular.
    pub async fn rename(
        &self,
        store: StoreId,
        account: AccountId,
        expected: Option<i64>,
        name: Option<String>,
    ) -> Result<(), Error> {
        let now = self.clock().now();
        let changed = self.database().run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async |connection: &mut AsyncPgConnection| {
                    lock(connection, store, account).await?;
                    let known: Version = diesel::sql_query("select version from accounts where id = $1")
                        .bind::<Uuid, _>(account)
                        .get_result(connection)
                        .await
                        .optional()?
                        .ok_or(Error::NoAccount)?;
                    if expected.is_some_and(|expected| expected != known.version) {
                        return Err(Error::VersionConflict { current: known.version });
                    }
                    diesel::sql_query(
                        "update accounts set name = $2, version = version + 1, updated_at = $3
                         where id = $1 and name is distinct from $2",
                    )
                    .bind::<Uuid, _>(account)
                    .bind::<Nullable<Text>, _>(name)
                    .bind::<Timestamptz, _>(now)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
                .await
        });
        changed.await
    }
}
