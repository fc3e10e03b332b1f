-- What machines show instead of a password. Of a secret nothing is kept but its digest: whoever reads this table can use
-- none of them. A key that takes another's place belongs to its family, in which idempotency keys are shared: a request
-- that is repeated under the new one is still the same request.
create table api_keys (
    id uuid constraint api_keys_pkey primary key,
    store_id uuid not null constraint api_keys_store_id_fkey references stores (id),
    family_id uuid not null constraint api_keys_family_id_fkey references api_keys (id),
    name text not null constraint api_keys_name_not_empty check (name <> ''),
    kind text not null constraint api_keys_kind_known check (kind in ('publishable', 'secret')),
    -- How it begins: enough to tell keys apart, too little to use one.
    prefix text not null,
    secret_hash bytea not null constraint api_keys_secret_hash_key unique
        constraint api_keys_secret_hash_is_sha256 check (octet_length(secret_hash) = 32),
    scopes text[] not null constraint api_keys_scopes_not_empty check (cardinality(scopes) > 0),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    -- Whose place it takes: at most one key takes it.
    rotated_from uuid constraint api_keys_rotated_from_fkey references api_keys (id)
        constraint api_keys_rotated_from_key unique,
    version bigint not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create index api_keys_store_id_idx on api_keys (store_id, id);
