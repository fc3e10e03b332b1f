-- What a customer keeps in a shop. Whoever changes it locks the account's row, so that what a room holds is counted exactly.
create table addresses (
    id uuid constraint addresses_pkey primary key,
    store_id uuid not null constraint addresses_store_id_fkey references stores (id),
    account_id uuid not null constraint addresses_account_id_fkey references accounts (id),
    name text not null,
    line1 text not null,
    line2 text,
    city text not null,
    region text,
    postal_code text not null,
    country text not null constraint addresses_country_is_iso check (country ~ '^[A-Z]{2}$'),
    phone text,
    is_default boolean not null,
    version bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index addresses_account_id_idx on addresses (account_id);
create unique index addresses_one_default_idx on addresses (account_id) where is_default;

create table wishlist_items (
    account_id uuid not null constraint wishlist_items_account_id_fkey references accounts (id),
    sku text not null,
    store_id uuid not null constraint wishlist_items_store_id_fkey references stores (id),
    added_at timestamptz not null,
    constraint wishlist_items_pkey primary key (account_id, sku)
);

create table viewed_products (
    account_id uuid not null constraint viewed_products_account_id_fkey references accounts (id),
    product_id uuid not null constraint viewed_products_product_id_fkey references products (id) on delete cascade,
    store_id uuid not null constraint viewed_products_store_id_fkey references stores (id),
    viewed_at timestamptz not null,
    constraint viewed_products_pkey primary key (account_id, product_id)
);
