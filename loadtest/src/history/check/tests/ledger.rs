//! Histories with the books beside them.

use super::*;

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
fn a_ledger_that_is_empty_where_it_should_not_be() {
    // All that account 1 ever had is gone: only who knows that it was asked for can miss it.
    let without: String =
        LEDGER.lines().filter(|line| !line.contains("ledger 1")).map(|line| format!("{line}\n")).collect();
    is_sound(&without);
    finds("lost", &format!("{without} books 0\n books 1"));
    finds("lost", "1 2 receive 0 done 0*10@1\n books 0");
    is_sound(&format!("{LEDGER} books 0\n books 1"));
    // The other account's is at another location of the SKU.
    finds("lost", &format!("{LEDGER} 5 6 receive 2 done 1.1*3@1\n books 1"));
}

#[test]
fn a_row_that_is_missing_between_others_is_not_excused() {
    // Nobody was told of change 2, and the ledger goes on after it without it.
    let facts = "1 2 receive 0 done 0*10@1
        3 - hold 7 unknown 0*4
        5 6 hold 8 done 0*1@3
        ledger 0 1 1 receive 10 0 -
        ledger 0 3 3 hold 0 1 71";
    finds("gap", facts);
    is_sound(&facts.replace("3 3 hold", "3 3 hold 0 1 71\n ledger 0 2 2 hold 0 4 70\n#"));
}

#[test]
fn what_was_refused_and_is_in_the_ledger() {
    let there = format!("{LEDGER} ledger 0 3 3 hold 0 1 71\n 9 10 hold 9 done 0*1@4\n ledger 0 4 4 hold 0 1 72\n");
    finds("unasked", &format!("{there} 5 6 hold 8 declined 0*1"));
    // Refused, truly; then there was some again, and it was given all the same.
    finds(
        "unasked",
        "1 2 receive 0 done 0*10@1
        3 4 hold 1 done 0*10@2
        5 9 hold 2 refused 0*1@2=0
        5 6 cancel 1 done 0*10@3
        ledger 0 1 1 receive 10 0 -
        ledger 0 2 2 hold 0 10 70
        ledger 0 3 3 release 0 -10 70
        ledger 0 4 4 hold 0 1 71",
    );
    // Beside a call that wants the same and has no answer, it may be that one's: nothing in the ledger says whose it is.
    is_sound(&format!("{there} 5 6 hold 8 declined 0*1\n 5 - hold 10 unknown 0*1"));
    // Not if that one asked after somebody was told of a later change.
    finds("unasked", &format!("{there} 5 6 hold 8 declined 0*1\n 11 - hold 10 unknown 0*1"));
}

#[test]
fn what_was_in_the_ledger_before_anybody_asked() {
    let later = "9 10 hold 9 done 0*1@4\n ledger 0 4 4 hold 0 1 72";
    for (row, call) in [
        ("receive 1 0 -", "receive 10 unknown 0*1"),
        ("hold 0 1 71", "hold 10 unknown 0*1"),
        ("extend 0 0 70", "extend 7 unknown 0*4 1*1"),
    ] {
        let history = |asked: u64| format!("{LEDGER} ledger 0 3 3 {row}\n {asked} - {call}\n {later}");
        is_sound(&history(10));
        finds("unasked", &history(11));
    }
    // One of two came in time, for the first of two.
    let both = |second: u64| {
        format!(
            "{LEDGER} 5 - hold 10 unknown 0*1\n {second} - hold 11 unknown 0*1
            ledger 0 3 3 hold 0 1 71\n {later}\n ledger 0 5 5 hold 0 1 73\n 20 21 hold 12 done 0*1@6\n ledger 0 6 6 hold 0 1 74"
        )
    };
    is_sound(&both(21));
    finds("unasked", &both(22));
}

#[test]
fn batches_grow_with_the_numbers() {
    let rows = |first: u32, second: u32| {
        format!(
            "1 2 receive 0 done 0*10@1
            3 9 hold 1 done 0*1@2
            3 9 hold 2 done 0*1@3
            ledger 0 1 1 receive 10 0 -
            ledger 0 2 {first} hold 0 1 70
            ledger 0 3 {second} hold 0 1 71"
        )
    };
    is_sound(&rows(2, 3));
    is_sound(&rows(2, 2));
    finds("batch backwards", &rows(3, 2));
}
