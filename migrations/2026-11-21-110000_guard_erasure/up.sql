-- Only the shop takes people out of their orders, not whoever reaches the database; and what they wrote when they cancelled
-- goes from the order's history as well.
create or replace function erase_order_person(p_order uuid, p_address boolean) returns boolean
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
    if not found then
        return false;
    end if;
    update order_events set data = data - 'cancel_reason' where order_id = p_order and data ? 'cancel_reason';
    return true;
end $$;
revoke execute on function erase_order_person(uuid, boolean) from public;
do $$
begin
    -- To replace a function is to lose what was set for it.
    execute format('alter function erase_order_person(uuid, boolean) set search_path = %I, pg_temp', current_schema());
    if exists (select from pg_roles where rolname = 'doorbuster_shop') then
        grant execute on function erase_order_person(uuid, boolean) to doorbuster_shop;
    end if;
end $$;
