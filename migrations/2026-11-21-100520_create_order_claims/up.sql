-- Guests' orders that turned out to be somebody's. Each is one account's, for ever.
create table order_claims (
    order_id uuid constraint order_claims_pkey primary key,
    store_id uuid not null constraint order_claims_store_id_fkey references stores (id),
    account_id uuid not null constraint order_claims_account_id_fkey references accounts (id),
    claimed_at timestamptz not null
);
create index order_claims_account_id_idx on order_claims (account_id, order_id);

-- Under which address an order was placed: noted by whoever hears of it, and not by whoever places it. An index on the orders
-- themselves would cost each of them in the middle of a sale.
create table order_contacts (
    order_id uuid constraint order_contacts_pkey primary key,
    store_id uuid not null constraint order_contacts_store_id_fkey references stores (id),
    email_digest bytea not null
);
create index order_contacts_email_idx on order_contacts (store_id, email_digest);
comment on column order_contacts.email_digest is 'SHA-256 of the store and the address as it is compared';
