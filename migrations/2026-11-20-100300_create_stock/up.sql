-- Stock of (variant, location), its append-only ledger, and what is promised to orders. Written by the journal alone.
-- No foreign keys towards the catalogue here: they cost a row lock per order on the hottest row of the shop, variants are
-- archived and never deleted, and `doorbuster verify` looks for strays.
create table stock_levels (
    variant_id uuid not null,
    location_id uuid not null,
    store_id uuid not null,
    on_hand bigint not null,
    reserved bigint not null,
    -- Never sold, kept back for miscounts.
    safety bigint not null default 0,
    -- Gapless: the number of the last ledger row.
    seq bigint not null,
    -- Moves with stock counts only, so that an ERP can compare-and-set during a sale.
    count_version bigint not null default 0,
    constraint stock_levels_pkey primary key (variant_id, location_id),
    constraint stock_levels_reserved_within_on_hand check (reserved between 0 and on_hand),
    constraint stock_levels_safety_not_negative check (safety >= 0)
) with (fillfactor = 50);

create table stock_ledger (
    variant_id uuid not null,
    location_id uuid not null,
    seq bigint not null,
    batch bigint not null,
    kind text not null,
    on_hand_delta bigint not null,
    reserved_delta bigint not null,
    order_id uuid,
    -- Why, and what it refers to outside (a delivery note, a count sheet).
    reason text,
    reference text,
    at timestamptz not null,
    constraint stock_ledger_pkey primary key (variant_id, location_id, seq)
);

create table stock_holds (
    variant_id uuid not null,
    location_id uuid not null,
    order_id uuid not null,
    attempt integer not null,
    quantity bigint not null constraint stock_holds_quantity_positive check (quantity > 0),
    returned bigint not null default 0 constraint stock_holds_returned_within check (returned between 0 and quantity),
    state text not null constraint stock_holds_state_known check (state in ('held', 'confirmed', 'released', 'expired')),
    principal_id uuid not null,
    -- The start of the purchase-limit window this hold counts in (seconds since 1970; null: no limit).
    limit_window bigint,
    expires_at timestamptz,
    constraint stock_holds_pkey primary key (variant_id, location_id, order_id, attempt)
);
-- What an actor loads when it wakes: the live ones only, however many were ever sold.
create index stock_holds_live_idx on stock_holds (variant_id, location_id) where state = 'held';

create table purchase_limit_usage (
    variant_id uuid not null,
    principal_id uuid not null,
    window_start bigint not null,
    used bigint not null constraint purchase_limit_usage_not_negative check (used >= 0),
    constraint purchase_limit_usage_pkey primary key (variant_id, principal_id, window_start)
);
