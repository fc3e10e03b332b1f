//! The world: one thread, one clock, one seed. Decides who runs next and how much time passes; the same seed decides the
//! same.
//!
//! Every hop between tasks (a message to an actor, an answer, a statement, a timer) is a task that is ready, and any ready
//! task may be next: what an operating system could do to the shop's threads, this does to its tasks, on purpose.

mod machine;
mod tasks;

use std::cell::RefCell;
use std::collections::BinaryHeap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::random::Random;
pub(crate) use machine::{runtime, stage};
use tasks::{Order, Slot, World};

/// A machine: what runs on it dies and pauses together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Node(pub(crate) u32);

impl Node {
    fn name(self) -> String {
        match self.0 {
            0 => "   world".to_owned(),
            1 => "postgres".to_owned(),
            server => format!("server{server:>2}"),
        }
    }
}

/// A task, as long as it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Task {
    place: u32,
    birth: u64,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

thread_local! {
    /// What happened, in words; kept only for a run that is told.
    static TOLD: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// From now on runs are told, or not any more.
pub(crate) fn tell(told: bool) {
    TOLD.set(told.then(Vec::new));
}

pub(crate) fn told() -> Vec<String> {
    TOLD.with_borrow_mut(|told| told.as_mut().map(std::mem::take).unwrap_or_default())
}

/// Something that a reader of the story wants to know.
pub(crate) fn note(what: impl FnOnce() -> String) {
    TOLD.with_borrow_mut(|told| {
        if let Some(told) = told {
            let (now, node) = with(|world| (world.now, world.running));
            told.push(format!("{:>12.6} {} {}", now.as_secs_f64(), node.name(), what()));
        }
    });
}

/// What a whole run came to.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    /// None: everybody waits for somebody, and nothing will ever happen.
    pub(crate) outcome: Option<T>,
    pub(crate) events: u64,
    /// The same for the same run.
    pub(crate) trace: u64,
    pub(crate) panics: Vec<String>,
}

/// Whoever is none of the simulated machines: buyers, fault makers, the supervisor.
pub(crate) const OUTSIDE: Node = Node(0);

/// Runs `main` and all that comes of it, until it ends or `events_max` steps were made.
pub(crate) fn run<T: 'static>(seed: u64, events_max: u64, main: impl Future<Output = T> + 'static) -> Ended<T> {
    quiet_panics();
    let mut random = Random::new(seed);
    let order = *random.one_of(&[Order::Any, Order::Any, Order::Fifo, Order::Lifo]);
    let stumbles = *random.one_of(&[0, 0, 40, 400]);
    let world = World {
        random,
        order,
        stumbles,
        began: Instant::now(),
        now: Duration::ZERO,
        slots: Vec::new(),
        free: Vec::new(),
        births: 0,
        ready: Vec::new(),
        rings: Arc::default(),
        alarms: BinaryHeap::new(),
        alarm_count: 0,
        paused: Vec::new(),
        parked: Vec::new(),
        running: OUTSIDE,
        events: 0,
        trace: seed,
        panics: Vec::new(),
    };
    WORLD.set(Some(world));
    let outcome = std::rc::Rc::new(RefCell::new(None));
    let result = std::rc::Rc::clone(&outcome);
    spawn(OUTSIDE, async move {
        let ended = main.await;
        *result.borrow_mut() = Some(ended);
    });
    while outcome.borrow().is_none() && with(|world| world.events) < events_max && step() {}
    // Whatever is left goes while the world is still there: what is dropped may tell others so.
    loop {
        let left: Vec<Option<Slot>> = with(|world| std::mem::take(&mut world.slots));
        if left.is_empty() {
            break;
        }
        with(|world| world.free.clear());
        drop(left);
    }
    let world = WORLD.take().expect("it was put there");
    let outcome = outcome.borrow_mut().take();
    Ended { outcome, events: world.events, trace: world.trace, panics: world.panics }
}

/// Panics inside of a run are told with its findings, and not twice.
fn quiet_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_inside = WORLD.try_with(|world| world.try_borrow().is_ok_and(|world| world.is_some()));
            if !is_inside.unwrap_or(false) {
                usual(panic);
            }
        }));
    });
}

