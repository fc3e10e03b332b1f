//! What a broken shop would leave behind.

use serde_json::json;

use super::world::{A, B, World, an_order, entry, hold, line, order};
use crate::checker::Usage;
use crate::notes::{Claim, Heard, Intent, Limit, Placed, Short};

type Lie = (&'static str, &'static str, fn(&mut World));

/// What is wrong, which check has to see it, and how it comes to be.
pub(super) const LIES: &[Lie] = &[
    ("an acknowledged order is lost", "acknowledged-once", |world| world.books.orders.retain(|it| it.id != order(4))),
    ("an acknowledged order is there twice", "acknowledged-once", |world| {
        world.books.orders.push(an_order(9, "k4", "confirmed", "cash_on_delivery", 100, 1));
    }),
    ("a line has another quantity", "acknowledged-once", |world| world.books.lines[0].quantity = 1),
    ("a line is missing", "acknowledged-once", |world| drop(world.books.lines.remove(2))),
    ("a line has another number than was told", "acknowledged-once", |world| world.books.lines[0].seq = 3),
    ("another total", "acknowledged-once", |world| world.books.orders[0].grand_minor = 1),
    ("another way of paying", "acknowledged-once", |world| world.books.orders[3].payment = "manual".into()),
    ("what nobody knows about is there, and wrong", "acknowledged-once", |world| {
        world.books.orders.push(an_order(9, "k6", "confirmed", "manual", 700, 1));
    }),
    ("a refused order is there", "refused-absent", |world| {
        world.books.orders.push(an_order(9, "k5", "confirmed", "manual", 900, 1));
        world.books.lines.push(line(9, A, "A", 9, 7));
    }),
    ("an order that nobody wanted", "nobody-elses", |world| {
        world.books.orders.push(an_order(9, "k99", "confirmed", "manual", 100, 1));
    }),
    ("two orders of one cart", "nobody-elses", |world| {
        world.books.orders[0].cart = Some((A, 1));
        world.books.orders[1].cart = Some((A, 1));
    }),
    ("who asks again hears another number", "answers-agree", |world| {
        let again = placed(&world.claims[4]);
        hear(world, 4, Heard::Done { replayed: true, placed: Some(Placed { order_no: "no 7".into(), ..again }) });
    }),
    ("who asks again is refused", "answers-agree", |world| hear(world, 6, refused(Vec::new()))),
    ("nothing was done, and then it had been", "nothing-was-nothing", |world| {
        let nothing = Heard::Unclear { why: "503 temporarily_unavailable".into() };
        world.claims[2].heard = vec![(1, nothing), (2, Heard::Done { replayed: true, placed: None })];
    }),
    ("another took the orders, and then it had been done", "nothing-was-nothing", |world| {
        let nothing = Heard::Unclear { why: "503 standing_by".into() };
        world.claims[2].heard = vec![(1, nothing), (2, Heard::Done { replayed: true, placed: None })];
    }),
    ("an error of the shop's own", "answers-known", |world| {
        hear(world, 8, Heard::Wrong { status: 500, body: "internal".into() });
    }),
    ("an acknowledged cancellation did not happen", "moves-as-told", |world| {
        world.books.events.retain(|event| event.kind != "cancelled");
    }),
    ("confirmed by nobody", "moves-as-told", |world| drop(world.claims.remove(1))),
    ("confirmed though it was refused", "moves-as-told", |world| {
        world.claims[1].heard = vec![(1, refused(Vec::new()))]
    }),
    ("confirmed twice", "moves-as-told", |world| {
        let again = world.books.events[1].clone();
        world.books.events.push(again);
    }),
    ("an event is missing", "moves-as-told", |world| drop(world.books.events.remove(0))),
    ("it holds less than was bought", "holds-match", |world| world.books.holds[0].quantity = 1),
    ("a confirmed order whose goods are only held", "holds-match", |world| world.books.holds[0].state = "held".into()),
    ("a cancelled order whose goods are sold", "holds-match", |world| world.books.holds[2].state = "confirmed".into()),
    ("a hold of no order", "holds-match", |world| world.books.holds.push(hold(77, A, 1, "expired"))),
    ("an order that holds nothing", "holds-match", |world| drop(world.books.holds.remove(1))),
    ("a hold that ran out before the calm, and its grace, is still there", "holds-end", |world| {
        world.books.holds[1].state = "held".into();
    }),
    ("a hold that ran out in the calm is still there", "holds-end", |world| {
        world.books.holds[1].state = "held".into();
        world.books.holds[1].expires_us = Some(90_000_000);
    }),
    ("a hold without an end", "holds-end", |world| {
        world.books.holds[1].state = "held".into();
        world.books.holds[1].expires_us = None;
    }),
    ("more is reserved than held", "reserved-is-held", |world| world.books.levels[0].reserved = 1),
    ("more is held than reserved", "reserved-is-held", |world| world.books.holds[1].state = "held".into()),
    ("a unit appeared", "level-is-ledger", |world| world.books.levels[0].on_hand = 5),
    ("a level without a row", "level-is-ledger", |world| world.books.levels.truncate(1)),
    ("sold before it was there", "never-oversold", |world| {
        world.books.ledger[0].on_hand = 1;
        world.books.ledger[3].on_hand = 5;
    }),
    ("released twice", "never-oversold", |world| {
        world.books.ledger.push(entry(B, 5, 8, "release", (0, -2), Some(3), None));
    }),
    ("a change is missing", "seq-gapless", |world| drop(world.books.ledger.remove(3))),
    ("a number was given out twice", "seq-gapless", |world| world.books.ledger[4].seq = 4),
    ("the level is behind its ledger", "seq-gapless", |world| world.books.levels[0].seq = 5),
    ("a line names another order's change", "seq-gapless", |world| world.books.lines[1].seq = 2),
    ("an acknowledged delivery is not entered", "stock-as-told", |world| world.books.ledger[3].reference = None),
    ("a delivery is entered twice", "stock-as-told", |world| {
        world.books.ledger.push(entry(A, 7, 8, "receive", (1, 0), None, Some("s1")));
    }),
    ("a delivery of another quantity", "stock-as-told", |world| world.books.ledger[3].on_hand = 2),
    ("a refused change is entered", "stock-as-told", |world| {
        world.books.ledger.push(entry(A, 7, 8, "adjust", (-3, 0), None, Some("s2")));
    }),
    ("a delivery that nobody made", "stock-as-told", |world| {
        world.books.ledger.push(entry(A, 7, 8, "receive", (3, 0), None, Some("s99")));
    }),
    ("a batch is missing", "batches-gapless", |world| world.books.batches.retain(|batch| batch.number != 4)),
    ("the last batch is not there", "batches-gapless", |world| world.books.last_batch = 9),
    ("an older writer wrote after a newer one", "batches-gapless", |world| world.books.batches[7].epoch = 1),
    ("a change of no batch", "batches-gapless", |world| world.books.ledger[0].batch = 0),
    ("a buyer has more than they may", "limits-kept", |world| {
        world.books.holds[3].quantity = 4;
        world.books.usage[0].used = 4;
    }),
    ("what a buyer has is not counted", "limits-kept", |world| world.books.usage.clear()),
    ("what a buyer gave back is still counted", "limits-kept", |world| world.books.usage[0].used = 3),
    ("counted for somebody who has nothing", "limits-kept", |world| {
        world.books.usage.push(Usage { variant: B, principal: A, used: 1 });
    }),
    ("a hold that does not count against its limit", "limits-kept", |world| world.books.holds[3].limited = false),
    ("nobody was told of an order", "outbox-tells-all", |world| drop(world.books.outbox.remove(1))),
    ("everybody was told twice", "outbox-tells-all", |world| {
        let again = world.books.outbox[1].clone();
        world.books.outbox.push(again);
    }),
    ("told of what never was", "outbox-tells-all", |world| {
        let told = json!([{ "order": format!("ord_{}", order(1).simple()), "version": 3 }]);
        world.books.outbox.push(("order".into(), told));
    }),
    ("nobody was told of the newest level", "outbox-tells-all", |world| drop(world.books.outbox.remove(4))),
    ("refused, with enough on the shelf", "refusal-true", |world| {
        world.claims[7].heard = vec![(1, refused(short(3, 3, 6)))]
    }),
    ("refused with a number that was never true", "refusal-true", |world| {
        world.claims[7].heard = vec![(1, refused(short(9, 2, 6)))];
    }),
    ("refused a loss, with enough on the shelf", "refusal-true", |world| {
        world.claims[9].heard = vec![(1, refused(short(4, 4, 6)))];
    }),
    ("refused for a limit that was not reached", "refusal-true", |world| limit(world, |limit| limit.requested = 2)),
    ("refused for more than they had", "refusal-true", |world| limit(world, |limit| limit.already = 2)),
    ("refused for what they had given back by then", "refusal-true", |world| {
        limit(world, |limit| (limit.already, limit.seq) = (2, 3));
    }),
    ("refused for another limit", "refusal-true", |world| limit(world, |limit| limit.limit = 2)),
    ("refused for what somebody else has", "refusal-true", |world| world.books.orders[3].principal = A),
    ("refused for a limit from an old memory", "refusal-stale", |world| {
        // At change 2 they had two; change 4 had been heard of when it was asked.
        limit(world, |limit| (limit.already, limit.seq) = (2, 2));
    }),
    ("the order of somebody else", "acknowledged-once", |world| world.books.orders[0].principal = A),
    ("refused from an old memory", "refusal-stale", |world| {
        // At change 4 there were four; change 5 had been heard of by then.
        world.claims[7].heard = vec![(7_500_000, refused(short(9, 4, 4)))];
    }),
];

fn hear(world: &mut World, id: usize, heard: Heard) {
    world.claims[id].heard.push((9_000_000, heard));
}

fn placed(claim: &Claim) -> Placed {
    assert!(matches!(claim.intent, Intent::Order { .. }));
    claim.placed().next().expect("it was acknowledged").clone()
}

fn limit(world: &mut World, lie: fn(&mut Limit)) {
    let Heard::Refused { limit: Some(limit), .. } = &mut world.claims[10].heard[0].1 else { panic!("it was refused") };
    lie(limit);
}

fn refused(short: Vec<Short>) -> Heard {
    Heard::Refused { code: "out_of_stock".into(), short, limit: None }
}

fn short(requested: i64, available: i64, seq: i64) -> Vec<Short> {
    vec![Short { sku: "A".into(), requested, available, seq }]
}
