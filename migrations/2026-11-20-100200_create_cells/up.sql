-- The fence. A cell is one writer's stock; every batch it commits is numbered without gaps under the epoch it took.
create table cells (
    id integer constraint cells_pkey primary key,
    epoch bigint not null default 0,
    owner uuid,
    -- Host and process of the owner, for people.
    owner_name text,
    taken_at timestamptz,
    last_batch bigint not null default 0,
    -- The engine's clock at the last batch: it never runs backwards across a restart.
    core_time timestamptz not null default now()
);

create table journal_batches (
    cell_id integer not null,
    number bigint not null,
    epoch bigint not null,
    digest bytea not null,
    bundles integer not null,
    committed_at timestamptz not null default now(),
    constraint journal_batches_pkey primary key (cell_id, number)
);
comment on table journal_batches is 'append-only: what take() judges an unknown commit by';

insert into cells (id) values (1);
