//! Histories, each with what is to be found in it. What is right in all of them: ten units come in, and are sold.

use proptest::prelude::*;

use super::*;
use crate::history::call::Line;
use crate::history::{Generator, Shape, read};

fn checked(others: &str, facts: &str) -> Report {
    let facts: String = facts.lines().map(|fact| format!("{}\n", fact.trim())).collect();
    check(read(format!("doorbuster history 1\nothers {others}\n{facts}").as_bytes()).unwrap())
}

fn names(report: &Report) -> Vec<&'static str> {
    report.findings.counts().keys().copied().collect()
}

#[track_caller]
fn finds(name: &str, facts: &str) {
    let report = checked("no", facts);
    assert_eq!(names(&report), [name], "{:#?}", report.findings.kept());
}

#[track_caller]
fn is_sound(facts: &str) -> Report {
    let report = checked("no", facts);
    assert!(report.findings.is_empty(), "{:#?}", report.findings.kept());
    report
}

#[test]
fn a_sound_history_has_no_findings() {
    let report = is_sound(
        "1 2 receive 0 done 0*10@1
         1 2 receive 1 done 1*5@1
         3 9 hold 10 done 0*2@2 1*1@2
         3 8 hold 11 done 0*3@4
         4 9 sale 12 done 0*1@3              # all three at once: any order
         10 12 hold 13 refused 0*5@4=4
         10 12 hold 14 refused 0*5@4 1*5@2=4
         level 13 14 0 9 5 0 4
         15 16 cancel 10 done 0*2@5 1*1@3
         17 18 cancel 12 done 0*1@6          # sold: it comes back
         19 20 confirm 11 done 0*3@7
         21 22 hold 15 refused 0*8@7=7
         22 23 extend 16 declined
         24 25 hold 17 done 0*7@8",
    );
    let Counts { changes, refusals, looks, accounts, unseen, .. } = report.counts;
    assert_eq!((changes, refusals, looks, accounts, unseen), (11, 4, 1, 2, 0));
}

#[test]
fn one_change_that_two_were_told_of() {
    finds(
        "one change, two requests",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 done 0*1@2
        3 9 hold 2 done 0*1@2",
    );
}

#[test]
fn a_number_that_nobody_has() {
    finds(
        "gap",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 done 0*1@3",
    );
    // The first one is missing as well.
    finds("gap", "1 2 receive 0 done 0*10@2");
    // Seen by a refusal alone.
    finds(
        "gap",
        "1 2 receive 0 done 0*1@1
        3 9 hold 1 refused 0*3@4",
    );
}

#[test]
fn more_sold_than_there_is() {
    finds(
        "oversold",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 done 0*6@2
        3 9 hold 2 done 0*5@3",
    );
    finds(
        "oversold",
        "1 2 receive 0 done 0*10@1
        3 9 sale 1 done 0*10@2
        3 9 sale 2 done 0*1@3
        10 11 receive 2 done 0*10@4",
    );
    // Spent before it came back: all were held when the third was placed.
    finds(
        "oversold",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 done 0*10@2
        10 20 cancel 1 done 0*10@4
        11 21 hold 2 done 0*1@3",
    );
}

#[test]
fn a_refusal_that_is_not_so() {
    finds(
        "phantom refusal",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 refused 0*10@1",
    );
    finds(
        "another number left",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 refused 0*11@1=9",
    );
    finds(
        "unfounded refusal",
        "1 2 receive 0 done 0*10@1
        3 9 hold 1 refused 0*11",
    );
}

#[test]
fn a_refusal_that_rests_on_what_was_over() {
    // The delivery had been acknowledged, and it is told of the time before.
    finds(
        "stale",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*10@2
        5 6 receive 2 done 0*10@3
        7 8 hold 3 refused 0*1@2=0",
    );
    // Two looks, and the second sees less.
    finds(
        "stale",
        "1 2 receive 0 done 0*10@1
        3 10 hold 1 done 0*10@2
        level 4 5 0 10 10 0 2
        level 6 7 0 10 0 0 1",
    );
}

