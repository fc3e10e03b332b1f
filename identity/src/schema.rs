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

diesel::table! {
    messages (id) {
        id -> Uuid,
        store_id -> Uuid,
        account_id -> Nullable<Uuid>,
        channel -> Text,
        kind -> Text,
        content -> Nullable<Bytea>,
        state -> Text,
        attempts -> Integer,
        created_at -> Timestamptz,
        next_attempt_at -> Nullable<Timestamptz>,
        useless_after -> Timestamptz,
        sent_at -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
    }
}
