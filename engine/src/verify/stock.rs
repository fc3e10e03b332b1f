//! Levels and their ledger.

use super::check::{Check, account};

const LEVELS: &str = "select count(*) from stock_levels";
const LEDGER: &str = "select count(*) from stock_ledger";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "level-bounds",
        says: "no more is promised than is on hand",
        examined: LEVELS,
        violations: concat!(
            "select ", account!("l"), ", format('on hand %s, reserved %s, safety %s', on_hand, reserved, safety)
             from stock_levels l
             where reserved < 0 or reserved > on_hand or safety < 0"
        ),
    },
    Check {
        name: "ledger-sums",
        says: "the changes of each account add up to its level",
        examined: LEVELS,
        violations: concat!(
            "select ", account!("a"), ",
                    format('on hand %s, its ledger says %s; reserved %s, its ledger says %s',
                           coalesce(on_hand::text, 'missing'), on_hand_sum, coalesce(reserved::text, 'missing'), reserved_sum)
             from (select variant_id, location_id, l.on_hand, l.reserved,
                          coalesce(g.on_hand, 0) as on_hand_sum, coalesce(g.reserved, 0) as reserved_sum
                   from stock_levels l
                   full join (select variant_id, location_id, sum(on_hand_delta) as on_hand, sum(reserved_delta) as reserved
                              from stock_ledger group by variant_id, location_id) g using (variant_id, location_id)) a
             where on_hand is distinct from on_hand_sum or reserved is distinct from reserved_sum"
        ),
    },
    Check {
        name: "ledger-gapless",
        says: "the changes of each account are numbered without gaps up to its level's seq",
        examined: LEVELS,
        violations: concat!(
            "select ", account!("a"), ",
                    format('level at seq %s; %s changes numbered %s to %s', coalesce(seq::text, 'missing'), changes, first, last)
             from (select variant_id, location_id, l.seq, coalesce(g.changes, 0) as changes,
                          coalesce(g.first, 1) as first, coalesce(g.last, 0) as last
                   from stock_levels l
                   full join (select variant_id, location_id, count(*) as changes, min(seq) as first, max(seq) as last
                              from stock_ledger group by variant_id, location_id) g using (variant_id, location_id)) a
             where seq is distinct from last or first <> 1 or changes <> last"
        ),
    },
    Check {
        name: "ledger-every-instant",
        says: "after each single change, no more was promised than was on hand",
        examined: LEDGER,
        violations: concat!(
            "select ", account!("r"), ", format('after change %s: on hand %s, reserved %s', seq, on_hand, reserved)
             from (select variant_id, location_id, seq, sum(on_hand_delta) over account as on_hand,
                          sum(reserved_delta) over account as reserved
                   from stock_ledger
                   window account as (partition by variant_id, location_id order by seq rows unbounded preceding)) r
             where reserved < 0 or reserved > on_hand"
        ),
    },
    Check {
        name: "ledger-kinds",
        says: "each change does what its kind may do",
        examined: LEDGER,
        violations: concat!(
            "select ", account!("g"), ",
                    format('change %s is a %s of on hand %s, reserved %s%s', seq, kind, on_hand_delta, reserved_delta,
                           case when order_id is null then ' of no order' else '' end)
             from stock_ledger g
             where not case kind
                 when 'receive' then on_hand_delta > 0 and reserved_delta = 0
                 when 'adjust' then reserved_delta = 0
                 when 'set' then reserved_delta = 0
                 when 'transfer_out' then on_hand_delta < 0 and reserved_delta = 0
                 when 'transfer_in' then on_hand_delta > 0 and reserved_delta = 0
                 when 'hold' then on_hand_delta = 0 and reserved_delta > 0 and order_id is not null
                 when 'sale' then on_hand_delta < 0 and reserved_delta = 0 and order_id is not null
                 when 'confirm' then on_hand_delta < 0 and reserved_delta = on_hand_delta and order_id is not null
                 when 'release' then on_hand_delta = 0 and reserved_delta < 0 and order_id is not null
                 when 'expire' then on_hand_delta = 0 and reserved_delta < 0 and order_id is not null
                 when 'extend' then on_hand_delta = 0 and reserved_delta = 0 and order_id is not null
                 when 'return' then on_hand_delta >= 0 and reserved_delta = 0 and order_id is not null
                 else false
             end"
        ),
    },
    Check {
        name: "transfers-balance",
        says: "what left one location of a variant arrived at another in the same batch",
        examined: "select count(*) from stock_ledger where kind in ('transfer_out', 'transfer_in')",
        violations: "select 'variant ' || variant_id, format('batch %s: %s units appeared or vanished', batch, sum(on_hand_delta))
             from stock_ledger where kind in ('transfer_out', 'transfer_in')
             group by variant_id, batch having sum(on_hand_delta) <> 0",
    },
];
