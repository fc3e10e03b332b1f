//! SQL of what products mean.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use search_index::Embedding;

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId};

use super::keeper::Meant;

/// So much of a description says what a product is; models read little more.
const DESCRIPTION_CHARS: i32 = 300;

/// A product, and what the model shall be told of it.
#[derive(QueryableByName)]
pub(super) struct PageRow {
    #[diesel(sql_type = Uuid)]
    pub(super) id: ProductId,
    /// None: what is kept is of this text and this model.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) told: Option<String>,
    #[diesel(sql_type = Binary)]
    pub(super) made_of: Vec<u8>,
}

#[derive(QueryableByName)]
struct KeptRow {
    #[diesel(sql_type = Uuid)]
    store_id: StoreId,
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
}

#[derive(QueryableByName)]
struct VectorRow {
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
    #[diesel(sql_type = Binary)]
    vector: Vec<u8>,
}

/// Whether it is this server's turn: it has it already, or nobody does.
pub(super) async fn take_turn(
    connection: &mut AsyncPgConnection,
    server: uuid::Uuid,
    now: Timestamp,
    until: Timestamp,
) -> QueryResult<bool> {
    let taken = diesel::sql_query(
        "update product_embeddings_turn set server = $1, until = $3 where server = $1 or until <= $2",
    )
    .bind::<Uuid, _>(server)
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .execute(connection)
    .await?;
    Ok(taken > 0)
}

/// Whoever comes next has it.
pub(super) async fn give_turn_back(
    connection: &mut AsyncPgConnection,
    server: uuid::Uuid,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::sql_query("update product_embeddings_turn set server = null, until = $2 where server = $1")
        .bind::<Uuid, _>(server)
        .bind::<Timestamptz, _>(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Active products by id, those after `after`.
pub(super) async fn page(
    connection: &mut AsyncPgConnection,
    model: &str,
    after: Option<ProductId>,
    limit: i64,
) -> QueryResult<Vec<PageRow>> {
    diesel::sql_query(
        "select p.id, made.made_of, case when e.made_of is distinct from made.made_of then told.text end as told
         from (select id, brand_id, title, description from products
               where status = 'active' and ($1 is null or id > $1) order by id limit $2) p
         left join brands b on b.id = p.brand_id
         left join product_embeddings e on e.product_id = p.id
         cross join lateral (select concat_ws(' ', b.name, p.title, nullif(left(p.description, $3), '')) as text) told
         cross join lateral (select sha256(convert_to($4 || chr(10) || told.text, 'UTF8')) as made_of) made
         order by p.id",
    )
    .bind::<Nullable<Uuid>, _>(after)
    .bind::<BigInt, _>(limit)
    .bind::<Integer, _>(DESCRIPTION_CHARS)
    .bind::<Text, _>(model)
    .load(connection)
    .await
}

/// Keeps what these products mean; says which of them are new or changed.
pub(super) async fn keep(
    connection: &mut AsyncPgConnection,
    model: &str,
    meant: &[Meant],
) -> QueryResult<Vec<(StoreId, ProductId)>> {
    let products: Vec<ProductId> = meant.iter().map(|(product, _, _)| *product).collect();
    let made_of: Vec<&[u8]> = meant.iter().map(|(_, made_of, _)| made_of.as_slice()).collect();
    let vectors: Vec<Option<Vec<u8>>> =
        meant.iter().map(|(_, _, embedding)| embedding.as_ref().map(Embedding::to_bytes)).collect();
    let kept: Vec<KeptRow> = diesel::sql_query(
        "with kept as (
             insert into product_embeddings (product_id, model, made_of, vector)
             select g.product_id, $4, g.made_of, g.vector
             from unnest($1, $2, $3) as g (product_id, made_of, vector) join products p on p.id = g.product_id
             order by g.product_id
             on conflict (product_id) do update
                 set model = excluded.model, made_of = excluded.made_of, vector = excluded.vector
                 where product_embeddings.made_of <> excluded.made_of
             returning product_id)
         select p.store_id, kept.product_id from kept join products p on p.id = kept.product_id
         order by p.store_id, kept.product_id",
    )
    .bind::<Array<Uuid>, _>(products)
    .bind::<Array<Binary>, _>(made_of)
    .bind::<Array<Nullable<Binary>>, _>(vectors)
    .bind::<Text, _>(model)
    .load(connection)
    .await?;
    Ok(kept.into_iter().map(|row| (row.store_id, row.product_id)).collect())
}

/// Those that the model was not asked about yet have none.
pub(in crate::search) async fn embeddings_of_products(
    connection: &mut AsyncPgConnection,
    model: &str,
    products: &[ProductId],
) -> QueryResult<HashMap<ProductId, Embedding>> {
    let rows: Vec<VectorRow> = diesel::sql_query(
        "select product_id, vector from product_embeddings where product_id = any($1) and model = $2 and vector is not null",
    )
    .bind::<Array<Uuid>, _>(products)
    .bind::<Text, _>(model)
    .load(connection)
    .await?;
    let read = |row: VectorRow| match Embedding::from_bytes(&row.vector) {
        Ok(embedding) => Some((row.product_id, embedding)),
        Err(error) => {
            tracing::error!(product.id = %row.product_id, %error, "what a product means cannot be read");
            None
        }
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
