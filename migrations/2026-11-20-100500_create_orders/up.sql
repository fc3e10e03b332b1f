-- Orders. Inserted and moved by the journal alone; no foreign key on the hot tables (see the stock migration).
create table orders (
    id uuid constraint orders_pkey primary key,
    -- A number that people say aloud: shown in base 32.
    order_no bigint not null constraint orders_order_no_key unique,
    store_id uuid not null,
    principal_id uuid not null,
    -- The identity of the request that placed it, for ever.
    idempotency_key text not null,
    fingerprint bytea not null,
    -- Null for a purchase without a cart.
    cart_id uuid,
    cart_generation bigint,
    status text not null constraint orders_status_known check (status in
        ('payment_pending', 'expiring', 'expired', 'confirmed', 'packed', 'shipped', 'delivered', 'cancelled', 'returned')),
    payment_status text not null constraint orders_payment_status_known check (payment_status in
        ('unpaid', 'cash_on_delivery', 'authorized', 'paid', 'refunded', 'partly_refunded')),
    payment_method text not null,
    currency text not null,
    mrp_minor bigint not null,
    discount_minor bigint not null,
    tax_minor bigint not null,
    shipping_minor bigint not null,
    grand_minor bigint not null constraint orders_grand_in_range check (grand_minor between 0 and 1000000000000000),
    -- Contact, address, shipping method, price trace, as they were when it was placed.
    detail jsonb not null,
    version bigint not null default 1,
    placed_at timestamptz not null,
    -- What the buyer was told when it was placed.
    placed_expires_at timestamptz,
    -- Until when it waits for payment; null when it no longer does.
    expires_at timestamptz,
    -- Carrier, tracking, cancellation reason: what later steps add.
    progress jsonb not null default '{}',
    constraint orders_idempotency_key_key unique (store_id, principal_id, idempotency_key)
);
create unique index orders_cart_generation_key on orders (cart_id, cart_generation) where cart_id is not null;
create index orders_expires_at_idx on orders (expires_at) where expires_at is not null;

create table order_lines (
    order_id uuid not null,
    line_no integer not null,
    variant_id uuid not null,
    location_id uuid not null,
    sku text not null,
    title text not null,
    quantity bigint not null,
    unit_mrp_minor bigint not null,
    unit_price_minor bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    tax_rate_bp integer not null,
    tax_inclusive boolean not null,
    -- The seq of the stock change that promised it.
    seq bigint not null,
    constraint order_lines_pkey primary key (order_id, line_no)
);

create table order_events (
    order_id uuid not null,
    -- The order's version after the event.
    version bigint not null,
    kind text not null,
    actor text not null,
    data jsonb,
    at timestamptz not null,
    constraint order_events_pkey primary key (order_id, version)
);

-- What was answered to a changing request other than checkout (whose identity is the order itself).
create table idempotency_keys (
    store_id uuid not null,
    principal_id uuid not null,
    route text not null,
    key text not null,
    fingerprint bytea not null,
    status integer not null,
    body jsonb not null,
    created_at timestamptz not null,
    constraint idempotency_keys_pkey primary key (store_id, principal_id, route, key)
);
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
