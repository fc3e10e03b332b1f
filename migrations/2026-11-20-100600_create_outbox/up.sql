-- What other parts must hear, written in the transaction that caused it. One row per transaction and topic: a batch of
-- five hundred orders says once which SKUs it touched. Consumers read only below the oldest transaction still running
-- (xid < pg_snapshot_xmin(pg_current_snapshot())), in the order (xid, id), so that a slow transaction is never skipped.
create table outbox (
    id bigint generated always as identity constraint outbox_pkey primary key,
    xid xid8 not null default pg_current_xact_id(),
    store_id uuid not null,
    topic text not null,
    payload jsonb not null,
    at timestamptz not null default now()
);
create index outbox_xid_id_idx on outbox (xid, id);

create table outbox_cursors (
    consumer text constraint outbox_cursors_pkey primary key,
    xid xid8 not null,
    id bigint not null,
    updated_at timestamptz not null default now()
);