fn with<T>(work: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|world| work(world.as_mut().expect("inside of a run")))
}

pub(crate) fn spawn(node: Node, work: impl Future<Output = ()> + 'static) -> Task {
    with(|world| world.spawn(node, false, Box::pin(work)))
}

pub(crate) fn now() -> Duration {
    with(|world| world.now)
}

pub(crate) fn random<T>(draw: impl FnOnce(&mut Random) -> T) -> T {
    with(|world| draw(&mut world.random))
}

/// True once in so many times.
pub(crate) fn one_in(times: u64) -> bool {
    times > 0 && random(|random| random.below(times)) == 0
}

pub(crate) async fn sleep(length: Duration) {
    Sleep { until: now() + length, called_off: None }.await;
}

/// Some time, at most so long.
pub(crate) async fn pause_up_to(longest: Duration) {
    let length = random(|random| random.up_to(longest));
    sleep(length).await;
}

/// Ends a task where it stands, as a disconnect ends a handler.
pub(crate) fn end(task: Task) {
    let slot = with(|world| world.remove(task));
    drop(slot);
}

/// Ends everything on `node` where it stands, as `kill -9` does.
pub(crate) fn kill(node: Node) {
    let gone: Vec<Slot> = with(|world| {
        world.paused.retain(|paused| *paused != node);
        let tasks: Vec<Task> = world.tasks().filter(|(_, slot)| slot.node == node).map(|(task, _)| task).collect();
        tasks.into_iter().filter_map(|task| world.remove(task)).collect()
    });
    drop(gone);
}

/// Ends one of the actors of `node`, as a panic would. False: there is none.
pub(crate) fn kill_an_actor(node: Node) -> bool {
    let gone = with(|world| {
        let actors: Vec<Task> = world
            .tasks()
            .filter(|(_, slot)| slot.node == node && slot.is_actor && slot.work.is_some())
            .map(|(task, _)| task)
            .collect();
        if actors.is_empty() {
            return None;
        }
        let chosen = *world.random.one_of(&actors);
        world.remove(chosen)
    });
    gone.is_some()
}

/// Nothing on `node` runs until it is resumed, as after SIGSTOP.
pub(crate) fn pause(node: Node) {
    with(|world| {
        if !world.paused.contains(&node) {
            world.paused.push(node);
        }
    });
}

pub(crate) fn resume(node: Node) {
    with(|world| {
        world.paused.retain(|paused| *paused != node);
        let parked = std::mem::take(&mut world.parked);
        world.ready.extend(parked);
    });
}

/// One task runs until it waits. False: nobody will ever run again.
fn step() -> bool {
    let Some((task, mut work, waker)) = with(World::choose) else { return with(World::pass_time) };
    let waker = Waker::from(waker);
    let polled = std::panic::catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut Context::from_waker(&waker))));
    match polled {
        Ok(Poll::Pending) => {
            let ended_meanwhile = with(|world| world.put_back(task, work));
            drop(ended_meanwhile);
        }
        Ok(Poll::Ready(())) => {
            drop(with(|world| world.remove(task)));
            drop(work);
        }
        Err(panic) => {
            let said = panic.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panic.downcast_ref::<&str>().map(|said| (*said).to_owned()));
            drop(with(|world| {
                world.panics.push(said.unwrap_or_else(|| "a panic without words".to_owned()));
                world.remove(task)
            }));
            // What it held is let go like on any thread that unwinds.
            drop(work);
        }
    }
    true
}

struct Sleep {
    until: Duration,
    called_off: Option<Arc<AtomicBool>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until;
        with(|world| {
            if world.now >= until {
                return Poll::Ready(());
            }
            if self.called_off.is_none() {
                let called_off = Arc::new(AtomicBool::new(false));
                world.set_alarm(until, context.waker().clone(), Some(Arc::clone(&called_off)));
                self.called_off = Some(called_off);
            }
            Poll::Pending
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(called_off) = &self.called_off {
            called_off.store(true, Ordering::Relaxed);
        }
    }
}
