-- By which names shoppers reach a store. A name leads to one store.
create table store_domains (
    domain text constraint store_domains_pkey primary key
        constraint store_domains_domain_is_a_host check (domain = lower(domain) and domain ~ '^[a-z0-9.-]+$'),
    store_id uuid not null constraint store_domains_store_id_fkey references stores (id),
    created_at timestamptz not null default now()
);
create index store_domains_store_id_idx on store_domains (store_id);
