//! Orders: their sums, their history, their carts.

use super::check::{Check, order};

const ORDERS: &str = "select count(*) from orders";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "line-amounts",
        says: "each line's net is its price times its quantity, and its tax is its rate's, rounded half to even",
        examined: "select count(*) from order_lines",
        violations: concat!(
            "select ", order!("order_id"), " || ', line ' || line_no,
                    format('%s x %s = net %s, tax %s where %s is due', quantity, unit_price_minor, net_minor, tax_minor, due)
             from (select *, case when tax_inclusive then net_minor - rounded else rounded end as due
                   from (select *, case
                                when 2 * rest < divisor then whole
                                when 2 * rest > divisor then whole + 1
                                else whole + whole % 2
                            end as rounded
                         from (select *, div(dividend, divisor) as whole, dividend % divisor as rest
                               from (select *,
                                            net_minor::numeric * case when tax_inclusive then 10000 else tax_rate_bp end as dividend,
                                            case when tax_inclusive then 10000 + tax_rate_bp else 10000 end as divisor
                                     from order_lines) a) b) c) d
             where quantity < 1 or unit_price_minor < 0 or unit_price_minor > unit_mrp_minor
                or net_minor <> unit_price_minor::numeric * quantity or tax_minor <> due"
        ),
    },
    Check {
        name: "order-totals",
        says: "each order's totals are the sums of its lines and shipping",
        examined: ORDERS,
        violations: concat!(
            "select ", order!("a.id"), ",
                    format('mrp %s (lines: %s), discount %s (%s), tax %s (%s), grand %s (%s)', mrp_minor, mrp, discount_minor,
                           mrp - net, tax_minor, tax + shipping_tax, grand_minor, net + added + shipping_minor + shipping_added)
             from (select o.*, coalesce(n.lines, 0) as lines, coalesce(n.mrp, 0) as mrp, coalesce(n.net, 0) as net,
                          coalesce(n.tax, 0) as tax, coalesce(n.added, 0) as added,
                          coalesce((s.step ->> 'tax')::bigint, 0) as shipping_tax,
                          case when (s.step ->> 'added')::boolean then (s.step ->> 'tax')::bigint else 0 end as shipping_added
                   from orders o
                   cross join lateral (select jsonb_path_query_first(o.detail::jsonb, '$.trace[*].shipping_tax') as step) s
                   left join (select order_id, count(*) as lines, sum(unit_mrp_minor::numeric * quantity) as mrp,
                                     sum(net_minor) as net, sum(tax_minor) as tax,
                                     coalesce(sum(tax_minor) filter (where not tax_inclusive), 0) as added
                              from order_lines group by order_id) n on n.order_id = o.id) a
             where lines = 0 or mrp_minor <> mrp or discount_minor <> mrp - net or tax_minor <> tax + shipping_tax
                or grand_minor <> net + added + shipping_minor + shipping_added"
        ),
    },
    Check {
        name: "order-history",
        says: "each order's events are numbered without gaps up to its version",
        examined: "select count(*) from order_events",
        violations: concat!(
            "select ", order!("a.id"), ", format('version %s, %s events numbered %s to %s', version, events, first, last)
             from (select o.id, o.version, coalesce(e.events, 0) as events, coalesce(e.first, 0) as first,
                          coalesce(e.last, 0) as last
                   from orders o
                   left join (select order_id, count(*) as events, min(version) as first, max(version) as last
                              from order_events group by order_id) e on e.order_id = o.id) a
             where first <> 1 or last <> version or events <> version"
        ),
    },
    Check {
        name: "order-deadlines",
        says: "an order that waits for payment says until when, and no other does",
        examined: ORDERS,
        violations: concat!(
            "select ", order!("id"), ", format('%s, expires at %s', status, coalesce(expires_at::text, 'no time'))
             from orders
             where (status = 'payment_pending' and expires_at is null)
                or (status not in ('payment_pending', 'expiring') and expires_at is not null)"
        ),
    },
    Check {
        name: "order-payments",
        says: "only an order that was confirmed has a payment, and each confirmed one has",
        examined: ORDERS,
        violations: concat!(
            "select ", order!("id"), ", format('%s, %s', status, payment_status)
             from orders
             where (status in ('payment_pending', 'expiring', 'expired') and payment_status not in ('unpaid', 'authorized'))
                or (status in ('confirmed', 'packed', 'shipped', 'delivered') and payment_status = 'unpaid')"
        ),
    },
    Check {
        name: "cart-generations",
        says: "an order consumed its cart's generation, and a cart's last order is one of its own",
        examined: "select count(*) from carts",
        violations: concat!(
            "select ", order!("o.id"), ", format('of generation %s of cart %s, which is at %s', o.cart_generation, o.cart_id,
                                                  coalesce(c.generation::text, 'none'))
             from orders o left join carts c on c.id = o.cart_id
             where o.cart_id is not null and (c.id is null or c.generation <= o.cart_generation)
             union all
             select 'cart ' || c.id, format('its last order %s is not one of its own', c.last_order_id)
             from carts c left join orders o on o.id = c.last_order_id
             where c.last_order_id is not null and (o.id is null or o.cart_id is distinct from c.id)"
        ),
    },
];
