//! Stories of one variant: a command and its exact answer a line.
//!
//! `hold ann 2` asks to hold 2 for ann's order; a granted take is named after the order and stays unfinished until
//! `settle ann` or `drop ann`. The answer shows what is on hand, promised, and its seq: `5/2 #3`.

use std::collections::HashMap;

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::{LocationId, OrderId, PrincipalId, StoreId, VariantId};
use crate::inventory::command::{Command, HoldRef, HoldRequest, Limit, ReturnRequest};
use crate::inventory::ledger::{Decided, Durable, Outcome, StockLedger, TakeId};

struct Story {
    ledger: StockLedger,
    takes: HashMap<String, TakeId>,
    line: Vec<(String, Command)>,
    now: Timestamp,
}

pub(super) fn id(name: &str) -> Uuid {
    Uuid::from_u128(name.bytes().fold(1, |sum, byte| sum * 256 + u128::from(byte)))
}

pub(super) const SHOP: LocationId = LocationId::MAIN;

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
                request(quantity, Some(Limit { max: number(max), window_s: None }), later)
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
            ["transfer", _, quantity, "home"] => {
                Command::Transfer { from: SHOP, to: SHOP, quantity: number(quantity), reference: None }
            }
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
pub(super) fn check(story: &str) {
    let mut teller = Story::new();
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once('|').expect("command | answer");
        assert_eq!(teller.tell(command), expected.trim(), "at: {line}");
    }
}
