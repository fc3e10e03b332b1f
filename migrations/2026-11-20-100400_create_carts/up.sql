-- One cart per principal, for ever: placing an order consumes its generation and empties it.
create table carts (
    id uuid constraint carts_pkey primary key,
    store_id uuid not null,
    principal_id uuid not null,
    version bigint not null,
    generation bigint not null,
    -- [{ "sku", "variant_id", "quantity", "added_at" }]
    lines jsonb not null constraint carts_lines_is_array check (jsonb_typeof(lines) = 'array'),
    -- The order that the last generation became.
    last_order_id uuid,
    updated_at timestamptz not null
);
