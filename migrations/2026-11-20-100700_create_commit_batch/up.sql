-- One batch, one statement, one transaction: the journal calls the four functions below in one SELECT, in this order.
-- The heavy inserts come first, before any lock is held. commit_batch then locks the cell row *by key* and compares: a
-- comparing UPDATE would not wait for a predecessor in flight. Whatever does not match raises, so that nothing behind a
-- failed comparison can commit.
--
-- SQLSTATEs of our own: DB001 fenced (another epoch, or not the next batch), DB002 a level's seq is not what memory
-- thinks, DB003 an order, hold or cart is not in the state that was expected.

create function batch_orders(
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

create function batch_order_lines(
    order_ids uuid[], line_nos integer[], variant_ids uuid[], location_ids uuid[], skus text[], titles text[],
    quantities bigint[], unit_mrps bigint[], unit_prices bigint[], nets bigint[], taxes bigint[], rates integer[],
    inclusives boolean[], seqs bigint[]
) returns void language plpgsql as $$
begin
    if cardinality(order_ids) = 0 then
        return;
    end if;
    insert into order_lines (order_id, line_no, variant_id, location_id, sku, title, quantity, unit_mrp_minor,
                             unit_price_minor, net_minor, tax_minor, tax_rate_bp, tax_inclusive, seq)
    select * from unnest(order_ids, line_nos, variant_ids, location_ids, skus, titles, quantities, unit_mrps, unit_prices,
                         nets, taxes, rates, inclusives, seqs);
end $$;

create function batch_holds(
    variant_ids uuid[], location_ids uuid[], order_ids uuid[], attempts integer[], quantities bigint[], states text[],
    principal_ids uuid[], limit_windows bigint[], expirations timestamptz[]
) returns void language plpgsql as $$
begin
    if cardinality(order_ids) = 0 then
        return;
    end if;
    insert into stock_holds (variant_id, location_id, order_id, attempt, quantity, state, principal_id, limit_window,
                             expires_at)
    select * from unnest(variant_ids, location_ids, order_ids, attempts, quantities, states, principal_ids, limit_windows,
                         expirations);
end $$;

create function commit_batch(
    p_cell integer, p_epoch bigint, p_number bigint, p_digest bytea, p_bundles integer, p_at timestamptz,
    -- levels: one row an account, however many changes
    l_variants uuid[], l_locations uuid[], l_stores uuid[], l_old_seqs bigint[], l_on_hands bigint[], l_reserveds bigint[],
    l_safeties bigint[], l_seqs bigint[], l_count_versions bigint[],
    -- the ledger
    g_variants uuid[], g_locations uuid[], g_seqs bigint[], g_kinds text[], g_on_hands bigint[], g_reserveds bigint[],
    g_orders uuid[], g_reasons text[], g_references text[],
    -- holds that end, are extended or give back
    h_variants uuid[], h_locations uuid[], h_orders uuid[], h_attempts integer[], h_from text[], h_to text[],
    h_expirations timestamptz[], h_returned_before bigint[], h_returned bigint[],
    -- purchase limits
    u_variants uuid[], u_principals uuid[], u_windows bigint[], u_deltas bigint[],
    -- orders that move
    o_ids uuid[], o_versions bigint[], o_from text[], o_to text[], o_payments text[], o_expirations timestamptz[],
    o_progresses text[],
    -- order events
    e_orders uuid[], e_versions bigint[], e_kinds text[], e_actors text[], e_data text[],
    -- carts that became orders
    c_ids uuid[], c_versions bigint[], c_generations bigint[], c_orders uuid[],
    -- stored answers
    a_stores uuid[], a_principals uuid[], a_routes text[], a_keys text[], a_fingerprints bytea[], a_statuses integer[],
    a_bodies text[],
    -- what others must hear
    x_stores uuid[], x_topics text[], x_payloads text[]
) returns void language plpgsql as $$
declare
    cell cells%rowtype;
    touched bigint;
begin
    if cardinality(e_orders) > 0 then
        insert into order_events (order_id, version, kind, actor, data, at)
        select e.order_id, e.version, e.kind, e.actor, e.data::jsonb, p_at
        from unnest(e_orders, e_versions, e_kinds, e_actors, e_data) as e (order_id, version, kind, actor, data);
    end if;
    if cardinality(a_keys) > 0 then
        insert into idempotency_keys (store_id, principal_id, route, key, fingerprint, status, body, created_at)
        select a.store_id, a.principal_id, a.route, a.key, a.fingerprint, a.status, a.body::jsonb, p_at
        from unnest(a_stores, a_principals, a_routes, a_keys, a_fingerprints, a_statuses, a_bodies)
             as a (store_id, principal_id, route, key, fingerprint, status, body);
    end if;
    if cardinality(g_seqs) > 0 then
        insert into stock_ledger (variant_id, location_id, seq, batch, kind, on_hand_delta, reserved_delta, order_id, reason,
                                  reference, at)
        select g.variant_id, g.location_id, g.seq, p_number, g.kind, g.on_hand, g.reserved, g.order_id, g.reason,
               g.reference, p_at
        from unnest(g_variants, g_locations, g_seqs, g_kinds, g_on_hands, g_reserveds, g_orders, g_reasons, g_references)
             as g (variant_id, location_id, seq, kind, on_hand, reserved, order_id, reason, reference);
    end if;

    select * into cell from cells where id = p_cell for update;
    if not found or cell.epoch <> p_epoch or cell.last_batch <> p_number - 1 then
        raise exception 'fenced: epoch % batch % here, epoch % batch % in the cell',
            p_epoch, p_number, cell.epoch, cell.last_batch using errcode = 'DB001';
    end if;

    if cardinality(l_seqs) > 0 then
        insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
        select l.variant_id, l.location_id, l.store_id, 0, 0, 0
        from unnest(l_variants, l_locations, l_stores, l_old_seqs) as l (variant_id, location_id, store_id, old_seq)
        where l.old_seq = 0
        on conflict do nothing;
        update stock_levels s
        set on_hand = l.on_hand, reserved = l.reserved, safety = l.safety, seq = l.seq, count_version = l.count_version
        from unnest(l_variants, l_locations, l_old_seqs, l_on_hands, l_reserveds, l_safeties, l_seqs, l_count_versions)
             as l (variant_id, location_id, old_seq, on_hand, reserved, safety, seq, count_version)
        where s.variant_id = l.variant_id and s.location_id = l.location_id and s.seq = l.old_seq;
        get diagnostics touched = row_count;
        if touched <> cardinality(l_seqs) then
            raise exception 'drift: % of % levels were where memory thinks', touched, cardinality(l_seqs)
                using errcode = 'DB002';
        end if;
    end if;

    if cardinality(h_orders) > 0 then
        update stock_holds s
        set state = h.state_to, expires_at = h.expires_at, returned = h.returned
        from unnest(h_variants, h_locations, h_orders, h_attempts, h_from, h_to, h_expirations, h_returned_before, h_returned)
             as h (variant_id, location_id, order_id, attempt, state_from, state_to, expires_at, returned_before, returned)
        where s.variant_id = h.variant_id and s.location_id = h.location_id and s.order_id = h.order_id
          and s.attempt = h.attempt and s.state = h.state_from and s.returned = h.returned_before;
        get diagnostics touched = row_count;
        if touched <> cardinality(h_orders) then
            raise exception 'holds: % of % were as expected', touched, cardinality(h_orders) using errcode = 'DB003';
        end if;
    end if;

    if cardinality(u_deltas) > 0 then
        insert into purchase_limit_usage as p (variant_id, principal_id, window_start, used)
        select u.variant_id, u.principal_id, u.window_start, 0
        from unnest(u_variants, u_principals, u_windows) as u (variant_id, principal_id, window_start)
        on conflict do nothing;
        update purchase_limit_usage p
        set used = p.used + u.delta
        from unnest(u_variants, u_principals, u_windows, u_deltas) as u (variant_id, principal_id, window_start, delta)
        where p.variant_id = u.variant_id and p.principal_id = u.principal_id and p.window_start = u.window_start;
    end if;

    if cardinality(o_ids) > 0 then
        update orders s
        set status = o.status_to,
            payment_status = coalesce(o.payment, s.payment_status),
            expires_at = o.expires_at,
            progress = s.progress || coalesce(o.progress::jsonb, '{}'),
            version = s.version + 1
        from unnest(o_ids, o_versions, o_from, o_to, o_payments, o_expirations, o_progresses)
             as o (id, version, status_from, status_to, payment, expires_at, progress)
        where s.id = o.id and s.version = o.version and s.status = o.status_from;
        get diagnostics touched = row_count;
        if touched <> cardinality(o_ids) then
            raise exception 'orders: % of % were as expected', touched, cardinality(o_ids) using errcode = 'DB003';
        end if;
    end if;

    if cardinality(c_ids) > 0 then
        update carts s
        set generation = s.generation + 1, version = s.version + 1, lines = '[]', last_order_id = c.order_id, updated_at = p_at
        from unnest(c_ids, c_versions, c_generations, c_orders) as c (id, version, generation, order_id)
        where s.id = c.id and s.version = c.version and s.generation = c.generation;
        get diagnostics touched = row_count;
        if touched <> cardinality(c_ids) then
            raise exception 'carts: % of % were as expected', touched, cardinality(c_ids) using errcode = 'DB003';
        end if;
    end if;

    if cardinality(x_topics) > 0 then
        insert into outbox (store_id, topic, payload, at)
        select x.store_id, x.topic, x.payload::jsonb, p_at
        from unnest(x_stores, x_topics, x_payloads) as x (store_id, topic, payload);
    end if;

    insert into journal_batches (cell_id, number, epoch, digest, bundles, committed_at)
    values (p_cell, p_number, p_epoch, p_digest, p_bundles, p_at);
    update cells set last_batch = p_number, core_time = greatest(core_time, p_at) where id = p_cell;
end $$;

comment on function commit_batch is 'steps 2 to 5 of a batch: lock the cell by key, compare, write, or raise';