#[test]
fn a_refusal_that_rests_on_what_was_not_yet() {
    finds(
        "from the future",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 refused 0*1@2=0
        5 6 hold 2 done 0*10@2",
    );
}

#[test]
fn numbers_against_time() {
    finds(
        "out of order",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*1@3
        5 6 hold 2 done 0*1@2",
    );
    // Overlapping in time: either order will do.
    is_sound(
        "1 2 receive 0 done 0*10@1
        3 5 hold 1 done 0*1@3
        5 6 hold 2 done 0*1@2",
    );
}

#[test]
fn a_repeat_that_is_answered_otherwise() {
    finds(
        "repeat differs",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*1@2
        5 6 hold 1 done 0*1@3
        5 6 hold 2 done 0*1@3",
    );
    finds(
        "refused and done",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*10@2
        5 6 hold 1 refused 0*10@2=0",
    );
    is_sound(
        "1 2 receive 0 done 0*10@1
        3 - hold 1 unknown 0*1
        5 6 hold 1 done 0*1@2
        7 8 hold 1 done 0*1@2",
    );
}

#[test]
fn an_order_in_part() {
    finds(
        "not whole",
        "1 2 receive 0 done 0*10@1
        1 2 receive 1 done 1*10@1
        3 4 hold 1 done 0*1@2 1*1",
    );
    // Told of what was not asked.
    finds(
        "not whole",
        "1 2 receive 0 done 0*10@1
        1 2 receive 1 done 1*10@1
        3 4 hold 1 done 0*1@2 1*0@2",
    );
    // Two lines of one SKU are one change.
    is_sound(
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*1@2 0*4@2",
    );
    finds(
        "held twice",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*1@2 0*4@3",
    );
}

#[test]
fn a_hold_ends_once_and_whole() {
    finds(
        "ended without being held",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*4@2
        5 6 cancel 1 done 0*4@3
        7 8 confirm 1 done 0*4@4
        9 9 receive 2 done 0*10@5",
    );
    finds(
        "ended in part",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*4@2
        5 6 cancel 1 done 0*3@3",
    );
}

#[test]
fn a_level_that_the_changes_do_not_add_up_to() {
    finds(
        "another level",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*4@2
        level 5 6 0 10 3 0 2",
    );
}

const LEDGER: &str = "1 2 receive 0 done 0*10@1
    1 2 receive 1 done 1*10@1
    3 4 hold 7 done 0*4@2 1*1@2
    ledger 0 1 1 receive 10 0 -
    ledger 1 1 1 receive 10 0 -
    ledger 0 2 2 hold 0 4 70
    ledger 1 2 2 hold 0 1 70
";

#[test]
fn the_ledger_has_all_that_was_acknowledged_and_as_it_was() {
    is_sound(LEDGER);
    finds("lost", &format!("{LEDGER} 5 6 hold 8 done 0*1@3"));
    finds("ledger differs", &LEDGER.replace("ledger 0 2 2 hold 0 4 70", "ledger 0 2 2 hold 0 5 70"));
    finds("twice in the ledger", &format!("{LEDGER} ledger 0 2 2 hold 0 4 70"));
}

#[test]
fn what_the_clock_ended_is_in_the_ledger_alone() {
    let report = is_sound(&format!("{LEDGER} ledger 0 3 3 expire 0 -4 70\n ledger 1 3 3 expire 0 -1 70"));
    assert_eq!((report.counts.from_the_books, report.counts.unseen), (2, 0));
    // Batch 2 is the last that is known of the second account: what is in batch 3 may be there too.
    is_sound(&format!("{LEDGER} ledger 0 3 3 expire 0 -4 70"));
    let later = "5 6 hold 9 done 1*1@3\n ledger 1 3 4 hold 0 1 71";
    finds("order in part", &format!("{LEDGER} ledger 0 3 3 expire 0 -4 70\n{later}"));
    let torn = "ledger 0 3 3 expire 0 -4 70\n ledger 1 3 4 expire 0 -1 70";
    finds("order in part", &format!("{LEDGER} {torn}"));
    finds(
        "ended without being held",
        &format!(
            "{LEDGER} ledger 0 3 3 expire 0 -4 70\n ledger 1 3 3 expire 0 -1 70\n ledger 0 4 4 confirm -4 -4 70
        ledger 1 4 4 confirm -1 -1 70\n 5 - confirm 7 unknown 0*4 1*1"
        ),
    );
}

