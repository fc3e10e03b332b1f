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

diesel::table! {
    accounts (id) {
        id -> Uuid,
        store_id -> Uuid,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        email_verified_at -> Nullable<Timestamptz>,
        phone -> Nullable<Text>,
        phone_verified_at -> Nullable<Timestamptz>,
        password_hash -> Nullable<Text>,
        name -> Nullable<Text>,
        role -> Text,
        status -> Text,
        secured_at -> Timestamptz,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        store_id -> Uuid,
        account_id -> Uuid,
        refresh_number -> Integer,
        refresh_seed -> Bytea,
        refresh_hash -> Bytea,
        rotated_at -> Nullable<Timestamptz>,
        second_factor -> Bool,
        device -> Nullable<Text>,
        address -> Nullable<Text>,
        begun_at -> Timestamptz,
        seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
    }
}

diesel::joinable!(sessions -> accounts (account_id));
diesel::allow_tables_to_appear_in_same_query!(accounts, sessions);

diesel::table! {
    one_time_tokens (hash) {
        hash -> Bytea,
        store_id -> Uuid,
        account_id -> Nullable<Uuid>,
        purpose -> Text,
        email -> Text,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    one_time_codes (id) {
        id -> Uuid,
        store_id -> Uuid,
        channel -> Text,
        recipient -> Text,
        recipient_key -> Text,
        digest -> Bytea,
        tries -> Integer,
        sent_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        network -> Nullable<Bytea>,
    }
}

diesel::table! {
    second_factors (account_id) {
        account_id -> Uuid,
        store_id -> Uuid,
        secret -> Bytea,
        last_step -> BigInt,
        tries -> Integer,
        tries_since -> Timestamptz,
        enrolled_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    recovery_codes (account_id, digest) {
        account_id -> Uuid,
        digest -> Bytea,
        store_id -> Uuid,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    second_factor_challenges (id) {
        id -> Uuid,
        store_id -> Uuid,
        account_id -> Uuid,
        tries -> Integer,
        asked_at -> Timestamptz,
        expires_at -> Timestamptz,
        answered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    addresses (id) {
        id -> Uuid,
        store_id -> Uuid,
        account_id -> Uuid,
        name -> Text,
        line1 -> Text,
        line2 -> Nullable<Text>,
        city -> Text,
        region -> Nullable<Text>,
        postal_code -> Text,
        country -> Text,
        phone -> Nullable<Text>,
        is_default -> Bool,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    external_identities (store_id, issuer, subject) {
        store_id -> Uuid,
        issuer -> Text,
        subject -> Text,
        account_id -> Uuid,
        provider -> Text,
        linked_at -> Timestamptz,
        used_at -> Timestamptz,
    }
}

diesel::table! {
    sellers (id) {
        id -> Uuid,
        store_id -> Uuid,
        account_id -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    wishlist_items (account_id, sku) {
        account_id -> Uuid,
        sku -> Text,
        store_id -> Uuid,
        added_at -> Timestamptz,
    }
}

diesel::table! {
    viewed_products (account_id, product_id) {
        account_id -> Uuid,
        product_id -> Uuid,
        store_id -> Uuid,
        viewed_at -> Timestamptz,
    }
}

diesel::table! {
    order_claims (order_id) {
        order_id -> Uuid,
        store_id -> Uuid,
        account_id -> Uuid,
        claimed_at -> Timestamptz,
    }
}

diesel::table! {
    order_contacts (order_id) {
        order_id -> Uuid,
        store_id -> Uuid,
        email_digest -> Bytea,
    }
}

diesel::table! {
    order_erasures (order_id) {
        order_id -> Uuid,
        store_id -> Uuid,
        contact_due_at -> Nullable<Timestamptz>,
        address_due_at -> Timestamptz,
    }
}
