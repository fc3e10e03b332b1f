//! What nobody was told of: it explains what it can have done, and nothing more.

use super::*;

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
fn a_call_without_an_answer_explains_nothing_that_was_there_before_it() {
    let until = |asked: u64| {
        format!(
            "1 2 receive 0 done 0*10@1
            7 8 hold 1 done 0*1@3
            {asked} - hold 2 unknown 0*3"
        )
    };
    is_sound(&until(8));
    finds("gap", &until(9));
    // Whoever reads the number has it from before, too.
    finds(
        "gap",
        "1 2 receive 0 done 0*10@1
        5 6 hold 1 refused 0*8@2
        7 - hold 2 unknown 0*3",
    );
    // Two are missing, one of which can be had by then: the other one comes too late for it.
    let two = |second: u64| {
        format!(
            "1 2 receive 0 done 0*10@1
            3 - hold 1 unknown 0*1
            {second} - hold 2 unknown 0*1
            5 6 hold 3 done 0*1@4
            20 21 hold 4 done 0*1@5"
        )
    };
    is_sound(&two(6));
    finds("gap", &two(7));
    // Lines that want the same are one change.
    finds(
        "gap",
        "1 2 receive 0 done 0*10@1
        3 - hold 1 unknown 0*1 0*1
        5 6 hold 3 done 0*1@4",
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

#[test]
fn a_shelf_with_less_than_nothing_on_it() {
    let counted = |units: i64| {
        format!(
            "1 2 receive 0 done 0*10@1
            3 4 hold 1 done 0*4@2
            ledger 0 1 1 receive 10 0 -
            ledger 0 2 2 hold 0 4 70
            ledger 0 3 3 adjust {units} 0 -"
        )
    };
    // Somebody else counted: down to what is promised, and below it.
    assert_eq!(names(&checked("yes", &counted(-6))), [""; 0]);
    assert_eq!(names(&checked("yes", &counted(-7))), ["impossible level"]);
    finds("unasked", &counted(-6));
}
