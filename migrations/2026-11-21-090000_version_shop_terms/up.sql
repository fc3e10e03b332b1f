-- Locations, tax classes and the rules of shipping are changed by admins: each has a version that a change is made against,
-- and what orders and variants refer to is archived, never deleted.
alter table locations
    add column version bigint not null default 1,
    add column archived_at timestamptz,
    add column updated_at timestamptz not null default now(),
    -- It is what the shop sells from.
    add constraint locations_default_stays check (not is_default or archived_at is null);
comment on column locations.archived_at is 'no stock is brought to it any more';

alter table tax_classes
    add column version bigint not null default 1,
    add column archived_at timestamptz,
    add column created_at timestamptz not null default now(),
    add column updated_at timestamptz not null default now();
comment on column tax_classes.archived_at is 'not given to variants any more; those that have it keep its rate';

-- Of the shipping columns alone: they are one thing that is changed as a whole.
alter table stores
    add column shipping_version bigint not null default 1,
    add column shipping_updated_at timestamptz not null default now();
