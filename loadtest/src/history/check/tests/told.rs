//! Answers that cannot all be true, whatever else happened.

use super::*;

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
fn a_refusal_is_repeated_for_a_while() {
    const SECOND: u64 = 1_000_000_000;
    let repeated = |after_s: u64| {
        let asked = 20 + after_s * SECOND;
        format!(
            "1 2 receive 0 done 0*10@1
            3 4 hold 1 done 0*10@2
            5 6 hold 2 refused 0*1@2=0
            7 8 cancel 1 done 0*10@3
            {asked} {} hold 2 refused 0*1@2=0",
            asked + 1
        )
    };
    is_sound(&repeated(0));
    is_sound(&repeated(29));
    finds("stale", &repeated(31));
    // Not by whoever asks for the first time.
    finds("stale", &repeated(0).replace("20 21 hold 2", "20 21 hold 3"));
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

#[test]
fn orders_that_cross() {
    let goods = "1 2 receive 0 done 0*10@1
        1 2 receive 1 done 1*10@1
        1 2 receive 2 done 2*10@1";
    // Each before the other.
    finds("crossed", &format!("{goods}\n 3 9 hold 3 done 0*1@2 1*1@3\n 3 9 hold 4 done 0*1@3 1*1@2"));
    is_sound(&format!("{goods}\n 3 9 hold 3 done 0*1@2 1*1@2\n 3 9 hold 4 done 0*1@3 1*1@3"));
    // With others in between that are of one account; and a cancellation.
    finds(
        "crossed",
        &format!(
            "{goods}
            3 9 hold 3 done 0*1@2 1*1@4
            3 9 hold 4 done 0*1@4 1*1@2
            3 9 hold 5 done 0*1@3
            3 9 hold 6 done 1*1@3"
        ),
    );
    finds(
        "crossed",
        &format!(
            "{goods}
            3 4 hold 3 done 0*1@2 1*1@2
            5 9 cancel 3 done 0*1@3 1*1@4
            5 9 sale 4 done 0*1@4 1*1@3"
        ),
    );
    // Three in a circle, no two of which share more than one account.
    let report = checked(
        "no",
        &format!(
            "{goods}
            3 9 hold 3 done 0*1@2 1*1@3
            3 9 hold 4 done 1*1@2 2*1@3
            3 9 hold 5 done 0*1@3 2*1@2"
        ),
    );
    // 3 before 5 at account 0, 5 before 4 at account 2, 4 before 3 at account 1.
    let mut circle = match report.findings.kept() {
        [Finding::Crossed { keys }] => keys.clone(),
        other => panic!("{other:#?}"),
    };
    let first = circle.iter().position(|key| *key == 3).expect("it is in the circle");
    circle.rotate_left(first);
    assert_eq!(circle, [3, 5, 4]);
}
