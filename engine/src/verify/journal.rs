//! The journal: its batches, and that every change of stock came through one.

use super::check::{Check, account};

const BATCHES: &str = "select count(*) from journal_batches";

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "batches-gapless",
        says: "the batches of each cell are numbered without gaps, from where they were pruned up to its last",
        examined: BATCHES,
        violations: "select 'cell ' || cell, format('last batch %s; %s batches numbered %s to %s, pruned up to %s', last_batch, batches, first, last, pruned_to)
             from (select coalesce(c.id, b.cell_id) as cell, c.last_batch, coalesce(b.batches, 0) as batches,
                          coalesce(b.first, 1) as first, coalesce(b.last, 0) as last, coalesce(b.pruned_to, 0) as pruned_to
                   from cells c
                   full join (select cell_id, max(coalesce(pruned_to, 0)) as pruned_to, max(number) as last,
                                     count(*) filter (where number > coalesce(pruned_to, 0)) as batches,
                                     min(number) filter (where number > coalesce(pruned_to, 0)) as first
                              from journal_batches left join journal_prunings using (cell_id) group by cell_id) b
                        on b.cell_id = c.id) a
             where last_batch is distinct from last or batches <> last - pruned_to",
    },
    Check {
        name: "epochs-ascend",
        says: "no batch was written under an older epoch than the one before it, or a newer one than its cell's",
        examined: BATCHES,
        violations: "select 'cell ' || b.cell_id || ', batch ' || b.number, format('epoch %s after %s; the cell is at %s', b.epoch, b.before, c.epoch)
             from (select cell_id, number, epoch, lag(epoch, 1, 0) over (partition by cell_id order by number) as before
                   from journal_batches) b
             left join cells c on c.id = b.cell_id
             where b.epoch < b.before or b.epoch > c.epoch or c.id is null",
    },
    Check {
        name: "changes-in-batches",
        says: "the changes of each account came in the order of the batches that were committed",
        examined: "select count(*) from stock_ledger",
        violations: concat!(
            "select ", account!("g"), ", format('change %s came in batch %s, the one before in %s', g.seq, g.batch, g.before)
             from (select variant_id, location_id, seq, batch,
                          lag(batch, 1, 0::bigint) over (partition by variant_id, location_id order by seq) as before
                   from stock_ledger) g
             where g.batch < g.before or g.batch < 1 or g.batch > (select max(last_batch) from cells)"
        ),
    },
    Check {
        name: "lines-point-at-changes",
        says: "each order line's seq is the change that promised it",
        examined: "select count(*) from order_lines",
        violations: concat!(
            "select ", account!("n"), ", format('line %s of order %s says change %s', n.line_no, n.order_id, n.seq)
             from order_lines n
             left join stock_ledger g using (variant_id, location_id, seq)
             where g.order_id is distinct from n.order_id or g.kind is null or g.kind not in ('hold', 'sale')"
        ),
    },
];
