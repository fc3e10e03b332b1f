//! Tax classes.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::postgres::schema::{tax_classes, variants};

use super::super::name::{Code, Title};
use super::super::tax::TaxClass;
use super::row;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = tax_classes, primary_key(store_id, code), treat_none_as_null = true)]
struct TaxClassRow {
    store_id: StoreId,
    code: String,
    name: String,
    rate_bp: i32,
    inclusive: bool,
    version: i64,
    archived_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(in crate::catalog) async fn insert_tax_class(
    connection: &mut AsyncPgConnection,
    class: &TaxClass,
) -> QueryResult<()> {
    diesel::insert_into(tax_classes::table).values(TaxClassRow::from(class)).execute(connection).await?;
    Ok(())
}

pub(in crate::catalog) async fn update_tax_class(
    connection: &mut AsyncPgConnection,
    class: &TaxClass,
) -> QueryResult<()> {
    let row = tax_classes::table.find((class.store_id, class.code.as_str()));
    diesel::update(row).set(TaxClassRow::from(class)).execute(connection).await?;
    Ok(())
}

/// Keeps variants from being given it meanwhile: their reference needs the row as well.
pub(in crate::catalog) async fn tax_class_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    code: &Code,
) -> QueryResult<Option<TaxClass>> {
    let row = tax_classes::table.find((store, code.as_str())).for_update();
    row.select(TaxClassRow::as_select()).first(connection).await.optional()?.map(TaxClass::try_from).transpose()
}

pub(in crate::catalog) async fn tax_class(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    code: &Code,
) -> QueryResult<Option<TaxClass>> {
    let row = tax_classes::table.find((store, code.as_str())).select(TaxClassRow::as_select());
    row.first(connection).await.optional()?.map(TaxClass::try_from).transpose()
}

/// Those that variants may be given, by their codes.
pub(in crate::catalog) async fn tax_classes(
    connection: &mut AsyncPgConnection,
    store: StoreId,
) -> QueryResult<Vec<TaxClass>> {
    let rows = tax_classes::table
        .filter(tax_classes::store_id.eq(store).and(tax_classes::archived_at.is_null()))
        .order(tax_classes::code)
        .select(TaxClassRow::as_select())
        .load(connection)
        .await?;
    rows.into_iter().map(TaxClass::try_from).collect()
}

/// By code, those after `after`, archived ones too.
pub(in crate::catalog) async fn tax_classes_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<&Code>,
    limit: i64,
) -> QueryResult<Vec<TaxClass>> {
    let mut query = tax_classes::table.filter(tax_classes::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(tax_classes::code.gt(after.as_str()));
    }
    let rows = query.order(tax_classes::code).limit(limit).select(TaxClassRow::as_select()).load(connection).await?;
    rows.into_iter().map(TaxClass::try_from).collect()
}

pub(in crate::catalog) async fn live_variants_taxed_by(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    code: &Code,
) -> QueryResult<i64> {
    let taxed = variants::store_id.eq(store).and(variants::tax_class.eq(code.as_str()));
    variants::table.filter(taxed.and(variants::archived_at.is_null())).count().get_result(connection).await
}

impl From<&TaxClass> for TaxClassRow {
    fn from(class: &TaxClass) -> Self {
        Self {
            store_id: class.store_id,
            code: class.code.to_string(),
            name: class.name.to_string(),
            rate_bp: i32::try_from(class.rate.rate_bp).expect("a rate is at most a hundred thousand"),
            inclusive: class.rate.inclusive,
            version: class.version,
            archived_at: class.archived_at,
            created_at: class.created_at,
            updated_at: class.updated_at,
        }
    }
}

impl TryFrom<TaxClassRow> for TaxClass {
    type Error = diesel::result::Error;

    fn try_from(row: TaxClassRow) -> QueryResult<Self> {
        Ok(Self {
            store_id: row.store_id,
            code: Code::stored(&row.code),
            name: Title::stored(&row.name),
            rate: row::tax_rate(row.rate_bp, row.inclusive)?,
            version: row.version,
            archived_at: row.archived_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}
