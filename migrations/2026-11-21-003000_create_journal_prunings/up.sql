-- How far the journal's batches were pruned: up to here only the last of each epoch are left, behind it none is missing.
create table journal_prunings (
    cell_id integer constraint journal_prunings_pkey primary key,
    pruned_to bigint not null
);
comment on table journal_prunings is 'what verify needs to know to find a batch that is missing';

-- Like the batches themselves, it is not the shop's to write.
do $$
begin
    if exists (select from pg_roles where rolname = 'doorbuster_shop') then
        revoke insert, update, delete on journal_prunings from doorbuster_shop;
    end if;
exception
    when insufficient_privilege then
        raise notice 'journal_prunings is not guarded against other writers: %', sqlerrm;
end $$;
