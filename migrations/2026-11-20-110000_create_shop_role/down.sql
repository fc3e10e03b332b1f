do $$
begin
    if exists (select from pg_roles where rolname = 'doorbuster_shop') then
        execute format('alter default privileges in schema %I revoke all on tables from doorbuster_shop', current_schema());
        execute format('alter default privileges in schema %I revoke all on sequences from doorbuster_shop', current_schema());
        execute format('revoke all on all tables in schema %I from doorbuster_shop', current_schema());
        execute format('revoke all on all sequences in schema %I from doorbuster_shop', current_schema());
        execute format('revoke all on schema %I from doorbuster_shop', current_schema());
        begin
            drop role doorbuster_shop;
        exception
            -- Another database of this server uses it.
            when dependent_objects_still_exist then null;
        end;
    end if;
exception
    when insufficient_privilege then
        raise notice 'the role doorbuster_shop stays: %', sqlerrm;
end $$;
