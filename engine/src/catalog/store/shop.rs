//! What the store says about everything it sells: its currency, and shipping.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId};
use crate::money::{Currency, Money};
use crate::postgres::schema::{locations, outbox, stores, tax_classes};
use crate::pricing::TaxRate;

use super::super::event::{Changed, TOPIC};
use super::super::shipping::Shipping;
use super::row;

#[derive(Queryable, Selectable)]
#[diesel(table_name = stores)]
struct ShippingRow {
    currency: String,
    shipping_flat_minor: i64,
    shipping_free_from_minor: Option<i64>,
    shipping_tax_class: String,
    shipping_version: i64,
    shipping_updated_at: Timestamp,
}

pub(in crate::catalog) async fn currency(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Currency> {
    let code: String = stores::table.find(store).select(stores::currency).first(connection).await?;
    row::currency(&code)
}

pub(in crate::catalog) async fn shipping(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Shipping> {
    let row = stores::table.find(store).select(ShippingRow::as_select());
    row.first(connection).await.and_then(Shipping::try_from)
}

pub(in crate::catalog) async fn shipping_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Shipping> {
    let row = stores::table.find(store).for_no_key_update().select(ShippingRow::as_select());
    row.first(connection).await.and_then(Shipping::try_from)
}

/// Of every store: where it sells from, and what shipping costs with the rate of its tax class; seen at one moment.
pub(in crate::catalog) async fn shops(
    connection: &mut AsyncPgConnection,
) -> QueryResult<Vec<(StoreId, LocationId, Shipping, TaxRate)>> {
    let class = tax_classes::table
        .on(tax_classes::store_id.eq(stores::id).and(tax_classes::code.eq(stores::shipping_tax_class)));
    let default = locations::table.on(locations::store_id.eq(stores::id).and(locations::is_default));
    let rows: Vec<(StoreId, LocationId, ShippingRow, i32, bool)> = stores::table
        .inner_join(class)
        .inner_join(default)
        .select((stores::id, locations::id, ShippingRow::as_select(), tax_classes::rate_bp, tax_classes::inclusive))
        .load(connection)
        .await?;
    let read = |(store, location, row, rate_bp, inclusive): (StoreId, LocationId, ShippingRow, i32, bool)| {
        Ok((store, location, row.try_into()?, row::tax_rate(rate_bp, inclusive)?))
    };
    rows.into_iter().map(read).collect()
}

pub(in crate::catalog) async fn update_shipping(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    shipping: &Shipping,
) -> QueryResult<()> {
    let changed = (
        stores::shipping_flat_minor.eq(shipping.flat.minor),
        stores::shipping_free_from_minor.eq(shipping.free_from.map(|free_from| free_from.minor)),
        stores::shipping_tax_class.eq(&shipping.tax_class),
        stores::shipping_version.eq(shipping.version),
        stores::shipping_updated_at.eq(shipping.updated_at),
    );
    diesel::update(stores::table.find(store)).set(changed).execute(connection).await?;
    Ok(())
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

impl TryFrom<ShippingRow> for Shipping {
    type Error = diesel::result::Error;

    fn try_from(row: ShippingRow) -> QueryResult<Self> {
        let currency = row::currency(&row.currency)?;
        Ok(Self {
            flat: Money::new(row.shipping_flat_minor, currency),
            free_from: row.shipping_free_from_minor.map(|minor| Money::new(minor, currency)),
            tax_class: row.shipping_tax_class,
            version: row.shipping_version,
            updated_at: row.shipping_updated_at,
        })
    }
}
