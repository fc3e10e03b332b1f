-- Who sells in somebody else's shop: one for each account. A product is its seller's for good.
create table sellers (
    id uuid constraint sellers_pkey primary key,
    store_id uuid not null constraint sellers_store_id_fkey references stores (id),
    account_id uuid not null constraint sellers_account_id_fkey references accounts (id)
        constraint sellers_account_id_key unique,
    created_at timestamptz not null default now()
);
create index sellers_store_id_idx on sellers (store_id);
alter table products add constraint products_seller_id_fkey foreign key (seller_id) references sellers (id);
create index products_seller_id_idx on products (seller_id) where seller_id is not null;