#[test]
fn what_nobody_asked_for() {
    finds("unasked", &format!("{LEDGER} ledger 0 3 3 hold 0 1 71"));
    finds("unasked", &format!("{LEDGER} ledger 0 3 3 release 0 -4 70\n ledger 1 3 3 release 0 -1 70"));
    finds("unasked", &format!("{LEDGER} ledger 0 3 3 receive 1 0 -"));
    // A call without an answer may have made it: with all its lines.
    is_sound(&format!("{LEDGER} 5 - hold 8 unknown 0*1 1*1\n ledger 0 3 3 hold 0 1 71\n ledger 1 3 3 hold 0 1 71"));
    finds("unasked", &format!("{LEDGER} 5 - hold 8 unknown 0*1 1*1\n ledger 0 3 3 hold 0 1 71"));
    let once = format!("{LEDGER} 5 - hold 8 unknown 0*1\n ledger 0 3 3 hold 0 1 71");
    is_sound(&once);
    finds("unasked", &format!("{once}\n ledger 0 4 4 hold 0 1 72"));
    is_sound(&format!(
        "{LEDGER} 5 - cancel 7 unknown 0*4 1*1\n ledger 0 3 3 release 0 -4 70\n ledger 1 3 3 release 0 -1 70"
    ));
}

#[test]
fn a_call_without_an_answer_was_carried_out_or_not() {
    for last in
        ["7 8 hold 3 done 0*4@4", "7 8 hold 3 done 0*4@3", "7 8 hold 3 refused 0*9@3", "7 8 hold 3 refused 0*9@2=8"]
    {
        is_sound(&format!(
            "1 2 receive 0 done 0*10@1
            3 4 hold 1 done 0*2@2
            5 - hold 2 unknown 0*3
            {last}"
        ));
    }
    // Whichever way, seven are not left.
    finds(
        "phantom refusal",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*2@2
        5 - hold 2 unknown 0*3
        7 8 hold 3 refused 0*5@3",
    );
    finds(
        "oversold",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*2@2
        5 - hold 2 unknown 0*3
        7 8 hold 3 done 0*6@4",
    );
    // It can have made one change, not two.
    finds(
        "gap",
        "1 2 receive 0 done 0*10@1
        5 - hold 2 unknown 0*3
        7 8 hold 3 done 0*1@4",
    );
}

#[test]
fn where_others_are_about_less_can_be_said() {
    let facts = "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*10@2
        5 6 hold 2 done 0*1@4
        7 8 hold 3 refused 0*1@9
        level 9 9 0 400 100 3 11
        10 11 hold 4 refused 0*500@11=297";
    let report = checked("yes", facts);
    assert!(report.findings.is_empty(), "{:#?}", report.findings.kept());
    assert_eq!(report.counts.unseen, 8, "3, and 5 to 11");
    // After a look, it is known again.
    let report = checked("yes", &format!("{facts}\n 12 13 hold 5 done 0*298@12"));
    assert_eq!(names(&report), ["oversold"]);
}

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
        let report = check(Generator::make(shape).unwrap());
        prop_assert!(report.findings.is_empty(), "{:#?}", report.findings.kept());
    }

    /// However it is spread over accounts and time, one number that is another's does not go unseen.
    #[test]
    fn a_number_that_is_another_is_found(shape in shape(), which in any::<usize>(), by in 1..3_i64) {
        // With calls that may have made a change or not, one that is missing may be theirs.
        let mut history = Generator::make(Shape { unanswered: 0, ..shape }).unwrap();
        if let Some(order) = some_order(&history, which) {
            let line = (0..).zip(&history.lines).find(|(_, line)| line.call as usize == order).map(|(at, _)| at);
            let line: &mut Line = &mut history.lines[line.unwrap_or(0)];
            line.seq += by;
            prop_assert!(!check(history).findings.is_empty());
        }
    }
}
