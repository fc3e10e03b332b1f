//! The read model of the index: where catalogue and stock are looked at together, in SQL, and nowhere else.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::AvailabilityPolicy;
use crate::clock::Timestamp;
use crate::id::{BrandId, CategoryId, ProductId, StoreId, VariantId};

use super::projection::Signals;

/// What is left of a product at the location that its store sells from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stock {
    pub(super) product: ProductId,
    pub(super) policy: AvailabilityPolicy,
    /// Over all its variants for sale.
    pub(super) sellable: i64,
}

#[derive(QueryableByName)]
struct StockRow {
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
    #[diesel(sql_type = Text)]
    policy: String,
    #[diesel(sql_type = BigInt)]
    sellable: i64,
}

#[derive(QueryableByName)]
struct SignalsRow {
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
    #[diesel(sql_type = Integer)]
    shown: i32,
}

#[derive(QueryableByName)]
struct ProductRow {
    #[diesel(sql_type = Uuid)]
    id: ProductId,
}

#[derive(QueryableByName)]
struct BoundaryRow {
    #[diesel(sql_type = Uuid)]
    store_id: StoreId,
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
    #[diesel(sql_type = Timestamptz)]
    at: Timestamp,
}

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    text: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

const STOCK: &str = "
    select p.id as product_id, p.availability_policy as policy,
           coalesce(sum(greatest(l.on_hand - l.reserved - l.safety, 0)), 0)::bigint as sellable
    from products p
    left join variants v on v.product_id = p.id and v.archived_at is null
    left join locations d on d.store_id = p.store_id and d.is_default
    left join stock_levels l on l.variant_id = v.id and l.location_id = d.id";

/// What tells this database from any other: the moment its first store was made.
pub(super) async fn identity(connection: &mut AsyncPgConnection) -> QueryResult<String> {
    let row: TextRow = diesel::sql_query(
        "select current_database() || '@' || extract(epoch from min(created_at))::text as text from stores",
    )
    .get_result(connection)
    .await?;
    Ok(row.text)
}

pub(super) async fn stores(connection: &mut AsyncPgConnection) -> QueryResult<Vec<StoreId>> {
    use crate::postgres::schema::stores;
    stores::table.select(stores::id).order(stores::id).load(connection).await
}

pub(super) async fn active_products(connection: &mut AsyncPgConnection) -> QueryResult<u64> {
    let row: CountRow = diesel::sql_query("select count(*) as count from products where status = 'active'")
        .get_result(connection)
        .await?;
    Ok(row.count.unsigned_abs())
}

pub(super) async fn stock_of_products(
    connection: &mut AsyncPgConnection,
    products: &[ProductId],
) -> QueryResult<HashMap<ProductId, Stock>> {
    let rows: Vec<StockRow> = diesel::sql_query(format!("{STOCK} where p.id = any($1) group by p.id"))
        .bind::<Array<Uuid>, _>(products)
        .load(connection)
        .await?;
    Ok(stock(rows)?.into_iter().map(|stock| (stock.product, stock)).collect())
}

/// Those that nobody bought have none.
pub(super) async fn signals_of_products(
    connection: &mut AsyncPgConnection,
    products: &[ProductId],
) -> QueryResult<HashMap<ProductId, Signals>> {
    let rows: Vec<SignalsRow> =
        diesel::sql_query("select product_id, shown from product_sales where product_id = any($1) and shown > 0")
            .bind::<Array<Uuid>, _>(products)
            .load(connection)
            .await?;
    let signals = |row: SignalsRow| (row.product_id, Signals { popularity: row.shown.unsigned_abs(), rating: 0 });
    Ok(rows.into_iter().map(signals).collect())
}

/// Of the products that have these variants.
pub(super) async fn stock_around(
    connection: &mut AsyncPgConnection,
    variants: &[VariantId],
) -> QueryResult<Vec<Stock>> {
    let sql = format!(
        "{STOCK} where p.status = 'active' and p.id in (select product_id from variants where id = any($1))
         group by p.id"
    );
    stock(diesel::sql_query(sql).bind::<Array<Uuid>, _>(variants).load(connection).await?)
}

/// Of all products, by id, those after `after`.
pub(super) async fn stock_after(
    connection: &mut AsyncPgConnection,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<Stock>> {
    let sql =
        format!("{STOCK} where p.status = 'active' and ($1 is null or p.id > $1) group by p.id order by p.id limit $2");
    let rows = diesel::sql_query(sql).bind::<Nullable<Uuid>, _>(after).bind::<BigInt, _>(limit).load(connection);
    stock(rows.await?)
}

/// The active products that show one of these brands, or one of these categories or what lies in it.
pub(super) async fn products_showing(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    categories: &[CategoryId],
    brands: &[BrandId],
) -> QueryResult<Vec<ProductId>> {
    let rows: Vec<ProductRow> = diesel::sql_query(
        "select p.id from products p
         where p.store_id = $1 and p.status = 'active' and (p.brand_id = any($2) or p.category_id in (
             select below.id from categories below join categories changed
                 on below.store_id = changed.store_id
                 and (below.path = changed.path or starts_with(below.path, changed.path || '/'))
             where changed.id = any($3)))",
    )
    .bind::<Uuid, _>(store)
    .bind::<Array<Uuid>, _>(brands)
    .bind::<Array<Uuid>, _>(categories)
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Which active products change by schedule after `after`: each price's start and end, each opening.
pub(super) async fn boundaries_after(
    connection: &mut AsyncPgConnection,
    after: Timestamp,
) -> QueryResult<Vec<(Timestamp, StoreId, ProductId)>> {
    let rows: Vec<BoundaryRow> = diesel::sql_query(
        "select p.store_id, p.id as product_id, moment.at
         from variants v
         join products p on p.id = v.product_id and p.status = 'active'
         cross join lateral (values (v.sale_starts_at), (v.sale_ends_at), (v.on_sale_from)) as moment (at)
         where v.archived_at is null and moment.at > $1",
    )
    .bind::<Timestamptz, _>(after)
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.at, row.store_id, row.product_id)).collect())
}

pub(super) async fn has_active_products(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<bool> {
    use crate::postgres::schema::products;
    let active = products::table.filter(products::store_id.eq(store).and(products::status.eq("active")));
    diesel::select(diesel::dsl::exists(active)).get_result(connection).await
}

fn stock(rows: Vec<StockRow>) -> QueryResult<Vec<Stock>> {
    rows.into_iter()
        .map(|row| {
            let policy: Result<AvailabilityPolicy, _> = row.policy.parse();
            let policy = policy.map_err(|error| diesel::result::Error::DeserializationError(Box::new(error)))?;
            Ok(Stock { product: row.product_id, policy, sellable: row.sellable })
        })
        .collect()
}
