-- One sign-in on one device, kept alive by a refresh token that is replaced each time it is used. All that came of one
-- sign-in are a family; the row knows the number and the digest of the newest. An ended session stays for a while: who shows
-- its tokens is refused for what they are.
create table sessions (
    id uuid constraint sessions_pkey primary key,
    store_id uuid not null constraint sessions_store_id_fkey references stores (id),
    account_id uuid not null constraint sessions_account_id_fkey references accounts (id),
    refresh_number integer not null constraint sessions_refresh_number_not_negative check (refresh_number >= 0),
    refresh_seed bytea not null,
    refresh_hash bytea not null,
    rotated_at timestamptz,
    second_factor boolean not null,
    device text,
    address text,
    begun_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    constraint sessions_end_has_reason check ((ended_at is null) = (end_reason is null))
);
create index sessions_live_idx on sessions (account_id, seen_at) where ended_at is null;
create index sessions_ended_at_idx on sessions (ended_at) where ended_at is not null;
create index sessions_expires_at_idx on sessions (expires_at);
comment on column sessions.refresh_seed is 'random; with the secret of the configuration the tokens of the family are made of it';
comment on column sessions.refresh_hash is 'SHA-256 of the newest refresh token';
comment on column sessions.rotated_at is 'when the newest replaced the one before it; null: nothing was replaced yet';
