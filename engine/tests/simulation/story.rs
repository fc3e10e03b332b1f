//! One run: a shop opens, people come, things go wrong, it becomes quiet, and then everything must be explained.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::Settings;
use engine::id::{LocationId, StoreId};
use engine::inventory::Command;
use engine::order::Status;

use crate::cluster::{Cluster, Network};
use crate::faults;
use crate::goods;
use crate::history::{History, unexplained};
use crate::people::{Buyer, Habits, change_stock, keep_shelves, principal};
use crate::postgres::{Line, Postgres};
use crate::world;

/// What one seed came to.
pub(crate) struct Told {
    pub(crate) findings: Vec<String>,
    pub(crate) events: u64,
    pub(crate) trace: u64,
    /// How often each rare thing happened.
    pub(crate) seen: BTreeMap<&'static str, u64>,
    pub(crate) orders: usize,
}

/// No run of these needs so many; one that does goes round in circles.
const EVENTS_MAX: u64 = 3_000_000;
/// Longer than any hold and the grace after an outage together.
const QUIET: Duration = Duration::from_secs(120);

pub(crate) fn run(seed: u64) -> Told {
    let postgres = Postgres::new();
    let ended = world::run(seed, EVENTS_MAX, story(postgres.clone()));
    let mut findings: Vec<String> = match ended.outcome {
        Some(findings) => findings,
        None if ended.events >= EVENTS_MAX => vec!["it goes round in circles".to_owned()],
        None => vec!["everybody waits for somebody, for ever".to_owned()],
    };
    findings.extend(ended.panics.into_iter().map(|said| format!("a panic: {said}")));
    let mut server = postgres.server();
    findings.append(&mut server.tables.broken);
    let (seen, orders) = (std::mem::take(&mut server.seen), server.tables.orders.len());
    Told { findings, events: ended.events, trace: ended.trace, seen, orders }
}

/// What kind of day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    /// Nothing fails, and whatever is not answered well and soon is a finding.
    Calm,
    /// Calm, and so many at one thing that something of it is always under way.
    Rush,
    Ordinary,
    Stormy,
}

async fn story(postgres: Postgres) -> Vec<String> {
    let day = world::random(|random| *random.one_of(&[Day::Calm, Day::Rush, Day::Ordinary, Day::Stormy, Day::Stormy]));
    let calm = matches!(day, Day::Calm | Day::Rush);
    {
        let mut server = postgres.server();
        server.line = Line { slowest: ms(1), disk: ms(4), ..Line::default() };
        for kind in 0..goods::KINDS {
            server.tables.limits.extend(goods::limit_of(kind).map(|max| (goods::variant(kind), max)));
        }
    }
    let cluster = Cluster::start(postgres.clone(), settings(calm), 2);
    let history = History::default();
    cluster.set_network(kind_network());
    if !opens(&cluster).await {
        return vec!["it never opened".to_owned()];
    }
    stock_up(&cluster, day).await;

    let habits = habits(day);
    if !calm {
        cluster.set_network(bad_network());
    }
    let there = Rc::new(Cell::new(0_u32));
    let buyers = if day == Day::Rush { 24 } else { world::random(|random| random.below(8)) + 5 };
    for number in 0..buyers {
        let buyer = Rc::new(Buyer {
            cluster: cluster.clone(),
            postgres: postgres.clone(),
            history: history.clone(),
            habits: habits.clone(),
            principal: principal(number),
            number,
        });
        come(&there, buyer.live());
    }
    let turns = world::random(|random| random.below(8)) + 4;
    come(&there, keep_shelves(cluster.clone(), postgres.clone(), history.clone(), habits.clone(), turns));

    if !calm {
        faults::happen(&cluster, &postgres, day == Day::Stormy, || there.get() > 0).await;
    }
    while there.get() > 0 {
        world::sleep(Duration::from_millis(100)).await;
    }
    faults::end(&cluster, &postgres).await;
    cluster.set_network(kind_network());

    let mut findings = Vec::new();
    if !opens(&cluster).await {
        findings.push("it never opened again".to_owned());
    }
    world::sleep(QUIET).await;
    settled(&mut findings, &postgres);
    probe(&mut findings, &cluster, &postgres, &history).await;
    if !postgres.server().seen.contains_key("clock jumped") {
        findings.extend(postgres.spares_nobody());
    }
    findings.extend(unexplained(&history.entries(), &postgres.server().tables));
    findings
}

