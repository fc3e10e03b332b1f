-- What a mail lets its reader do, once: confirm an address, or choose a new password. Only digests are kept. A row is also
-- the note that something was sent, so that nobody's mailbox is filled.
create table one_time_tokens (
    hash bytea constraint one_time_tokens_pkey primary key,
    store_id uuid not null constraint one_time_tokens_store_id_fkey references stores (id),
    account_id uuid constraint one_time_tokens_account_id_fkey references accounts (id) on delete cascade,
    purpose text not null constraint one_time_tokens_purpose_is_known
        check (purpose in ('confirm_email', 'reset_password', 'nothing')),
    email text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);
create index one_time_tokens_account_id_idx on one_time_tokens (account_id, created_at);
create index one_time_tokens_expires_at_idx on one_time_tokens (expires_at);
comment on column one_time_tokens.account_id is 'null: written for an address that nobody has, so that this takes as long';
comment on column one_time_tokens.email is 'where it was sent; another one than the account''s is to become the account''s';
