//! Histories that are right by construction, of every shape; and each with one number that is another.

use proptest::prelude::*;

use super::*;
use crate::history::call::Line;
use crate::history::{Generator, Shape};

fn shape() -> impl Strategy<Value = Shape> {
    let sizes = (1..400_u64, 1..5_u32, 1..4_u32, 1..30_u32, 1..600_u64);
    let of_100 = (0..30_u32, 0..15_u32, 0..15_u32, 0..15_u32, 0..15_u32);
    (sizes, of_100, any::<bool>(), any::<u64>()).prop_map(
        |(
            (operations, accounts, lines, units, under_way),
            (cancelled, unanswered, repeated, looks, expired),
            books,
            seed,
        )| Shape {
            operations,
            accounts,
            lines,
            units,
            under_way,
            cancelled,
            unanswered,
            repeated,
            looks,
            expired,
            books,
            seed,
        },
    )
}

/// An acknowledged order, as good as any.
fn some_order(history: &History, which: usize) -> Option<usize> {
    let placed =
        |call: &crate::history::call::Call| call.answer == Answer::Done && matches!(call.verb, Verb::Hold | Verb::Sale);
    let orders: Vec<usize> = (0..).zip(&history.calls).filter(|(_, call)| placed(call)).map(|(at, _)| at).collect();
    orders.get(which % orders.len().max(1)).copied()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_is_right_by_construction_is_found_right(shape in shape()) {
        let report = check(Generator::make(shape).expect("a history"));
        prop_assert!(report.findings.is_empty(), "{:#?}", report.findings.kept());
    }

    /// However it is spread over accounts and time, one number that is another's does not go unseen.
    #[test]
    fn a_number_that_is_another_is_found(shape in shape(), which in any::<usize>(), by in 1..3_i64) {
        // With calls that may have made a change or not, one that is missing may be theirs.
        let mut history = Generator::make(Shape { unanswered: 0, ..shape }).expect("a history");
        if let Some(order) = some_order(&history, which) {
            let line = (0..).zip(&history.lines).find(|(_, line)| line.call as usize == order).map(|(at, _)| at);
            let line: &mut Line = &mut history.lines[line.unwrap_or(0)];
            line.seq += by;
            prop_assert!(!check(history).findings.is_empty());
        }
    }
}
