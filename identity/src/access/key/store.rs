//! SQL of the keys.

use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use engine::clock::Timestamp;
use engine::id::{ApiKeyId, StoreId};

use super::api_key::ApiKey;
use super::secret::Digest;
use crate::schema::api_keys;
use crate::unreadable::unreadable;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
struct KeyRow {
    id: ApiKeyId,
    store_id: StoreId,
    family_id: ApiKeyId,
    name: String,
    kind: String,
    prefix: String,
    secret_hash: Vec<u8>,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    rotated_from: Option<ApiKeyId>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

pub(super) async fn insert(connection: &mut AsyncPgConnection, key: &ApiKey, digest: Digest) -> QueryResult<()> {
    diesel::insert_into(api_keys::table).values(KeyRow::new(key, digest)).execute(connection).await?;
    Ok(())
}

/// Unless there is one with its secret. Says whether it is new.
pub(super) async fn insert_new(connection: &mut AsyncPgConnection, key: &ApiKey, digest: Digest) -> QueryResult<bool> {
    let inserted = diesel::insert_into(api_keys::table)
        .values(KeyRow::new(key, digest))
        .on_conflict(api_keys::secret_hash)
        .do_nothing()
        .execute(connection)
        .await?;
    Ok(inserted == 1)
}

/// What moves: when it ends, and its version.
pub(super) async fn update(connection: &mut AsyncPgConnection, key: &ApiKey) -> QueryResult<()> {
    let changed = (
        api_keys::expires_at.eq(key.expires_at),
        api_keys::revoked_at.eq(key.revoked_at),
        api_keys::version.eq(key.version),
        api_keys::updated_at.eq(key.updated_at),
    );
    diesel::update(api_keys::table.find(key.id)).set(changed).execute(connection).await?;
    Ok(())
}

pub(super) async fn key(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ApiKeyId,
) -> QueryResult<Option<ApiKey>> {
    let row = api_keys::table.find(id).filter(api_keys::store_id.eq(store)).select(KeyRow::as_select());
    row.first(connection).await.optional()?.map(KeyRow::key).transpose()
}

pub(super) async fn key_for_update(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    id: ApiKeyId,
) -> QueryResult<Option<ApiKey>> {
    let row = api_keys::table.find(id).filter(api_keys::store_id.eq(store)).for_no_key_update();
    row.select(KeyRow::as_select()).first(connection).await.optional()?.map(KeyRow::key).transpose()
}

/// By id, those after `after`, in whatever state.
pub(super) async fn keys_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<ApiKeyId>,
    limit: i64,
) -> QueryResult<Vec<ApiKey>> {
    let mut query = api_keys::table.filter(api_keys::store_id.eq(store)).into_boxed();
    if let Some(after) = after {
        query = query.filter(api_keys::id.gt(after));
    }
    let rows: Vec<KeyRow> = query.order(api_keys::id).limit(limit).select(KeyRow::as_select()).load(connection).await?;
    rows.into_iter().map(KeyRow::key).collect()
}

pub(super) async fn successor(connection: &mut AsyncPgConnection, id: ApiKeyId) -> QueryResult<Option<ApiKeyId>> {
    let row = api_keys::table.filter(api_keys::rotated_from.eq(id)).select(api_keys::id);
    row.first(connection).await.optional()
}

/// All that are not revoked, of all stores.
pub(super) async fn not_revoked(connection: &mut AsyncPgConnection) -> QueryResult<Vec<(Digest, ApiKey)>> {
    let rows: Vec<KeyRow> =
        api_keys::table.filter(api_keys::revoked_at.is_null()).select(KeyRow::as_select()).load(connection).await?;
    let with_digest = |row: KeyRow| Ok((row.digest()?, row.key()?));
    rows.into_iter().map(with_digest).collect()
}

/// Of several processes the latest use counts.
pub(super) async fn used(connection: &mut AsyncPgConnection, uses: &[(ApiKeyId, Timestamp)]) -> QueryResult<()> {
    let (ids, times): (Vec<ApiKeyId>, Vec<Timestamp>) = uses.iter().copied().unzip();
    diesel::sql_query(
        "update api_keys set last_used_at = greatest(last_used_at, used.at)
         from unnest($1, $2) as used (id, at) where api_keys.id = used.id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Array<Timestamptz>, _>(times)
    .execute(connection)
    .await?;
    Ok(())
}

impl KeyRow {
    fn new(key: &ApiKey, digest: Digest) -> Self {
        Self {
            id: key.id,
            store_id: key.store,
            family_id: key.family,
            name: key.name.clone(),
            kind: key.kind.name().to_owned(),
            prefix: key.prefix.clone(),
            secret_hash: digest.0.to_vec(),
            scopes: key.scopes.iter().map(|scope| scope.name().to_owned()).collect(),
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            rotated_from: key.rotated_from,
            version: key.version,
            created_at: key.created_at,
            updated_at: key.updated_at,
        }
    }

    fn digest(&self) -> QueryResult<Digest> {
        self.secret_hash.as_slice().try_into().map(Digest).map_err(unreadable)
    }

    /// A scope that this program does not know (of a later version) is left out: it opens nothing here.
    fn key(self) -> QueryResult<ApiKey> {
        Ok(ApiKey {
            id: self.id,
            store: self.store_id,
            family: self.family_id,
            name: self.name,
            kind: self.kind.parse().map_err(unreadable)?,
            prefix: self.prefix,
            scopes: self.scopes.iter().filter_map(|scope| scope.parse().ok()).collect(),
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
            rotated_from: self.rotated_from,
            version: self.version,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}
