//! Stories of one variant: a command and its exact answer a line.
//!
//! `hold ann 2` asks to hold 2 for ann's order; a granted take is named after the order and stays unfinished until
//! `settle ann` or `drop ann`. The answer shows what is on hand, promised, and its seq: `5/2 #3`.

use super::*;
use crate::id::{OrderId, PrincipalId};
use uuid::Uuid;

struct Story {
    ledger: StockLedger,
    takes: HashMap<String, TakeId>,
    line: Vec<(String, Command)>,
    now: Timestamp,
}

fn id(name: &str) -> Uuid {
    Uuid::from_u128(name.bytes().fold(1, |sum, byte| sum * 256 + u128::from(byte)))
}

const SHOP: LocationId = LocationId::MAIN;

fn annex() -> LocationId {
    LocationId::from_uuid(id("annex"))
}

impl Story {
    fn new() -> Self {
        let durable = Durable { store: StoreId::MAIN, levels: vec![], holds: vec![], usage: vec![] };
        let now = Timestamp::from_timestamp(1_000_000, 0).expect("in range");
        let ledger = StockLedger::new(VariantId::from_uuid(id("variant")), durable);
        Self { ledger, takes: HashMap::new(), line: Vec::new(), now }
    }

    fn command(&self, words: &[&str]) -> (String, Command) {
        let number = |word: &str| word.parse::<i64>().expect("a number");
        let hold = |name: &str| HoldRef { location: SHOP, order: OrderId::from_uuid(id(name)), attempt: 1 };
        let name = words.get(1).copied().unwrap_or_default().to_owned();
        // "ann-2" is ann's second order.
        let buyer = name.split('-').next().unwrap_or_default().to_owned();
        let request = |quantity: &str, limit, expires_at| {
            Command::Hold(HoldRequest {
                location: SHOP,
                order: OrderId::from_uuid(id(&name)),
                attempt: 1,
                quantity: number(quantity),
                principal: PrincipalId::from_uuid(id(&buyer)),
                limit,
                expires_at,
            })
        };
        let later = Some(self.now + chrono::TimeDelta::minutes(15));
        let adjust = |delta: i64, received| Command::Adjust {
            location: SHOP,
            delta,
            reason: "test".to_owned(),
            reference: None,
            received,
        };
        let command = match words {
            ["receive", _, quantity] => adjust(number(quantity), true),
            ["adjust", _, delta] => adjust(number(delta), false),
            ["hold", _, quantity] => request(quantity, None, later),
            ["hold", _, quantity, "max", max] => {
                request(quantity, Some(super::super::command::Limit { max: number(max), window_s: None }), later)
            }
            ["sell", _, quantity] => request(quantity, None, None),
            ["confirm", of, ..] => Command::Confirm(hold(of)),
            ["release", of, ..] => Command::Release(hold(of), "test".to_owned()),
            ["expire", of, ..] => Command::Expire(hold(of)),
            ["extend", of, minutes] => {
                Command::Extend(hold(of), self.now + chrono::TimeDelta::minutes(number(minutes)))
            }
            ["return", of, quantity, "of", confirmed] => Command::Return(ReturnRequest {
                hold: hold(of),
                principal: PrincipalId::from_uuid(id(&buyer)),
                limit_window: None,
                confirmed: number(confirmed),
                returned: 0,
                quantity: number(quantity),
                restock: true,
                reason: "test".to_owned(),
            }),
            ["count", _, on_hand, "at", version] => Command::Set {
                location: SHOP,
                on_hand: number(on_hand),
                safety: None,
                count_version: Some(number(version)),
                reference: None,
            },
            ["count", _, on_hand, "keep", safety] => Command::Set {
                location: SHOP,
                on_hand: number(on_hand),
                safety: Some(number(safety)),
                count_version: None,
                reference: None,
            },
            ["transfer", _, quantity] => {
                Command::Transfer { from: SHOP, to: annex(), quantity: number(quantity), reference: None }
            }
            _ => panic!("no such command: {words:?}"),
        };
        (name, command)
    }

    fn tell(&mut self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let said = match words.as_slice() {
            ["settle", name] => {
                let take = self.takes.remove(*name).expect("a take of that name");
                self.ledger.settle(take);
                self.serve()
            }
            ["drop", name] => {
                let take = self.takes.remove(*name).expect("a take of that name");
                self.ledger.drop_take(take);
                self.serve()
            }
            words => {
                let (name, command) = self.command(words);
                let outcome = self.ledger.decide(&command, self.now, false);
                self.hear(name, command, outcome)
            }
        };
        let level = self.ledger.level(SHOP);
        format!("{said}, {}/{} #{}", level.on_hand, level.reserved, level.seq)
    }

    fn hear(&mut self, name: String, command: Command, outcome: Outcome) -> String {
        match outcome {
            Outcome::Done(Decided::Granted(take, _)) => {
                self.takes.insert(name, take);
                "granted".to_owned()
            }
            Outcome::Wait => {
                self.ledger.join_line(StockLedger::waits_at(&command).expect("only what takes waits"));
                self.line.push((name, command));
                "waits".to_owned()
            }
            Outcome::Done(Decided::AlreadyDone) => "already done".to_owned(),
            Outcome::Done(Decided::Refused(refused)) => format!("refused: {refused}"),
        }
    }

    /// As the actor does it: first come first served, stopping at the first who must go on waiting.
    fn serve(&mut self) -> String {
        let mut said = vec!["ok".to_owned()];
        while let Some((name, command)) = self.line.first().cloned() {
            let outcome = self.ledger.decide(&command, self.now, true);
            if outcome == Outcome::Wait {
                break;
            }
            self.line.remove(0);
            self.ledger.leave_line(StockLedger::waits_at(&command).expect("it waited"));
            let answer = self.hear(name.clone(), command, outcome);
            said.push(format!("{name} {answer}"));
        }
        said.join("; ")
    }
}

#[track_caller]
fn check(story: &str) {
    let mut teller = Story::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once('|').expect("command | answer");
        assert_eq!(teller.tell(command), expected.trim(), "at: {line}");
    }
}

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

#[test]
fn impossible_numbers_are_refused() {
    check(
        "
        receive x 9223372036854775807 | refused: beyond what can be counted (1000000000000), 0/0 #0
        adjust x -9223372036854775808 | refused: beyond what can be counted (1000000000000), 0/0 #0
        receive x 1000000000000       | granted, 0/0 #0
        receive y 1                   | refused: beyond what can be counted (1000000000000), 0/0 #0
        count c -1 at 0               | refused: beyond what can be counted (1000000000000), 0/0 #0
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
