//! One run: a shop opens, people come, things go wrong, it becomes quiet, and then everything must be explained.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::Settings;
use engine::id::{LocationId, StoreId};
use engine::inventory::{AccountId, Command};
use engine::order::Status;

use crate::cluster::{Cluster, Network};
use crate::faults;
use crate::goods;
use crate::history::{Demands, History, What, unexplained};
use crate::people::{Buyer, Habits, principal};
use crate::postgres::{Line, Postgres};
use crate::shelves::{change_stock, keep_shelves};
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

/// On the day that this seed falls on.
pub(crate) fn run(seed: u64) -> Told {
    run_on(DAYS[seed as usize % DAYS.len()], seed)
}

pub(crate) fn run_on(day: Day, seed: u64) -> Told {
    let postgres = Postgres::new();
    let ended = world::run(seed, EVENTS_MAX, story(postgres.clone(), day));
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
pub(crate) enum Day {
    /// Nothing fails, and whatever is not answered well and soon is a finding.
    Calm,
    /// Calm, and so many at one thing that something of it is always under way.
    Rush,
    /// Calm, with a slow disk: much is under way at once. Some orders cannot be written.
    Thick,
    /// Actors die.
    Panics,
    Ordinary,
    Stormy,
    /// Whoever owns the cell is stopped, its connections gone, again and again; another takes over, and then it wakes.
    Split,
    /// What ended is forgotten at once, and many answers are lost: only the rows know.
    Forgetful,
    /// A stormy day on which the lock that keeps two owners apart is lost by the way, as behind a pooler: only the epoch is
    /// left.
    LockLost,
}

const DAYS: [Day; 9] = [
    Day::Forgetful,
    Day::Thick,
    Day::Split,
    Day::Stormy,
    Day::Calm,
    Day::Panics,
    Day::LockLost,
    Day::Rush,
    Day::Ordinary,
];

impl Day {
    fn is_calm(self) -> bool {
        matches!(self, Self::Calm | Self::Rush | Self::Thick)
    }
}

async fn story(postgres: Postgres, day: Day) -> Vec<String> {
    let calm = day.is_calm();
    {
        let mut server = postgres.server();
        server.line = usual_line(day);
        for kind in 0..goods::KINDS {
            server.tables.limits.extend(goods::limit_of(kind).map(|max| (goods::variant(kind), max)));
        }
    }
    let cluster = Cluster::start(postgres.clone(), settings(day), 2);
    let history = History::default();
    cluster.set_network(kind_network());
    let looking = world::spawn(world::OUTSIDE, look_around(cluster.clone()));
    if !opens(&cluster).await {
        return vec!["it never opened".to_owned()];
    }
    stock_up(&cluster, &history, day).await;

    let habits = habits(day);
    if !calm && day != Day::Panics {
        let mut server = postgres.server();
        server.line.taking_unheard = world::random(|random| *random.one_of(&[0, 2, 5]));
        server.is_one_host = world::one_in(2);
    }
    if matches!(day, Day::Ordinary | Day::Stormy | Day::LockLost) {
        cluster.set_network(bad_network());
    }
    if day == Day::Calm {
        cluster.set_network(Network { repeated: 3, ..kind_network() });
    }
    if day == Day::Forgetful {
        cluster.set_network(Network { answer_lost: 3, repeated: 0, patience: ms(60), hangs_up: 1, ..bad_network() });
    }
    let there = Rc::new(Cell::new(0_u32));
    let buyers = if matches!(day, Day::Rush | Day::Thick) { 20 } else { world::random(|random| random.below(8)) + 5 };
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
    let turns = match day {
        Day::Thick | Day::Split | Day::Panics => 40,
        Day::Rush | Day::Calm => 12,
        Day::Ordinary | Day::Stormy | Day::LockLost | Day::Forgetful => 20,
    };
    come(&there, keep_shelves(cluster.clone(), postgres.clone(), history.clone(), habits.clone(), turns));

    if !calm {
        faults::happen(&cluster, &postgres, day, || there.get() > 0).await;
    }
    while there.get() > 0 {
        world::sleep(Duration::from_millis(100)).await;
    }
    world::end(looking);
    faults::end(&cluster, &postgres).await;
    cluster.set_network(kind_network());

    let mut findings = Vec::new();
    if !opens(&cluster).await {
        findings.push("it never opened again".to_owned());
    }
    world::sleep(QUIET).await;
    settled(&mut findings, &postgres);
    probe(&mut findings, &cluster, &postgres, &history).await;
    let demands = Demands { remembered: day != Day::Forgetful };
    if !postgres.server().seen.contains_key("clock jumped") {
        findings.extend(postgres.spares_nobody());
    }
    if calm {
        expired_in_time(&mut findings, &postgres);
    }
    findings.extend(unexplained(&history.entries(), &postgres.server().tables, demands));
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

fn settings(day: Day) -> Settings {
    let mut settings = Settings { keys_remembered: 10_000, ..Settings::default() };
    settings.checkout.hold_ttl_max_s = 60;
    if day == Day::Forgetful {
        settings.keys_remembered = 0;
    }
    if matches!(day, Day::Ordinary | Day::Stormy | Day::LockLost) {
        let (seats, bundles, journal) = world::random(|random| {
            (*random.one_of(&[2, 16, 8_192]), *random.one_of(&[1, 3, 512]), *random.one_of(&[2, 16, 16_384]))
        });
        settings.seats = seats;
        settings.batch.bundles_max = bundles;
        settings.journal_seats = journal;
    }
    settings
}

/// Nothing fails, but it takes its time.
fn usual_line(day: Day) -> Line {
    let disk = match day {
        Day::Thick | Day::Panics => ms(world::random(|random| *random.one_of(&[10, 40, 150]))),
        Day::Split => ms(60),
        Day::Ordinary | Day::Forgetful => ms(world::random(|random| *random.one_of(&[4, 120]))),
        Day::Calm | Day::Rush | Day::Stormy | Day::LockLost => ms(4),
    };
    Line { slowest: ms(1), disk, ..Line::default() }
}

fn habits(day: Day) -> Habits {
    let usual = Habits {
        orders: 12,
        tries: 8,
        rest: ms(30),
        biggest: 2,
        calm: day.is_calm(),
        rushed: day == Day::Rush,
        panics: day == Day::Panics,
        doubts: day == Day::LockLost,
        carts: world::one_in(2),
        poison: 0,
    };
    match day {
        Day::Calm => usual,
        Day::Rush => Habits { orders: 80, rest: ms(2), biggest: 1, carts: false, ..usual },
        Day::Thick => {
            let poison = if world::one_in(2) { 12 } else { 0 };
            Habits { orders: 20, rest: ms(10), biggest: 3, poison, ..usual }
        }
        Day::Panics => Habits { orders: 30, rest: ms(60), ..usual },
        Day::Split => Habits { orders: 60, rest: ms(600), tries: 6, ..usual },
        Day::Ordinary | Day::Stormy | Day::LockLost | Day::Forgetful => Habits {
            orders: world::random(|random| random.below(12)) + 6,
            rest: ms(world::random(|random| *random.one_of(&[20, 400, 2_000]))),
            biggest: 3,
            carts: true,
            poison: if world::one_in(4) { 30 } else { 0 },
            ..usual
        },
    }
}

/// Somebody who only looks what is left, which is read together with everything else.
async fn look_around(cluster: Cluster) {
    let kinds: Vec<_> = (0..goods::KINDS).map(goods::variant).collect();
    loop {
        let kinds = kinds.clone();
        let looked = cluster
            .ask(move |sale| {
                let kinds = kinds.clone();
                Box::pin(async move { sale.inventory.sellable(LocationId::MAIN, &kinds).await.is_ok() })
            })
            .await;
        world::pause_up_to(if looked == Some(true) { ms(40) } else { ms(400) }).await;
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
        astray: *random.one_of(&[0, 6]),
        repeated: *random.one_of(&[0, 2, 2]),
        patience: ms(*random.one_of(&[12, 60, 1_500, 12_000])),
        hangs_up: *random.one_of(&[0, 1, 1]),
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

async fn stock_up(cluster: &Cluster, history: &History, day: Day) {
    for kind in 0..goods::KINDS {
        let plenty = day == Day::Rush && kind == 0;
        let on_hand = if plenty { goods::PLENTY } else { world::random(|random| random.within(1, 25)) };
        let command = Command::Set {
            location: LocationId::MAIN,
            on_hand,
            safety: (kind == 2).then_some(1),
            count_version: None,
            reference: None,
        };
        let (key, asked) = (format!("stock-{kind}"), world::now());
        if let Some(Ok(changed)) = change_stock(cluster, principal(901), kind, &command, &key, 20).await {
            let account = AccountId { variant: goods::variant(kind), location: LocationId::MAIN };
            history.add(asked, world::now(), What::Stock { key, account, kind: "set", changed });
        }
    }
}

/// Where nothing fails, nobody waits long for what another one did not pay.
fn expired_in_time(findings: &mut Vec<String>, postgres: &Postgres) {
    for (order, ran_out, expired) in &postgres.server().tables.expired {
        let late = *expired - *ran_out;
        if late > TimeDelta::seconds(3) {
            findings.push(format!("P8: order {order} expired {late} after it had run out"));
        }
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
    let habits = Habits { tries: 60, calm: false, doubts: true, ..habits(Day::Calm) };
    for kind in 0..goods::KINDS {
        let buyer = Buyer {
            cluster: cluster.clone(),
            postgres: postgres.clone(),
            history: history.clone(),
            habits: habits.clone(),
            principal: principal(700 + kind as u64),
            number: 700 + kind as u64,
        };
        let here = AccountId { variant: goods::variant(kind), location: LocationId::MAIN };
        let there = postgres.server().tables.levels.get(&here).map_or(0, engine::inventory::Level::sellable);
        let placed = buyer.buy("probe", Some(vec![(kind, 1)])).await;
        if placed.is_some() != (there > 0) {
            let told = history.entries().pop();
            findings.push(format!("of kind {kind} there are {there}, and buying one came to {told:?}"));
        }
    }
}
