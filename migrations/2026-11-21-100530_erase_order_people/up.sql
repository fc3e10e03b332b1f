-- Whoever wants to be forgotten is taken out of their orders; amounts and lines stay, as the law has it.
--
-- Orders are written by the journal alone, because what it writes must follow on what was decided. This decides nothing: it
-- takes words out that no decision reads, once and for all, so that it needs neither the journal's number nor its fence. The
-- shop's own role cannot write orders; it may call this, and nothing else comes of it. One order at a time, in a transaction
-- of its own: it holds no row while it waits for another, so that no batch can wait for it in turn.
create function erase_order_person(p_order uuid, p_address boolean) returns boolean
language plpgsql security definer as $$
declare
    place constant text[] := array['line2', 'region'];
begin
    update orders set
        detail = case
            when p_address then jsonb_set(jsonb_set(detail::jsonb, '{contact}', '{}'), '{address}',
                ((detail::jsonb->'address') - place)
                || '{"name": "", "line1": "", "city": "", "postal_code": ""}')::json
            else jsonb_set(detail::jsonb, '{contact}', '{}')::json
        end,
        progress = progress - 'cancel_reason'
    where id = p_order and status in ('expired', 'delivered', 'cancelled', 'returned');
    return found;
end $$;
do $$
begin
    execute format('alter function erase_order_person(uuid, boolean) set search_path = %I, pg_temp', current_schema());
end $$;

-- What is still to be taken out of the orders of accounts that are gone, and when.
create table order_erasures (
    order_id uuid constraint order_erasures_pkey primary key,
    store_id uuid not null constraint order_erasures_store_id_fkey references stores (id),
    -- How to reach the buyer: as soon as the order has ended.
    contact_due_at timestamptz,
    -- Where it went: when the law does not ask for it any more.
    address_due_at timestamptz not null
);
create index order_erasures_due_idx on order_erasures (least(contact_due_at, address_due_at));