fn come(there: &Rc<Cell<u32>>, life: impl Future<Output = ()> + 'static) {
    there.set(there.get() + 1);
    let there = Rc::clone(there);
    world::spawn(world::OUTSIDE, async move {
        life.await;
        there.set(there.get() - 1);
    });
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn settings(calm: bool) -> Settings {
    let mut settings = Settings { keys_remembered: 10_000, ..Settings::default() };
    settings.checkout.hold_ttl_max_s = 60;
    if !calm {
        let (seats, bundles, journal) = world::random(|random| {
            (*random.one_of(&[2, 16, 8_192]), *random.one_of(&[1, 3, 512]), *random.one_of(&[2, 16, 16_384]))
        });
        settings.seats = seats;
        settings.batch.bundles_max = bundles;
        settings.journal_seats = journal;
    }
    settings
}

fn habits(day: Day) -> Habits {
    match day {
        Day::Calm => {
            Habits { orders: 12, tries: 4, rest: ms(30), biggest: 2, calm: true, carts: world::one_in(2), poison: 0 }
        }
        Day::Rush => Habits { orders: 25, tries: 4, rest: ms(2), biggest: 1, calm: true, carts: false, poison: 0 },
        Day::Ordinary | Day::Stormy => Habits {
            orders: world::random(|random| random.below(12)) + 6,
            tries: 8,
            rest: ms(world::random(|random| *random.one_of(&[20, 400, 2_000]))),
            biggest: 3,
            calm: false,
            carts: true,
            poison: if world::one_in(4) { 30 } else { 0 },
        },
    }
}

fn kind_network() -> Network {
    Network { slowest: ms(1), patience: Duration::from_secs(12), ..Network::default() }
}

fn bad_network() -> Network {
    world::random(|random| Network {
        slowest: ms(*random.one_of(&[1, 5, 300])),
        request_lost: *random.one_of(&[0, 30]),
        answer_lost: *random.one_of(&[0, 8, 30]),
        repeated: *random.one_of(&[0, 10]),
        patience: ms(*random.one_of(&[60, 1_500, 12_000])),
        hangs_up: *random.one_of(&[0, 1, 2]),
    })
}

async fn opens(cluster: &Cluster) -> bool {
    let until = world::now() + Duration::from_secs(60);
    while !cluster.is_open() {
        if world::now() > until {
            return false;
        }
        world::sleep(ms(50)).await;
    }
    true
}

async fn stock_up(cluster: &Cluster, day: Day) {
    for kind in 0..goods::KINDS {
        let plenty = day == Day::Rush && kind == 0;
        let on_hand = if plenty { 100_000 } else { world::random(|random| random.within(1, 25)) };
        let command = Command::Set {
            location: LocationId::MAIN,
            on_hand,
            safety: (kind == 2).then_some(1),
            count_version: None,
            reference: None,
        };
        drop(change_stock(cluster, principal(901), kind, &command, &format!("stock-{kind}"), 20).await);
    }
}

/// What must be so when nothing has happened for long.
fn settled(findings: &mut Vec<String>, postgres: &Postgres) {
    let now = postgres.clock();
    let server = postgres.server();
    for order in server.tables.orders.values() {
        let late = order.expires_at.is_some_and(|until| until + TimeDelta::seconds(75) < now);
        if matches!(order.state.status, Status::PaymentPending | Status::Expiring) && late {
            findings.push(format!("P8: order {} should have ended at {:?}, it is {now}", order.id, order.expires_at));
        }
        if order.store_id != StoreId::MAIN {
            findings.push(format!("order {} is of no store", order.id));
        }
    }
    for (account, level) in &server.tables.levels {
        if level.reserved != 0 {
            findings.push(format!("P8: {account:?} still has {} reserved", level.reserved));
        }
    }
}

/// Somebody comes to the quiet shop: each thing is sold, or is truly sold out, and what was bought can be given back.
async fn probe(findings: &mut Vec<String>, cluster: &Cluster, postgres: &Postgres, history: &History) {
    // A server that lost the cell says "later": somebody else is asked then.
    let habits = Habits { tries: 60, calm: false, ..habits(Day::Calm) };
    for kind in 0..goods::KINDS {
        let buyer = Buyer {
            cluster: cluster.clone(),
            postgres: postgres.clone(),
            history: history.clone(),
            habits: habits.clone(),
            principal: principal(700 + kind as u64),
            number: 700 + kind as u64,
        };
        let here = engine::inventory::AccountId { variant: goods::variant(kind), location: LocationId::MAIN };
        let there = postgres.server().tables.levels.get(&here).map_or(0, engine::inventory::Level::sellable);
        let placed = buyer.buy("probe", Some(vec![(kind, 1)])).await;
        if placed.is_some() != (there > 0) {
            let told = history.entries().pop();
            findings.push(format!("of kind {kind} there are {there}, and buying one came to {told:?}"));
        }
    }
}
