-- How wanted each product is, for the order of search results: units sold, each worth half as much after 14 days. Counted
-- from the ledger batch by batch, so that no order is ever looked at twice.
create table product_sales (
    product_id uuid constraint product_sales_pkey primary key,
    store_id uuid not null,
    -- Units, weighed by when they were sold: a unit of 2026-01-01 counts one, one of 14 days later two. So the sum need not
    -- be touched when time passes; whoever reads it divides by what a unit of today counts.
    weight double precision not null constraint product_sales_weight_not_negative check (weight >= 0),
    -- What the search index was told, from 0 to 1000.
    shown integer not null default 0 constraint product_sales_shown_in_range check (shown between 0 and 1000)
);
comment on table product_sales is 'what was sold of each product, decayed: a signal for the search, not a book';

-- Up to which batch of the journal.
create table sales_counted (
    cell_id integer constraint sales_counted_pkey primary key,
    batch bigint not null
);
insert into sales_counted (cell_id, batch) values (1, 0);

-- The ledger is only appended to, so the batches of a stretch of its pages lie together: this index is a few pages, and costs
-- the orders nothing.
create index stock_ledger_batch_idx on stock_ledger using brin (batch) with (pages_per_range = 32, autosummarize = on);
