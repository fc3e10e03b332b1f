-- A small shop in which everything agrees: two accounts, five orders at different ends, five batches.
-- Principals are a1 .. a5, orders are b1 .. b5, the cart is c1, variants are d1 (SHIRT) and d2 (SOCK).
insert into products (id, store_id, slug, title, status)
values ('00000000-0000-0000-0000-0000000000e1', '00000000-0000-7000-8000-000000000001', 'wear', 'Things to wear', 'active');
insert into variants (id, store_id, product_id, sku, currency, mrp_minor, price_minor, tax_class, purchase_limit)
values ('00000000-0000-0000-0000-0000000000d1', '00000000-0000-7000-8000-000000000001', '00000000-0000-0000-0000-0000000000e1',
        'SHIRT', 'INR', 1000, 800, 'standard', 3),
       ('00000000-0000-0000-0000-0000000000d2', '00000000-0000-7000-8000-000000000001', '00000000-0000-0000-0000-0000000000e1',
        'SOCK', 'INR', 100, 100, 'standard_exclusive', null);

update cells set epoch = 2, last_batch = 5 where id = 1;
insert into journal_batches (cell_id, number, epoch, digest, bundles)
select 1, n, case when n < 3 then 1 else 2 end, '\x00', 1 from generate_series(1, 5) n;

insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
select v::uuid, '00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', on_hand, reserved, seq
from (values ('00000000-0000-0000-0000-0000000000d1', 9, 2, 9), ('00000000-0000-0000-0000-0000000000d2', 5, 1, 2))
     as l (v, on_hand, reserved, seq);
insert into stock_ledger (variant_id, location_id, seq, batch, kind, on_hand_delta, reserved_delta, order_id, at)
select ('00000000-0000-0000-0000-0000000000' || v)::uuid, '00000000-0000-7000-8000-000000000002', seq, batch, kind,
       on_hand, reserved, ('00000000-0000-0000-0000-0000000000' || o)::uuid, now()
from (values ('d1', 1, 1, 'receive', 10, 0, null), ('d2', 1, 1, 'receive', 5, 0, null),
             ('d1', 2, 2, 'hold', 0, 2, 'b1'), ('d2', 2, 2, 'hold', 0, 1, 'b1'),
             ('d1', 3, 3, 'sale', -1, 0, 'b2'),
             ('d1', 4, 3, 'hold', 0, 3, 'b3'), ('d1', 5, 4, 'release', 0, -3, 'b3'),
             ('d1', 6, 4, 'hold', 0, 1, 'b4'), ('d1', 7, 5, 'expire', 0, -1, 'b4'),
             ('d1', 8, 5, 'sale', -2, 0, 'b5'), ('d1', 9, 5, 'return', 2, 0, 'b5'))
     as g (v, seq, batch, kind, on_hand, reserved, o);
insert into stock_holds (variant_id, location_id, order_id, attempt, quantity, returned, state, principal_id, limit_window)
select ('00000000-0000-0000-0000-0000000000' || v)::uuid, '00000000-0000-7000-8000-000000000002',
       ('00000000-0000-0000-0000-0000000000' || o)::uuid, 1, quantity, returned, state,
       ('00000000-0000-0000-0000-0000000000' || p)::uuid, win
from (values ('d1', 'b1', 2, 0, 'held', 'a1', 0), ('d2', 'b1', 1, 0, 'held', 'a1', null), ('d1', 'b2', 1, 0, 'confirmed', 'a2', 0),
             ('d1', 'b3', 3, 0, 'released', 'a3', 0), ('d1', 'b4', 1, 0, 'expired', 'a4', 0), ('d1', 'b5', 2, 2, 'confirmed', 'a5', 0))
     as h (v, o, quantity, returned, state, p, win);
insert into purchase_limit_usage (variant_id, principal_id, window_start, used)
select '00000000-0000-0000-0000-0000000000d1', ('00000000-0000-0000-0000-0000000000' || p)::uuid, 0, used
from (values ('a1', 2), ('a2', 1), ('a3', 0), ('a4', 0), ('a5', 0)) as u (p, used);

-- Order b1 is of a cart and has a line whose tax comes on top; b2 pays for shipping, whose tax is in it.
insert into orders (id, order_no, store_id, principal_id, idempotency_key, fingerprint, cart_id, cart_generation, status,
                    payment_status, payment_method, currency, mrp_minor, discount_minor, tax_minor, shipping_minor, grand_minor,
                    detail, version, placed_at, expires_at)
select ('00000000-0000-0000-0000-0000000000' || id)::uuid, row_number() over (), '00000000-0000-7000-8000-000000000001',
       ('00000000-0000-0000-0000-0000000000' || p)::uuid, id, '\x00', ('00000000-0000-0000-0000-0000000000' || cart)::uuid,
       case when cart is not null then 0 end, status, payment, 'manual', 'INR', mrp, discount, tax, shipping, grand,
       detail::json, version, now(), case status when 'payment_pending' then now() + interval '15 min' end
from (values ('b1', 'a1', 'c1', 'payment_pending', 'unpaid', 2100, 400, 262, 0, 1718, '{"trace": []}', 1),
             ('b2', 'a2', null, 'confirmed', 'cash_on_delivery', 1000, 200, 869, 4900, 5700,
              '{"trace": [{"shipping_tax": {"rate_bp": 1800, "added": false, "tax": 747}}, {"grand": {"minor": 5700}}]}', 1),
             ('b3', 'a3', null, 'cancelled', 'unpaid', 3000, 600, 366, 0, 2400, '{"trace": []}', 2),
             ('b4', 'a4', null, 'expired', 'unpaid', 1000, 200, 122, 0, 800, '{"trace": []}', 2),
             ('b5', 'a5', null, 'cancelled', 'cash_on_delivery', 2000, 400, 244, 0, 1600, '{"trace": []}', 2))
     as o (id, p, cart, status, payment, mrp, discount, tax, shipping, grand, detail, version);
insert into order_lines (order_id, line_no, variant_id, location_id, sku, title, quantity, unit_mrp_minor, unit_price_minor,
                         net_minor, tax_minor, tax_rate_bp, tax_inclusive, seq)
select ('00000000-0000-0000-0000-0000000000' || o)::uuid, line, ('00000000-0000-0000-0000-0000000000' || v)::uuid,
       '00000000-0000-7000-8000-000000000002', v, 'A thing to wear', quantity, mrp, price, price * quantity, tax, 1800, inclusive, seq
from (values ('b1', 1, 'd1', 2, 1000, 800, 244, true, 2), ('b1', 2, 'd2', 1, 100, 100, 18, false, 2),
             ('b2', 1, 'd1', 1, 1000, 800, 122, true, 3), ('b3', 1, 'd1', 3, 1000, 800, 366, true, 4),
             ('b4', 1, 'd1', 1, 1000, 800, 122, true, 6), ('b5', 1, 'd1', 2, 1000, 800, 244, true, 8))
     as n (o, line, v, quantity, mrp, price, tax, inclusive, seq);
insert into order_events (order_id, version, kind, actor, at)
select id, n, 'placed', 'buyer', now() from orders cross join generate_series(1, version) n;
insert into carts (id, store_id, principal_id, version, generation, lines, last_order_id, updated_at)
values ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-7000-8000-000000000001', '00000000-0000-0000-0000-0000000000a1',
        3, 1, '[]', '00000000-0000-0000-0000-0000000000b1', now());
