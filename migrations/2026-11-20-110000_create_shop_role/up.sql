-- Stock and orders are written by the journal alone. So that this is not only a habit, the connections of everything else
-- take on a role that cannot: it reads all, and writes all but what the journal writes.
--
-- Roles belong to the whole server and making one is a privilege. Without it the shop works just the same, unguarded.
do $$
declare
    journals_own constant text := 'cells, journal_batches, stock_levels, stock_ledger, stock_holds, purchase_limit_usage,
                                   orders, order_lines, order_events, __diesel_schema_migrations';
begin
    if not exists (select from pg_roles where rolname = 'doorbuster_shop') then
        begin
            create role doorbuster_shop nologin;
        exception
            -- Another database of this server is being migrated at the same moment.
            when duplicate_object or unique_violation then null;
        end;
    end if;
    if not pg_has_role(current_user, 'doorbuster_shop', 'member') then
        execute format('grant doorbuster_shop to %I', current_user);
    end if;
    execute format('grant usage on schema %I to doorbuster_shop', current_schema());
    execute format('grant select, insert, update, delete on all tables in schema %I to doorbuster_shop', current_schema());
    execute format('grant usage, select on all sequences in schema %I to doorbuster_shop', current_schema());
    -- Tables to come are the shop's unless their migration says otherwise.
    execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to doorbuster_shop',
                   current_schema());
    execute format('alter default privileges in schema %I grant usage, select on sequences to doorbuster_shop',
                   current_schema());
    execute 'revoke insert, update, delete on ' || journals_own || ' from doorbuster_shop';
exception
    when insufficient_privilege then
        raise notice 'no role doorbuster_shop: this user may not make one (%). Stock is not guarded against other writers.', sqlerrm;
end $$;
