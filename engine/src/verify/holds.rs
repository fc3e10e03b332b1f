//! What is promised to whom: holds against levels, ledger, orders, lines and purchase limits.

use super::check::{Check, account, order};

const HOLDS: &str = "select count(*) from stock_holds";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "reserved-is-held",
        says: "what is reserved is what live holds hold",
        examined: "select count(*) from stock_holds where state = 'held'",
        violations: concat!(
            "select ", account!("a"), ", format('reserved %s, held %s', coalesce(reserved::text, 'missing'), held)
             from (select variant_id, location_id, l.reserved, coalesce(h.held, 0) as held
                   from stock_levels l
                   full join (select variant_id, location_id, sum(quantity) as held from stock_holds where state = 'held'
                              group by variant_id, location_id) h using (variant_id, location_id)) a
             where reserved is distinct from held"
        ),
    },
    Check {
        name: "holds-in-ledger",
        says: "the ledger tells of each hold's beginning and end",
        examined: HOLDS,
        violations: concat!(
            "select ", order!("a.order_id"), " || ', ' || ", account!("a"), ",
                    format('holds: %s promised, %s sold, %s released, %s expired, %s returned; ledger: %s, %s, %s, %s, %s',
                           h_promised, h_sold, h_released, h_expired, h_returned,
                           g_promised, g_sold, g_released, g_expired, g_restocked)
             from (select variant_id, location_id, order_id,
                          coalesce(h.promised, 0) as h_promised, coalesce(h.sold, 0) as h_sold,
                          coalesce(h.released, 0) as h_released, coalesce(h.expired, 0) as h_expired,
                          coalesce(h.returned, 0) as h_returned,
                          coalesce(g.promised, 0) as g_promised, coalesce(g.sold, 0) as g_sold,
                          coalesce(g.released, 0) as g_released, coalesce(g.expired, 0) as g_expired,
                          coalesce(g.restocked, 0) as g_restocked
                   from (select variant_id, location_id, order_id, sum(quantity) as promised,
                                sum(quantity) filter (where state = 'confirmed') as sold,
                                sum(quantity) filter (where state = 'released') as released,
                                sum(quantity) filter (where state = 'expired') as expired,
                                sum(returned) as returned
                         from stock_holds group by variant_id, location_id, order_id) h
                   full join (select variant_id, location_id, order_id,
                                     sum(case kind when 'hold' then reserved_delta when 'sale' then -on_hand_delta end) as promised,
                                     -sum(on_hand_delta) filter (where kind in ('sale', 'confirm')) as sold,
                                     -sum(reserved_delta) filter (where kind = 'release') as released,
                                     -sum(reserved_delta) filter (where kind = 'expire') as expired,
                                     sum(on_hand_delta) filter (where kind = 'return') as restocked
                              from stock_ledger where order_id is not null
                              group by variant_id, location_id, order_id) g using (variant_id, location_id, order_id)) a
             left join orders o on o.id = a.order_id
             where h_promised <> g_promised or h_sold <> g_sold or h_released <> g_released or h_expired <> g_expired
                or g_restocked not between 0 and h_returned or (o.status = 'cancelled' and g_restocked <> h_returned)"
        ),
    },
    Check {
        name: "holds-match-orders",
        says: "each order's last hold is in the state that the order is in",
        examined: HOLDS,
        violations: concat!(
            "select ", order!("h.order_id"), " || ', ' || ", account!("h"), ",
                    format('order %s, hold %s of %s, %s returned', coalesce(o.status, 'missing'), h.state, h.quantity, h.returned)
             from (select distinct on (order_id, variant_id, location_id) *
                   from stock_holds order by order_id, variant_id, location_id, attempt desc) h
             left join orders o on o.id = h.order_id
             where not coalesce(case
                 when o.status in ('payment_pending', 'expiring') then h.state = 'held'
                 when o.status in ('confirmed', 'packed', 'shipped', 'delivered') then h.state = 'confirmed'
                 when o.status = 'expired' then h.state in ('expired', 'released')
                 when o.status = 'cancelled' then h.state in ('released', 'expired') or h.returned = h.quantity
                 when o.status = 'returned' then h.state = 'confirmed' and h.returned > 0
             end, false)"
        ),
    },
    Check {
        name: "holds-end-once",
        says: "an earlier attempt of an order has ended without a sale, and only what was sold is returned",
        examined: HOLDS,
        violations: concat!(
            "select ", order!("h.order_id"), " || ', ' || ", account!("h"), ",
                    format('attempt %s is %s, %s of %s returned', attempt, state, returned, quantity)
             from stock_holds h
             where (returned > 0 and state <> 'confirmed') or returned > quantity
                or (state in ('held', 'confirmed')
                    and exists (select from stock_holds later
                                where (later.variant_id, later.location_id, later.order_id)
                                      = (h.variant_id, h.location_id, h.order_id) and later.attempt > h.attempt))"
        ),
    },
    Check {
        name: "lines-match-holds",
        says: "each order holds exactly what its lines say",
        examined: "select count(*) from order_lines",
        violations: concat!(
            "select ", order!("a.order_id"), " || ', ' || ", account!("a"), ",
                    format('%s in its lines, %s in its hold', ordered, held)
             from (select variant_id, location_id, order_id, coalesce(n.ordered, 0) as ordered, coalesce(h.quantity, 0) as held
                   from (select variant_id, location_id, order_id, sum(quantity) as ordered
                         from order_lines group by variant_id, location_id, order_id) n
                   full join (select distinct on (order_id, variant_id, location_id) variant_id, location_id, order_id, quantity
                              from stock_holds order by order_id, variant_id, location_id, attempt desc) h
                        using (variant_id, location_id, order_id)) a
             where ordered <> held"
        ),
    },
    Check {
        name: "purchase-limits",
        says: "what counts against a buyer's limit is what they hold and bought",
        examined: "select count(*) from purchase_limit_usage",
        violations: "select 'variant ' || variant_id || ', buyer ' || principal_id,
                    format('counted %s, held and bought %s (window from %s)', counted, had, window_start)
             from (select variant_id, principal_id, window_start, coalesce(u.used, 0) as counted, coalesce(h.had, 0) as had
                   from purchase_limit_usage u
                   full join (select variant_id, principal_id, limit_window as window_start, sum(quantity - returned) as had
                              from stock_holds where limit_window is not null and state in ('held', 'confirmed')
                              group by variant_id, principal_id, limit_window) h
                        using (variant_id, principal_id, window_start)) a
             where counted <> had",
    },
];
