-- Who changed what, and from where. A line is written in the transaction of the change that it tells of, and stays as it is:
-- not even the owner of the table changes or removes one without first taking the trigger away, which is a deed of its own.
--
-- No foreign keys: a line outlives what it tells of, and a key on stores would make every move of an order wait for whoever
-- changes its shop.
create table audit_log (
    id uuid constraint audit_log_pkey primary key,
    store_id uuid not null,
    at timestamptz not null,
    actor_kind text not null constraint audit_log_actor_kind_known check (actor_kind in
        ('account', 'key', 'operator', 'shop')),
    actor_id uuid,
    -- Where the request came from; null: on the machine itself. As text, always in its shortest form.
    address text,
    trace_id text,
    -- What was done: `product.change`.
    action text not null,
    -- What it was done to: its kind, and the id or the name by which staff know it.
    subject_kind text not null,
    subject_id text not null,
    -- What was different before, and after. Null: it was not there.
    before jsonb,
    after jsonb,
    constraint audit_log_actor_is_somebody check ((actor_id is not null) = (actor_kind in ('account', 'key')))
);
create index audit_log_at_idx on audit_log (store_id, at, id);
create index audit_log_subject_idx on audit_log (store_id, subject_kind, subject_id, at, id);
create index audit_log_actor_idx on audit_log (store_id, actor_kind, actor_id, at, id);
comment on table audit_log is 'append-only: who changed what, written in the transaction of the change';

create function refuse_change_of_audit_log() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is added to and never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_is_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change_of_audit_log();

-- A batch of the journal brings its lines with it, in its one statement: before the cell is locked, like the other inserts.
-- A function of its own beside commit_batch, so that a server of the version before goes on committing while it is replaced.
create function batch_audit(
    ids uuid[], store_ids uuid[], actor_kinds text[], actor_ids uuid[], addresses text[], trace_ids text[], actions text[],
    subject_kinds text[], subject_ids text[], befores text[], afters text[], at timestamptz
) returns void language plpgsql as $$
begin
    if cardinality(ids) = 0 then
        return;
    end if;
    insert into audit_log (id, store_id, at, actor_kind, actor_id, address, trace_id, action, subject_kind, subject_id, before,
                           after)
    select unnest(ids), unnest(store_ids), at, unnest(actor_kinds), unnest(actor_ids), unnest(addresses), unnest(trace_ids),
           unnest(actions), unnest(subject_kinds), unnest(subject_ids), unnest(befores)::jsonb, unnest(afters)::jsonb;
end $$;

-- The shop reads it and adds to it.
do $$
begin
    if exists (select from pg_roles where rolname = 'doorbuster_shop') then
        revoke update, delete, truncate on audit_log from doorbuster_shop;
    end if;
exception
    when insufficient_privilege then
        raise notice 'audit_log is guarded by its trigger alone: %', sqlerrm;
end $$;
