//! Histories that are right by construction: a shop of one thread, asked by many at once. Each call takes effect at one
//! moment between its question and its answer. What checks histories is tried with them, and measured with long ones.

use std::collections::VecDeque;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use super::call::{Answer, CallParts, Entry, History, Kind, Level, Line, NEVER, NONE, UNTOLD, Verb};

/// What kind of history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) operations: u64,
    pub(crate) accounts: u32,
    /// Lines of an order, at most.
    pub(crate) lines: u32,
    /// Of each account, at first and whenever more comes.
    pub(crate) units: u32,
    /// How long a call is under way at most (ns). Calls begin about every ten.
    pub(crate) under_way: u64,
    /// Of 100: cancellations, calls without an answer, repeats, looks at the books, orders that end by the clock.
    pub(crate) cancelled: u32,
    pub(crate) unanswered: u32,
    pub(crate) repeated: u32,
    pub(crate) looks: u32,
    pub(crate) expired: u32,
    /// The books are read at the end. Without them nothing may end by the clock unless others are about.
    pub(crate) books: bool,
    pub(crate) seed: u64,
}

pub(crate) struct Generator {
    shape: Shape,
    history: History,
    dice: SmallRng,
    accounts: Vec<Account>,
    /// Those that an answer told of and nothing ended, the oldest first.
    orders: VecDeque<Order>,
    now: u64,
    next_key: u64,
}

#[derive(Clone, Copy, Default)]
struct Account {
    on_hand: i64,
    reserved: i64,
    seq: i64,
}

struct Order {
    key: u64,
    verb: Verb,
    answered: u64,
    lines: Vec<(u32, u32)>,
}

/// More than these need not be remembered for cancellations to be about old and new orders.
const ORDERS_MAX: usize = 10_000;

impl Generator {
    pub(crate) fn make(shape: Shape) -> anyhow::Result<History> {
        let mut history = History::default();
        "made".clone_into(&mut history.run);
        for sku in 0..shape.accounts {
            history.skus.push(format!("made-{sku}"));
            history.account(sku, 0);
        }
        history.locations.push("main".to_owned());
        if shape.books {
            history.books = (0..shape.accounts).collect();
        }
        let accounts = vec![Account::default(); shape.accounts as usize];
        let dice = SmallRng::seed_from_u64(shape.seed);
        let mut one = Self {
            shape,
            history,
            dice,
            accounts,
            orders: VecDeque::new(),
            now: shape.under_way,
            next_key: shape.accounts.into(),
        };
        for account in 0..shape.accounts {
            one.receive(account, account.into())?;
        }
        while (one.history.calls.len() as u64) < shape.operations {
            one.step()?;
        }
        Ok(one.history)
    }

    fn step(&mut self) -> anyhow::Result<()> {
        self.now += self.dice.random_range(1..20);
        let dice = self.dice.random_range(0..100_u32);
        let Shape { cancelled, looks, expired, .. } = self.shape;
        let account = self.dice.random_range(0..self.shape.accounts);
        if dice < cancelled {
            return self.cancel();
        }
        if dice < cancelled + looks {
            return self.look(account);
        }
        if dice < cancelled + looks + expired && self.shape.books {
            self.expire();
            return Ok(());
        }
        // Rarely: most histories of a sale are refusals.
        if self.dice.random_range(0..50_u32) == 0 {
            let key = self.key();
            return self.receive(account, key);
        }
        self.order()
    }

    fn order(&mut self) -> anyhow::Result<()> {
        let verb = if self.dice.random_range(0..4_u32) == 0 { Verb::Sale } else { Verb::Hold };
        let lines = self.basket();
        let key = self.key();
        let (asked, answered) = self.moment();
        let short = |(account, quantity): &(u32, u32)| self.sellable(*account) < i64::from(*quantity);
        if lines.iter().any(short) {
            let tell = self.dice.random_range(0..2_u32) == 0;
            let line = |wanted: &(u32, u32)| self.refused(*wanted, tell);
            let told: Vec<Line> = lines.iter().map(line).collect();
            return self.tell(CallParts { asked, answered, key, verb, answer: Answer::Refused }, told);
        }
        let number = u32::try_from(key).ok();
        if self.is_one_of_100(self.shape.unanswered) {
            // Done or not; whoever asks again learns it.
            if self.dice.random_range(0..2_u32) == 0 {
                let asking = asking(&lines);
                return self.tell(CallParts { asked, answered: NEVER, key, verb, answer: Answer::Unknown }, asking);
            }
            let told = self.take(&lines, verb, number);
            self.tell(CallParts { asked, answered: NEVER, key, verb, answer: Answer::Unknown }, asking(&lines))?;
            if self.dice.random_range(0..2_u32) == 0 {
                return self.again(CallParts { asked, answered, key, verb, answer: Answer::Done }, told);
            }
            return Ok(());
        }
        let told = self.take(&lines, verb, number);
        if self.orders.len() == ORDERS_MAX {
            self.orders.pop_front();
        }
        self.orders.push_back(Order { key, verb, answered, lines });
        self.tell(CallParts { asked, answered, key, verb, answer: Answer::Done }, told.clone())?;
        if self.is_one_of_100(self.shape.repeated) {
            return self.again(CallParts { asked, answered, key, verb, answer: Answer::Done }, told);
        }
        Ok(())
    }

    /// The same request once more, later, with the same answer.
    fn again(&mut self, call: CallParts, told: Vec<Line>) -> anyhow::Result<()> {
        let asked = call.answered.saturating_add(self.dice.random_range(0..1_000));
        let answered = asked + self.dice.random_range(1..1_000);
        self.tell(CallParts { asked, answered, ..call }, told)
    }

