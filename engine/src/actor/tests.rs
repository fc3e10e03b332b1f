//! The kit under a small actor of its own: who is awake, who is asked, and what a panic costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix::{Actor, ActorContext, Context, Handler, Message};

use super::*;

/// Counts, and keeps those who wait until somebody lets them go.
struct Counter {
    count: usize,
    gate: Arc<Gate>,
    waiting: Vec<Reply<usize>>,
    busy: bool,
}

enum Word {
    Add,
    Wait,
    LetGo,
    Panic,
    StayAwake,
    Pass(Reply<Option<Pass>>),
}

struct Say(Word, Option<Reply<usize>>);

impl Message for Say {
    type Result = ();
}

impl Actor for Counter {
    type Context = Context<Self>;
}

impl Resident for Counter {
    type Key = u32;
    type State = usize;

    fn new(_: u32, count: usize, gate: Arc<Gate>) -> Self {
        Self { count, gate, waiting: Vec::new(), busy: false }
    }
}

impl Handler<Say> for Counter {
    type Result = ();

    fn handle(&mut self, Say(word, reply): Say, _: &mut Context<Self>) {
        match word {
            Word::Add => self.count += 1,
            Word::Wait => return self.waiting.extend(reply),
            Word::LetGo => {
                for waiting in self.waiting.drain(..) {
                    // Whoever went away does not care.
                    let _ = waiting.send(0);
                }
            }
            Word::Panic => panic!("on purpose"),
            Word::StayAwake => self.busy = true,
            Word::Pass(give) => drop(give.send(self.gate.pass())),
        }
        if let Some(reply) = reply {
            let _ = reply.send(self.count);
        }
    }
}

impl Handler<Sleep> for Counter {
    type Result = ();

    fn handle(&mut self, sleep: Sleep, context: &mut Context<Self>) {
        if !self.busy {
            context.stop();
        }
        let _ = sleep.0.send(!self.busy);
    }
}

struct House {
    directory: Directory<Counter>,
    loads: Arc<AtomicUsize>,
    _threads: Threads,
}

fn house(seats: usize, awake_max: usize) -> House {
    let threads = Threads::start(1).expect("a thread");
    let loads = Arc::new(AtomicUsize::new(0));
    let wiring = Wiring { arbiters: threads.arbiters(), io: tokio::runtime::Handle::current(), seats, awake_max };
    let counted = Arc::clone(&loads);
    let load: Load<Counter> = Arc::new(move |key| {
        let nth = counted.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            anyhow::ensure!(key != 404, "no such key");
            // What a reload finds differs from what was in memory, so that a test sees that there was one.
            Ok(nth * 100)
        })
    });
    House { directory: Directory::new(wiring, load), loads, _threads: threads }
}

impl House {
    async fn say(&self, key: u32, word: Word) -> Result<usize, Unanswered> {
        let mailbox = self.directory.get(key).await.expect("it wakes");
        mailbox.ask(|reply| Say(word, Some(reply))).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_come_at_once_wake_one_actor() {
    let house = Arc::new(house(1000, 10));
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let house = Arc::clone(&house);
            tokio::spawn(async move { house.say(1, Word::Add).await })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("answered");
    }
    assert_eq!(house.loads.load(Ordering::SeqCst), 1);
    assert_eq!(house.say(1, Word::Add).await, Ok(101));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bound_of_a_mailbox_holds() {
    let house = house(4, 10);
    let mailbox = house.directory.get(1).await.expect("it wakes");
    let waiting: Vec<_> = (0..4)
        .map(|_| {
            let mailbox = Arc::clone(&mailbox);
            tokio::spawn(async move { mailbox.ask(|reply| Say(Word::Wait, Some(reply))).await })
        })
        .collect();
    while mailbox.free_seats() > 0 {
        tokio::task::yield_now().await;
    }
    for _ in 0..1000 {
        assert_eq!(mailbox.ask(|reply| Say(Word::Add, Some(reply))).await, Err(Unanswered::Full));
    }
    // What ends a promise needs no seat.
    mailbox.tell(Say(Word::LetGo, None));
    for task in waiting {
        task.await.expect("no panic").expect("let go");
    }
    assert!(mailbox.ask(|reply| Say(Word::Add, Some(reply))).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_one_actor_its_memory_and_nobody_else_anything() {
    let house = house(1000, 10);
    assert_eq!(house.say(1, Word::Add).await, Ok(1));
    assert_eq!(house.say(2, Word::Add).await, Ok(101));
    assert_eq!(house.say(1, Word::Panic).await, Err(Unanswered::Gone));
    while house.directory.if_awake(1).is_some_and(|mailbox| mailbox.is_alive()) {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.say(1, Word::Add).await, Ok(201), "loaded anew");
    assert_eq!(house.say(2, Word::Add).await, Ok(102), "its neighbour was not disturbed");
    assert_eq!(house.directory.awake(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_reloaded_before_what_was_appended_has_ended() {
    let house = house(1000, 10);
    let mailbox = house.directory.get(1).await.expect("it wakes");
    let (give, given) = tokio::sync::oneshot::channel();
    mailbox.tell(Say(Word::Pass(give), None));
    let pass = given.await.expect("answered").expect("the gate is open");
    house.directory.evict(1);
    let (give, given) = tokio::sync::oneshot::channel();
    mailbox.tell(Say(Word::Pass(give), None));
    assert!(given.await.expect("answered").is_none(), "the old one can promise nothing more");
    let directory = house.directory.clone();
    let waking = tokio::spawn(async move { directory.get(1).await.map(drop) });
    tokio::task::yield_now().await;
    assert_eq!(house.loads.load(Ordering::SeqCst), 1, "it waits for the pass");
    assert!(!waking.is_finished());
    drop(pass);
    waking.await.expect("no panic").expect("it wakes");
    assert_eq!(house.loads.load(Ordering::SeqCst), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_idle_sleep_and_those_with_unfinished_business_do_not() {
    let house = house(1000, 10);
    house.say(1, Word::Add).await.expect("answered");
    house.say(2, Word::StayAwake).await.expect("answered");
    for _ in 0..4 {
        house.directory.retire_idle(2).await;
    }
    assert!(house.directory.if_awake(1).is_none());
    assert!(house.directory.if_awake(2).is_some());
    assert_eq!(house.directory.awake(), 1);
    assert_eq!(house.say(1, Word::Add).await, Ok(201), "it wakes again, loaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_are_awake_and_what_cannot_be_loaded_says_so() {
    let house = house(1000, 2);
    assert!(matches!(house.directory.get(404).await.map(drop), Err(StartError::Load(_))));
    house.say(1, Word::Add).await.expect("answered");
    house.say(2, Word::Add).await.expect("answered");
    assert!(matches!(house.directory.get(3).await.map(drop), Err(StartError::Full)));
    let patience = Duration::from_secs(60);
    tokio::time::timeout(patience, house.say(1, Word::Add)).await.expect("no hang").expect("answered");
}
