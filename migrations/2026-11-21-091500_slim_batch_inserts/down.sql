alter table orders drop constraint orders_idempotency_key_key;
alter table orders add constraint orders_idempotency_key_key unique (store_id, principal_id, idempotency_key);
alter table outbox alter column payload set storage extended;
alter table outbox alter column payload type jsonb using payload::jsonb;
alter table orders alter column detail type jsonb using detail::jsonb;

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
    select o.id, o.order_no, o.store_id, o.principal_id, o.key, o.fingerprint, o.cart_id, o.cart_generation, o.status,
           o.payment_status, o.payment_method, o.currency, o.mrp, o.discount, o.tax, o.shipping, o.grand, o.detail::jsonb,
           at, o.expires_at, o.expires_at
    from unnest(ids, order_nos, store_ids, principal_ids, keys, fingerprints, cart_ids, cart_generations, statuses,
                payment_statuses, payment_methods, currencies, mrps, discounts, taxes, shippings, grands, details, expirations)
         as o (id, order_no, store_id, principal_id, key, fingerprint, cart_id, cart_generation, status, payment_status,
               payment_method, currency, mrp, discount, tax, shipping, grand, detail, expires_at);
end $$;