    fn cancel(&mut self) -> anyhow::Result<()> {
        let (asked, answered) = self.moment();
        if self.orders.is_empty() {
            return Ok(());
        }
        let which = self.dice.random_range(0..self.orders.len());
        // Who cancels has heard that there is an order.
        let Some(order) = self.orders.swap_remove_back(which).filter(|order| order.answered <= asked) else {
            return Ok(());
        };
        let told = self.give_back(&order, Kind::Release);
        let (answered, answer, told) = match self.is_one_of_100(self.shape.unanswered) {
            true => (NEVER, Answer::Unknown, asking(&order.lines)),
            false => (answered, Answer::Done, told),
        };
        self.tell(CallParts { asked, answered, key: order.key, verb: Verb::Cancel, answer }, told)
    }

    /// By the clock: nobody is told.
    fn expire(&mut self) {
        if let Some(order) = self.orders.pop_front().filter(|order| order.verb == Verb::Hold) {
            self.give_back(&order, Kind::Expire);
        }
    }

    fn give_back(&mut self, order: &Order, kind: Kind) -> Vec<Line> {
        let number = u32::try_from(order.key).ok();
        let give = |(account, quantity): &(u32, u32)| {
            let back = i64::from(*quantity);
            let sold = order.verb == Verb::Sale;
            let (on_hand, reserved, kind) = if sold { (back, 0, Kind::Return) } else { (0, -back, kind) };
            self.change(*account, *quantity, (on_hand, reserved), kind, number)
        };
        order.lines.iter().map(give).collect()
    }

    fn receive(&mut self, account: u32, key: u64) -> anyhow::Result<()> {
        let (asked, answered) = self.moment();
        let units = self.shape.units;
        let told = self.change(account, units, (units.into(), 0), Kind::Receive, None);
        self.tell(CallParts { asked, answered, key, verb: Verb::Receive, answer: Answer::Done }, vec![told])
    }

    fn look(&mut self, account: u32) -> anyhow::Result<()> {
        let (asked, answered) = self.moment();
        let Account { on_hand, reserved, seq } = self.accounts[account as usize];
        let told = u32::try_from(self.history.levels.len())?;
        self.history.levels.push(Level { on_hand, reserved, safety: 0 });
        let call = CallParts { asked, answered, key: told.into(), verb: Verb::Level, answer: Answer::Done };
        self.history.add(call, [Line { seq, account, quantity: 0, told, call: 0 }])
    }

    fn take(&mut self, lines: &[(u32, u32)], verb: Verb, order: Option<u32>) -> Vec<Line> {
        let take = |(account, quantity): &(u32, u32)| {
            let wanted = i64::from(*quantity);
            let sold = verb == Verb::Sale;
            let (moves, kind) = if sold { ((-wanted, 0), Kind::Sale) } else { ((0, wanted), Kind::Hold) };
            self.change(*account, *quantity, moves, kind, order)
        };
        lines.iter().map(take).collect()
    }

    fn change(&mut self, account: u32, quantity: u32, moves: (i64, i64), kind: Kind, order: Option<u32>) -> Line {
        let level = &mut self.accounts[account as usize];
        level.on_hand += moves.0;
        level.reserved += moves.1;
        level.seq += 1;
        let seq = level.seq;
        if self.shape.books {
            let (on_hand, reserved) = moves;
            // One thread: what one call does is written together.
            let batch = i64::try_from(self.history.calls.len()).unwrap_or(i64::MAX);
            self.history.ledger.push(Entry { seq, batch, on_hand, reserved, account, order, kind });
        }
        Line { seq, ..Line::asking(account, quantity) }
    }

    fn refused(&self, (account, quantity): (u32, u32), tell: bool) -> Line {
        let left = self.sellable(account);
        let asking = Line::asking(account, quantity);
        if left >= i64::from(quantity) {
            return asking;
        }
        let told = u32::try_from(left).ok().filter(|_| tell).unwrap_or(UNTOLD);
        Line { seq: self.accounts[account as usize].seq, told, ..asking }
    }

    fn sellable(&self, account: u32) -> i64 {
        let level = self.accounts[account as usize];
        level.on_hand - level.reserved
    }

    /// Different accounts, some of each.
    fn basket(&mut self) -> Vec<(u32, u32)> {
        let lines = self.dice.random_range(1..=self.shape.lines.min(self.shape.accounts));
        let first = self.dice.random_range(0..self.shape.accounts);
        let line = |more| ((first + more) % self.shape.accounts, self.dice.random_range(1..=3));
        (0..lines).map(line).collect()
    }

    /// It takes effect now, was asked for before, and is answered later.
    fn moment(&mut self) -> (u64, u64) {
        let before = self.dice.random_range(0..self.shape.under_way);
        (self.now - before, self.now + self.dice.random_range(0..self.shape.under_way))
    }

    fn tell(&mut self, call: CallParts, lines: Vec<Line>) -> anyhow::Result<()> {
        self.history.add(call, lines)
    }

    fn key(&mut self) -> u64 {
        self.next_key += 1;
        self.next_key
    }

    fn is_one_of_100(&mut self, of_100: u32) -> bool {
        self.dice.random_range(0..100_u32) < of_100
    }
}

fn asking(lines: &[(u32, u32)]) -> Vec<Line> {
    let asking = lines.iter().map(|(account, quantity)| Line::asking(*account, *quantity));
    asking.inspect(|line| debug_assert_eq!(line.seq, NONE, "nothing is told yet")).collect()
}
