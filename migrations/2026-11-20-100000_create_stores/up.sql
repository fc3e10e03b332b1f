-- Whose rows these are. Every row that belongs to a shop carries store_id from the first day on, so that a second
-- tenant is a row and not a migration. The default store and location have fixed ids: the engine knows them by name.
create table stores (
    id uuid constraint stores_pkey primary key,
    slug text not null constraint stores_slug_key unique,
    name text not null,
    currency text not null constraint stores_currency_is_iso check (currency ~ '^[A-Z]{3}$'),
    -- Shipping is flat per order and free from a threshold on the sum of net line totals; null: never free.
    shipping_flat_minor bigint not null default 0 constraint stores_shipping_not_negative check (shipping_flat_minor >= 0),
    shipping_free_from_minor bigint,
    shipping_tax_class text not null default 'standard',
    created_at timestamptz not null default now()
);

create table locations (
    id uuid constraint locations_pkey primary key,
    store_id uuid not null constraint locations_store_id_fkey references stores (id),
    code text not null,
    name text not null,
    is_default boolean not null default false,
    created_at timestamptz not null default now(),
    constraint locations_code_key unique (store_id, code)
);
create unique index locations_one_default_idx on locations (store_id) where is_default;

create table tax_classes (
    store_id uuid not null constraint tax_classes_store_id_fkey references stores (id),
    code text not null,
    name text not null,
    rate_bp integer not null constraint tax_classes_rate_in_range check (rate_bp between 0 and 100000),
    inclusive boolean not null,
    constraint tax_classes_pkey primary key (store_id, code)
);
comment on column tax_classes.rate_bp is 'basis points: 1800 is 18 %';

insert into stores (id, slug, name, currency, shipping_flat_minor, shipping_free_from_minor)
values ('00000000-0000-7000-8000-000000000001', 'main', 'Doorbuster', 'INR', 4900, 49900);
insert into locations (id, store_id, code, name, is_default)
values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'main', 'Main warehouse', true);
insert into tax_classes (store_id, code, name, rate_bp, inclusive)
values ('00000000-0000-7000-8000-000000000001', 'standard', 'Standard', 1800, true),
       ('00000000-0000-7000-8000-000000000001', 'reduced', 'Reduced', 500, true),
       ('00000000-0000-7000-8000-000000000001', 'zero', 'Zero', 0, true),
       ('00000000-0000-7000-8000-000000000001', 'standard_exclusive', 'Standard, added on top', 1800, false);
