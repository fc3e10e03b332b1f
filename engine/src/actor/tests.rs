//! The kit under a small actor of its own: who is awake, who is asked, and what a panic costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use actix::{Actor, ActorContext, Context, Handler, Message};
use futures_util::poll;
use tokio::sync::Semaphore;

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
    /// Keeps the arbiter's thread until the other end is dropped.
    Block(std::sync::mpsc::Receiver<()>),
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
            Word::Block(until) => assert!(until.recv().is_err(), "nothing is ever said"),
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
    /// Loads of keys from 1000 on wait for a permit.
    let_load: Arc<Semaphore>,
    _threads: Threads,
}

fn house(seats: usize, awake_max: usize) -> House {
    let threads = Threads::start(1).expect("a thread");
    let loads = Arc::new(AtomicUsize::new(0));
    let wiring = Wiring { stage: threads.stage(), runtime: tokio::runtime::Handle::current().into(), seats, awake_max };
    let let_load = Arc::new(Semaphore::new(0));
    let (counted, permits) = (Arc::clone(&loads), Arc::clone(&let_load));
    let load: Load<Counter> = Arc::new(move |key| {
        let nth = counted.fetch_add(1, Ordering::SeqCst);
        let permits = Arc::clone(&permits);
        Box::pin(async move {
            if key >= 1000 {
                permits.acquire().await.expect("never closed").forget();
            }
            assert_ne!(key, 500, "on purpose");
            anyhow::ensure!(key != 404, "no such key");
            // What a reload finds differs from what was in memory, so that a test sees that there was one.
            Ok(nth * 100)
        })
    });
    House { directory: Directory::new(wiring, load), loads, let_load, _threads: threads }
}

impl House {
    async fn say(&self, key: u32, word: Word) -> Result<usize, Unanswered> {
        let mailbox = self.directory.get(key).await.expect("it wakes");
        mailbox.ask(|reply| Say(word, Some(reply))).await
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }

    /// Something that `key`'s actor has appended, and the mailbox it was got through.
    async fn pass(&self, key: u32) -> (Pass, Arc<Mailbox<Counter>>) {
        let mailbox = self.directory.get(key).await.expect("it wakes");
        let (give, given) = tokio::sync::oneshot::channel();
        mailbox.tell(Say(Word::Pass(give), None));
        (given.await.expect("answered").expect("the gate is open"), mailbox)
    }

    /// Asks for `key`'s actor; it must not be woken before `pass` is given back.
    async fn wakes_only_after(&self, key: u32, pass: Pass) {
        let loads = self.loads();
        let mut waking = Box::pin(self.directory.get(key));
        assert!(poll!(&mut waking).is_pending());
        // A load that did not wait would be among these by the time they have all been woken.
        for other in 0..10 {
            self.directory.get(100 * key + other).await.expect("it wakes");
        }
        assert_eq!(self.loads(), loads + 10, "it waits for the pass");
        assert!(poll!(&mut waking).is_pending());
        drop(pass);
        waking.await.expect("it wakes");
        assert_eq!(self.loads(), loads + 11);
    }
}

async fn until(mut true_now: impl FnMut() -> bool) {
    while !true_now() {
        tokio::task::yield_now().await;
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
    let house = house(1000, 100);
    let (pass, mailbox) = house.pass(1).await;
    house.directory.evict(1);
    let (give, given) = tokio::sync::oneshot::channel();
    mailbox.tell(Say(Word::Pass(give), None));
    assert!(given.await.expect("answered").is_none(), "the old one can promise nothing more");
    house.wakes_only_after(1, pass).await;

    // It went to sleep without a word about what is still open.
    let (pass, _) = house.pass(2).await;
    for _ in 0..4 {
        house.directory.retire_idle(2).await;
    }
    assert!(house.directory.if_awake(2).is_none());
    house.wakes_only_after(2, pass).await;

    // It died.
    let (pass, mailbox) = house.pass(3).await;
    assert_eq!(mailbox.ask(|reply| Say(Word::Panic, Some(reply))).await, Err(Unanswered::Gone));
    assert!(house.directory.found_dead(3, &mailbox), "whoever was not answered says so");
    assert!(!house.directory.found_dead(3, &mailbox), "once");
    house.wakes_only_after(3, pass).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_an_eviction_overtook_is_done_again() {
    let house = Arc::new(house(1000, 10));
    for everybody in [false, true] {
        let loads = house.loads();
        let key = 1000 + u32::from(everybody);
        let asking = tokio::spawn({
            let house = Arc::clone(&house);
            async move { house.say(key, Word::Add).await }
        });
        until(|| house.loads() == loads + 1).await;
        if everybody {
            house.directory.evict_all();
        } else {
            house.directory.evict(key);
        }
        house.let_load.add_permits(2);
        let read = asking.await.expect("no panic").expect("answered");
        assert_eq!(read, (loads + 1) * 100 + 1, "what the second load found");
        assert_eq!(house.loads(), loads + 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_evicted_while_it_was_asked_to_sleep_does_not_come_back() {
    let house = house(1000, 10);
    let mailbox = house.directory.get(1).await.expect("it wakes");
    mailbox.tell(Say(Word::StayAwake, None));
    let (unblock, blocked) = std::sync::mpsc::channel();
    mailbox.tell(Say(Word::Block(blocked), None));
    let retiring = tokio::spawn({
        let directory = house.directory.clone();
        async move {
            for _ in 0..3 {
                directory.retire_idle(1).await;
            }
        }
    });
    until(|| house.directory.if_awake(1).is_none()).await;
    house.directory.evict(1);
    drop(unblock);
    retiring.await.expect("no panic");
    assert!(house.directory.if_awake(1).is_none());
    assert_eq!(house.directory.awake(), 0);
    assert_eq!(house.say(1, Word::Add).await, Ok(101), "loaded anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_forgotten_at_once_and_nobody_is_read_before_it_is_asked_for() {
    let house = house(1000, 100);
    for key in 0..50 {
        house.say(key, Word::Add).await.expect("answered");
    }
    house.directory.evict_all();
    assert_eq!((house.directory.awake(), house.loads()), (0, 50));
    assert_eq!(house.say(7, Word::Add).await, Ok(5001));
    assert_eq!((house.directory.awake(), house.loads()), (1, 51));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_wait_for_an_actor_to_wake_and_what_ends_promises_always_may() {
    let house = house(4, 10);
    let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(house.directory.get(1000))).collect();
    for one in &mut waiting {
        assert!(poll!(one).is_pending());
    }
    let mut fifth = Box::pin(house.directory.get(1000));
    assert!(matches!(poll!(&mut fifth), Poll::Ready(Err(StartError::Crowded))));
    let mut ending = Box::pin(house.directory.get_unseated(1000));
    assert!(poll!(&mut ending).is_pending());
    // Those who went away leave their places.
    waiting.truncate(2);
    let mut late = Box::pin(house.directory.get(1000));
    assert!(poll!(&mut late).is_pending());
    house.let_load.add_permits(1);
    for one in waiting.into_iter().chain([late]) {
        one.await.expect("it wakes");
    }
    ending.await.expect("it wakes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_panics_is_told_and_tried_again() {
    let house = house(1000, 10);
    for _ in 0..2 {
        assert!(matches!(house.directory.get(500).await.map(drop), Err(StartError::Load(_))));
    }
    assert_eq!((house.directory.awake(), house.loads()), (0, 2));
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
