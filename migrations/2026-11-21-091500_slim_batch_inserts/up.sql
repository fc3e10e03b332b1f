-- What a batch writes per order, cheaper (a third of batch_orders' time, measured on 240 batches of 250 orders):
--   * what is only ever stored and read whole is json, not jsonb: checked, but neither taken apart nor sorted;
--   * the key of an order's request begins with what tells requests apart: comparing the store first, which most share, was
--     wasted at each step down the tree;
--   * arrays are unnested in the select list, in step, instead of through a function scan that copies them first.
alter table orders alter column detail type json using detail::json;
alter table outbox alter column payload type json using payload::json;
-- A batch's news is short-lived: packing it costs more than the space.
alter table outbox alter column payload set storage external;

alter table orders drop constraint orders_idempotency_key_key;
alter table orders add constraint orders_idempotency_key_key unique (principal_id, idempotency_key, store_id);

create or replace function batch_orders(
    ids uuid[], order_nos bigint[], store_ids uuid[], principal_ids uuid[], keys text[], fingerprints bytea[],
    cart_ids uuid[], cart_generations bigint[], statuses text[], payment_statuses text[], payment_methods text[],
    currencies text[], mrps bigint[], discounts bigint[], taxes bigint[], shippings bigint[], grands bigint[],
    details text[], expirations timestamptz[], at timestamptz
) returns void language plpgsql as $$
begin
    if cardinality(ids) = 0 then
        return;
    end if;
    insert into orders (id, order_no, store_id, principal_id, idempotency_key, fingerprint, cart_id, cart_generation, status,
                        payment_status, payment_method, currency, mrp_minor, discount_minor, tax_minor, shipping_minor,
                        grand_minor, detail, placed_at, placed_expires_at, expires_at)
    select unnest(ids), unnest(order_nos), unnest(store_ids), unnest(principal_ids), unnest(keys), unnest(fingerprints),
           unnest(cart_ids), unnest(cart_generations), unnest(statuses), unnest(payment_statuses), unnest(payment_methods),
           unnest(currencies), unnest(mrps), unnest(discounts), unnest(taxes), unnest(shippings), unnest(grands),
           unnest(details)::json, at, unnest(expirations), unnest(expirations);
end $$;
