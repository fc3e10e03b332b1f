-- Who somebody is elsewhere: an account of a provider (Google, Facebook, any OpenID Connect) that signs in to an account here.
create table external_identities (
    store_id uuid not null constraint external_identities_store_id_fkey references stores (id),
    issuer text not null,
    subject text not null,
    account_id uuid not null constraint external_identities_account_id_fkey references accounts (id),
    provider text not null,
    linked_at timestamptz not null,
    used_at timestamptz not null,
    constraint external_identities_pkey primary key (store_id, issuer, subject),
    constraint external_identities_provider_key unique (account_id, provider)
);
comment on table external_identities is 'found by issuer and subject alone: addresses change hands, and are only looked at once';
