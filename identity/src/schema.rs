//! This crate's tables as Diesel sees them. Written by hand; a test of the engine compares it with the migrated database.

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        store_id -> Uuid,
        family_id -> Uuid,
        name -> Text,
        kind -> Text,
        prefix -> Text,
        secret_hash -> Bytea,
        scopes -> Array<Text>,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
        rotated_from -> Nullable<Uuid>,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}
