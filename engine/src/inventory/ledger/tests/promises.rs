//! What is promised to orders: first come, first served, and nothing uncommitted is spent.

use super::story::check;

#[test]
fn what_is_held_and_confirmed_leaves_the_shelf() {
    check(
        "
        receive x 5  | granted, 0/0 #0
        settle x     | ok, 5/0 #1
        hold ann 2   | granted, 5/0 #1
        settle ann   | ok, 5/2 #2
        confirm ann  | granted, 5/2 #2
        settle ann   | ok, 3/0 #3
        confirm ann  | refused: no live hold of this order, 3/0 #3
        ",
    );
}

#[test]
fn a_repeated_hold_is_answered_not_doubled() {
    check(
        "
        receive x 5  | granted, 0/0 #0
        settle x     | ok, 5/0 #1
        hold ann 2   | granted, 5/0 #1
        hold ann 2   | refused: another change of this hold is under way, 5/0 #1
        settle ann   | ok, 5/2 #2
        hold ann 2   | already done, 5/2 #2
        hold ann 3   | refused: this order already holds 2, 3 asked, 5/2 #2
        ",
    );
}

#[test]
fn more_than_is_durable_is_refused_and_more_than_is_left_beside_others_waits() {
    check(
        "
        receive x 3  | granted, 0/0 #0
        settle x     | ok, 3/0 #1
        hold ann 4   | refused: 3 left, 4 asked, 3/0 #1
        hold ann 2   | granted, 3/0 #1
        hold bob 2   | waits, 3/0 #1
        hold cid 1   | waits, 3/0 #1
        hold dan 4   | refused: 3 left, 4 asked, 3/0 #1
        settle ann   | ok; bob refused: 1 left, 2 asked; cid granted, 3/2 #2
        settle cid   | ok, 3/3 #3
        hold eve 1   | refused: 0 left, 1 asked, 3/3 #3
        ",
    );
}

#[test]
fn nobody_is_refused_because_of_a_take_that_is_then_withdrawn() {
    check(
        "
        receive x 2  | granted, 0/0 #0
        settle x     | ok, 2/0 #1
        hold ann 2   | granted, 2/0 #1
        hold bob 2   | waits, 2/0 #1
        drop ann     | ok; bob granted, 2/0 #1
        settle bob   | ok, 2/2 #2
        ",
    );
}

#[test]
fn what_comes_back_counts_only_once_it_is_durable() {
    check(
        "
        receive x 1  | granted, 0/0 #0
        settle x     | ok, 1/0 #1
        hold ann 1   | granted, 1/0 #1
        settle ann   | ok, 1/1 #2
        release ann  | granted, 1/1 #2
        hold bob 1   | refused: 0 left, 1 asked, 1/1 #2
        settle ann   | ok, 1/0 #3
        hold bob 1   | granted, 1/0 #3
        receive y 9  | granted, 1/0 #3
        hold cid 5   | refused: 1 left, 5 asked, 1/0 #3
        drop y       | ok, 1/0 #3
        ",
    );
}

#[test]
fn a_hold_ends_once() {
    check(
        "
        receive x 1  | granted, 0/0 #0
        settle x     | ok, 1/0 #1
        hold ann 1   | granted, 1/0 #1
        settle ann   | ok, 1/1 #2
        expire ann   | granted, 1/1 #2
        confirm ann  | refused: another change of this hold is under way, 1/1 #2
        settle ann   | ok, 1/0 #3
        release ann  | refused: no live hold of this order, 1/0 #3
        ",
    );
}

#[test]
fn a_purchase_limit_counts_held_and_bought_and_is_given_back() {
    check(
        "
        receive x 9       | granted, 0/0 #0
        settle x          | ok, 9/0 #1
        hold ann 2 max 2  | granted, 9/0 #1
        hold ann-2 1 max 2| waits, 9/0 #1
        settle ann        | ok; ann-2 refused: at most 2 a buyer, 2 taken, 1 asked, 9/2 #2
        hold bob 2 max 2  | granted, 9/2 #2
        settle bob        | ok, 9/4 #3
        confirm bob       | granted, 9/4 #3
        settle bob        | ok, 7/2 #4
        hold bob-2 1 max 2| refused: at most 2 a buyer, 2 taken, 1 asked, 7/2 #4
        release ann       | granted, 7/2 #4
        settle ann        | ok, 7/0 #5
        hold ann-2 1 max 2| granted, 7/0 #5
        settle ann-2      | ok, 7/1 #6
        hold ann-3 1 max 1| refused: at most 1 a buyer, 1 taken, 1 asked, 7/1 #6
        release ann-2     | granted, 7/1 #6
        ",
    );
}

#[test]
fn a_sale_is_hold_and_confirm_in_one_and_can_come_back() {
    check(
        "
        receive x 3          | granted, 0/0 #0
        settle x             | ok, 3/0 #1
        sell ann 2           | granted, 3/0 #1
        hold bob 2           | waits, 3/0 #1
        settle ann           | ok; bob refused: 1 left, 2 asked, 1/0 #2
        return ann 3 of 2    | refused: only 2 can still come back, 3 asked, 1/0 #2
        return ann 2 of 2    | granted, 1/0 #2
        settle ann           | ok, 3/0 #3
        ",
    );
}

#[test]
fn an_extended_hold_keeps_what_it_holds() {
    check(
        "
        receive x 1   | granted, 0/0 #0
        settle x      | ok, 1/0 #1
        hold ann 1    | granted, 1/0 #1
        settle ann    | ok, 1/1 #2
        extend ann 15 | already done, 1/1 #2
        extend ann 30 | granted, 1/1 #2
        settle ann    | ok, 1/1 #3
        extend bob 30 | refused: no live hold of this order, 1/1 #3
        ",
    );
}
