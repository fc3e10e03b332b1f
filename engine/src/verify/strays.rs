//! Rows that belong to nothing: the hot tables have no foreign keys, this is where they are checked instead.

use super::check::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "stray-variants",
        says: "stock and lines are of variants that exist, in the same store",
        examined: "select count(*) from variants",
        violations: "select 'stock level', format('variant %s in store %s', l.variant_id, l.store_id)
             from stock_levels l left join variants v on v.id = l.variant_id
             where v.id is null or v.store_id <> l.store_id
             union all
             select 'order line', format('variant %s in order %s', n.variant_id, n.order_id)
             from order_lines n join orders o on o.id = n.order_id left join variants v on v.id = n.variant_id
             where v.id is null or v.store_id <> o.store_id",
    },
    Check {
        name: "stray-locations",
        says: "stock is at locations that exist, of the same store",
        examined: "select count(*) from locations",
        violations: "select 'stock level', format('variant %s at location %s', l.variant_id, l.location_id)
             from stock_levels l left join locations p on p.id = l.location_id
             where p.id is null or p.store_id <> l.store_id",
    },
    Check {
        name: "stray-orders",
        says: "lines, events, holds and changes of stock are of orders that exist",
        examined: "select count(*) from orders",
        violations: "select stray, 'order ' || order_id
             from (select distinct 'line' as stray, order_id from order_lines
                   union all select distinct 'event', order_id from order_events
                   union all select distinct 'hold', order_id from stock_holds
                   union all select distinct 'change of stock', order_id from stock_ledger where order_id is not null) a
             where not exists (select from orders o where o.id = a.order_id)",
    },
];
