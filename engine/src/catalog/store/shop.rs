//! What the store says about everything it sells.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::id::StoreId;
use crate::money::Currency;
use crate::postgres::schema::{outbox, stores, tax_classes};
use crate::pricing::TaxRate;

use super::super::event::{Changed, TOPIC};
use super::super::tax::TaxClass;
use super::row;

pub(in crate::catalog) async fn currency(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Currency> {
    let code: String = stores::table.find(store).select(stores::currency).first(connection).await?;
    row::currency(&code)
}

/// By their codes.
pub(in crate::catalog) async fn tax_classes(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Vec<TaxClass>> {
    let rows: Vec<(String, String, i32, bool)> = tax_classes::table
        .filter(tax_classes::store_id.eq(store))
        .order(tax_classes::code)
        .select((tax_classes::code, tax_classes::name, tax_classes::rate_bp, tax_classes::inclusive))
        .load(connection)
        .await?;
    rows.into_iter()
        .map(|(code, name, rate_bp, inclusive)| {
            let rate_bp = u32::try_from(rate_bp).map_err(row::damaged)?;
            Ok(TaxClass { code, name, rate: TaxRate { rate_bp, inclusive } })
        })
        .collect()
}

/// Says what changed, in the transaction that changed it.
pub(in crate::catalog) async fn publish(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    changed: &Changed,
) -> QueryResult<()> {
    let payload = serde_json::to_value(changed).expect("ids and names are plain data");
    diesel::insert_into(outbox::table)
        .values((outbox::store_id.eq(store), outbox::topic.eq(TOPIC), outbox::payload.eq(payload)))
        .execute(connection)
        .await?;
    Ok(())
}
