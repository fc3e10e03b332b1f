-- What somebody shows besides their password: the code of an authenticator app, or one of ten codes on paper.
create table second_factors (
    account_id uuid constraint second_factors_pkey primary key
        constraint second_factors_account_id_fkey references accounts (id),
    store_id uuid not null constraint second_factors_store_id_fkey references stores (id),
    secret bytea not null,
    last_step bigint not null default 0,
    tries integer not null default 0 constraint second_factors_tries_not_negative check (tries >= 0),
    tries_since timestamptz not null,
    enrolled_at timestamptz not null,
    confirmed_at timestamptz
);
comment on column second_factors.secret is 'sealed (AES-256-GCM) under a key that derives from the configuration''s token secret';
comment on column second_factors.last_step is 'the newest span of 30 s whose code was accepted: none is accepted twice';
comment on column second_factors.tries is 'wrong codes since tries_since, over all challenges';
comment on column second_factors.confirmed_at is 'null: offered, but no code of it was ever shown; it guards nothing yet';

create table recovery_codes (
    account_id uuid not null constraint recovery_codes_account_id_fkey references second_factors (account_id) on delete cascade,
    digest bytea not null,
    store_id uuid not null constraint recovery_codes_store_id_fkey references stores (id),
    used_at timestamptz,
    constraint recovery_codes_pkey primary key (account_id, digest)
);
comment on column recovery_codes.digest is 'SHA-256 of account and code: the codes have 80 random bits';

-- The question that stands between a right password and a session. Only who knows the password is asked it, so no stranger can
-- use up anybody's tries.
create table second_factor_challenges (
    id uuid constraint second_factor_challenges_pkey primary key,
    store_id uuid not null constraint second_factor_challenges_store_id_fkey references stores (id),
    account_id uuid not null constraint second_factor_challenges_account_id_fkey references accounts (id),
    tries integer not null default 0 constraint second_factor_challenges_tries_bounded check (tries between 0 and 5),
    asked_at timestamptz not null,
    expires_at timestamptz not null,
    answered_at timestamptz
);
create index second_factor_challenges_account_id_idx on second_factor_challenges (account_id);
create index second_factor_challenges_expires_at_idx on second_factor_challenges (expires_at);
