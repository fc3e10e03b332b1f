-- Who has said who they are: one row for each person and store. Addresses are kept as they were written, and a second time
-- as they are compared, so that a store has each of them once.
create table accounts (
    id uuid constraint accounts_pkey primary key,
    store_id uuid not null constraint accounts_store_id_fkey references stores (id),
    email text,
    email_key text,
    email_verified_at timestamptz,
    phone text,
    phone_verified_at timestamptz,
    password_hash text,
    name text,
    role text not null constraint accounts_role_is_known check (role in ('customer', 'seller', 'support', 'admin')),
    status text not null constraint accounts_status_is_known check (status in ('active', 'blocked', 'erased')),
    secured_at timestamptz not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint accounts_email_key unique (store_id, email_key),
    constraint accounts_phone_key unique (store_id, phone),
    constraint accounts_email_is_whole check ((email is null) = (email_key is null)),
    constraint accounts_email_verified_is_there check (email_verified_at is null or email is not null),
    constraint accounts_phone_verified_is_there check (phone_verified_at is null or phone is not null)
);
comment on column accounts.id is 'the same number as the principal whose carts and orders they are';
comment on column accounts.secured_at is 'when its password, role or status changed: whoever was let in before that, and has no session yet, gets none';
comment on column accounts.password_hash is 'argon2id with its salt and parameters (PHC); null: signs in by other means';
