//! What lies on the shelf: deliveries, corrections, counts, transfers, and the books it is loaded from.

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId, VariantId};
use crate::inventory::account::Level;
use crate::inventory::change::Kind;
use crate::inventory::command::Command;
use crate::inventory::ledger::{Decided, Durable, Outcome, StockLedger};

use super::story::{SHOP, check, id};

#[test]
fn an_adjustment_takes_like_a_hold_and_never_what_is_promised() {
    check(
        "
        receive x 3  | granted, 0/0 #0
        settle x     | ok, 3/0 #1
        hold ann 2   | granted, 3/0 #1
        adjust y -2  | waits, 3/0 #1
        settle ann   | ok; y refused: 1 left, 2 asked, 3/2 #2
        adjust y -1  | granted, 3/2 #2
        hold bob 1   | waits, 3/2 #2
        settle y     | ok; bob refused: 0 left, 1 asked, 2/2 #3
        ",
    );
}

#[test]
fn a_count_waits_until_nothing_is_unfinished_and_compares_its_own_version() {
    check(
        "
        receive x 5     | granted, 0/0 #0
        settle x        | ok, 5/0 #1
        hold ann 2      | granted, 5/0 #1
        count c 9 at 0  | waits, 5/0 #1
        hold bob 1      | waits, 5/0 #1
        settle ann      | ok; c granted; bob granted, 5/2 #2
        settle c        | ok, 9/2 #3
        settle bob      | ok, 9/3 #4
        count c 9 at 0  | refused: the count is at version 1, 9/3 #4
        count c 2 at 1  | refused: 3 are promised, a count of 2 cannot be, 9/3 #4
        count c 3 at 1  | granted, 9/3 #4
        hold cid 1      | waits, 9/3 #4
        settle c        | ok; cid refused: 0 left, 1 asked, 3/3 #5
        ",
    );
}

#[test]
fn what_is_kept_back_is_not_sold() {
    check(
        "
        count c 5 keep 2 | granted, 0/0 #0
        settle c         | ok, 5/0 #1
        hold ann 4       | refused: 3 left, 4 asked, 5/0 #1
        hold ann 3       | granted, 5/0 #1
        settle ann       | ok, 5/3 #2
        adjust y -2      | granted, 5/3 #2
        settle y         | ok, 3/3 #3
        hold bob 1       | refused: 0 left, 1 asked, 3/3 #3
        ",
    );
}

#[test]
fn a_transfer_takes_here_and_gives_there() {
    check(
        "
        receive x 3   | granted, 0/0 #0
        settle x      | ok, 3/0 #1
        transfer t 4  | refused: 3 left, 4 asked, 3/0 #1
        transfer t 2  | granted, 3/0 #1
        hold ann 2    | waits, 3/0 #1
        settle t      | ok; ann refused: 1 left, 2 asked, 1/0 #2
        ",
    );
}

#[test]
fn a_transfer_of_nothing_or_to_where_it_lies_is_refused() {
    check(
        "
        receive x 3       | granted, 0/0 #0
        settle x          | ok, 3/0 #1
        transfer t 1 home | refused: from and to are the same location, 3/0 #1
        transfer t 0      | refused: beyond what can be counted (1000000000000), 3/0 #1
        transfer t -1     | refused: beyond what can be counted (1000000000000), 3/0 #1
        transfer t 1      | granted, 3/0 #1
        settle t          | ok, 2/0 #2
        ",
    );
}

#[test]
fn a_transfer_stays_within_what_can_be_counted_where_it_arrives() {
    check(
        "
        receive x 1000000000000  | granted, 0/0 #0
        settle x                 | ok, 1000000000000/0 #1
        transfer t 1000000000000 | granted, 1000000000000/0 #1
        settle t                 | ok, 0/0 #2
        receive y 1              | granted, 0/0 #2
        settle y                 | ok, 1/0 #3
        transfer u 1             | refused: beyond what can be counted (1000000000000), 1/0 #3
        ",
    );
}

#[test]
fn what_is_written_of_a_change_says_why_and_by_whose_order() {
    let durable = Durable { store: StoreId::MAIN, levels: vec![], holds: vec![], usage: vec![] };
    let mut ledger = StockLedger::new(VariantId::from_uuid(id("variant")), durable);
    let annex = LocationId::from_uuid(id("annex"));
    let reference = || Some("delivery 7".to_owned());
    let received =
        Command::Adjust { location: SHOP, delta: 5, reason: "new".to_owned(), reference: reference(), received: true };
    let counted =
        Command::Set { location: annex, on_hand: 9, safety: Some(2), count_version: None, reference: reference() };
    let moved = Command::Transfer { from: SHOP, to: annex, quantity: 3, reference: reference() };
    let mut written = Vec::new();
    for command in [received, counted, moved] {
        let Outcome::Done(Decided::Granted(take, changes)) = ledger.decide(&command, Timestamp::UNIX_EPOCH, false)
        else {
            panic!("{command:?} was not granted");
        };
        ledger.settle(take);
        for change in changes {
            assert_eq!(change.reference, reference(), "{change:?}");
            written.push((
                change.kind,
                change.account.location,
                change.delta.on_hand,
                change.delta.safety,
                change.reason,
            ));
        }
    }
    assert_eq!(
        written,
        [
            (Kind::Receive, SHOP, 5, 0, Some("new".to_owned())),
            (Kind::Set, annex, 9, 2, None),
            (Kind::TransferOut, SHOP, -3, 0, None),
            (Kind::TransferIn, annex, 3, 0, None),
        ]
    );
}

#[test]
fn impossible_numbers_are_refused() {
    check(
        "
        receive x 9223372036854775807 | refused: beyond what can be counted (1000000000000), 0/0 #0
        adjust x -9223372036854775808 | refused: beyond what can be counted (1000000000000), 0/0 #0
        receive x 1000000000000       | granted, 0/0 #0
        receive y 1                   | refused: beyond what can be counted (1000000000000), 0/0 #0
        count c -1 at 0               | refused: beyond what can be counted (1000000000000), 0/0 #0
        count c 1000000000001 at 0    | refused: beyond what can be counted (1000000000000), 0/0 #0
        count c 1 keep -1             | refused: beyond what can be counted (1000000000000), 0/0 #0
        count c 1 keep 1000000000001  | refused: beyond what can be counted (1000000000000), 0/0 #0
        ",
    );
}

#[test]
#[should_panic(expected = "do not add up")]
fn a_ledger_is_not_loaded_from_books_that_do_not_add_up() {
    let level = Level { on_hand: 5, reserved: 1, ..Level::default() };
    let durable = Durable { store: StoreId::MAIN, levels: vec![(SHOP, level)], holds: vec![], usage: vec![] };
    drop(StockLedger::new(VariantId::from_uuid(id("variant")), durable));
}
