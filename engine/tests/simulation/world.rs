//! The world: one thread, one clock, one seed. Decides who runs next and how much time passes; the same seed decides the
//! same.
//!
//! Every hop between tasks (a message to an actor, an answer, a statement, a timer) is a task that is ready, and any ready
//! task may be next: what an operating system could do to the shop's threads, this does to its tasks, on purpose.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use engine::runtime::{Runtime, Scheduler};
use futures_util::future::{BoxFuture, LocalBoxFuture};

use crate::random::Random;

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

/// How the next one is chosen. Some mistakes show only in one of them.
#[derive(Debug, Clone, Copy)]
enum Order {
    Any,
    /// First come, first run, with an exception now and then.
    Fifo,
    /// The last one first: the others wait long.
    Lifo,
}

struct Slot {
    birth: u64,
    node: Node,
    is_actor: bool,
    /// None while it runs.
    work: Option<LocalBoxFuture<'static, ()>>,
    waker: Option<Arc<Bell>>,
}

/// Rings when a task should run again.
struct Bell {
    task: Task,
    rung: AtomicBool,
    rings: Arc<Mutex<Vec<Task>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.rung.swap(true, Ordering::Relaxed) {
            self.rings.lock().expect("one thread").push(self.task);
        }
    }
}

struct Alarm {
    at: Duration,
    number: u64,
    waker: Waker,
    called_off: Option<Arc<AtomicBool>>,
}

impl PartialEq for Alarm {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Alarm {}

impl PartialOrd for Alarm {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Alarm {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

struct World {
    random: Random,
    order: Order,
    /// One step in so many takes long; 0: none.
    stumbles: u64,
    began: Instant,
    now: Duration,
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    births: u64,
    ready: Vec<Task>,
    rings: Arc<Mutex<Vec<Task>>>,
    alarms: BinaryHeap<Reverse<Alarm>>,
    alarm_count: u64,
    paused: Vec<Node>,
    parked: Vec<Task>,
    running: Node,
    events: u64,
    trace: u64,
    panics: Vec<String>,
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

impl World {
    fn spawn(&mut self, node: Node, is_actor: bool, work: LocalBoxFuture<'static, ()>) -> Task {
        let place = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("few tasks")
        });
        self.births += 1;
        let task = Task { place, birth: self.births };
        self.slots[place as usize] = Some(Slot { birth: task.birth, node, is_actor, work: Some(work), waker: None });
        self.ready.push(task);
        task
    }

    fn tasks(&self) -> impl Iterator<Item = (Task, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(place, slot)| {
            let slot = slot.as_ref()?;
            Some((Task { place: u32::try_from(place).expect("few tasks"), birth: slot.birth }, slot))
        })
    }

    fn slot(&mut self, task: Task) -> Option<&mut Slot> {
        self.slots.get_mut(task.place as usize)?.as_mut().filter(|slot| slot.birth == task.birth)
    }

    fn remove(&mut self, task: Task) -> Option<Slot> {
        self.slot(task)?;
        self.free.push(task.place);
        self.slots[task.place as usize].take()
    }

    /// Its work, unless it was ended while it ran: then the work is handed back to be dropped.
    fn put_back(&mut self, task: Task, work: LocalBoxFuture<'static, ()>) -> Option<LocalBoxFuture<'static, ()>> {
        match self.slot(task) {
            Some(slot) => {
                slot.work = Some(work);
                None
            }
            None => Some(work),
        }
    }

    fn choose(&mut self) -> Option<(Task, LocalBoxFuture<'static, ()>, Arc<Bell>)> {
        loop {
            while self.alarms.peek().is_some_and(|Reverse(alarm)| alarm.at <= self.now) {
                let Some(Reverse(alarm)) = self.alarms.pop() else { break };
                if !alarm.called_off.is_some_and(|off| off.load(Ordering::Relaxed)) {
                    alarm.waker.wake();
                }
            }
            self.ready.append(&mut self.rings.lock().expect("one thread"));
            if self.ready.is_empty() {
                return None;
            }
            let task = match self.order {
                Order::Any => {
                    let place = self.random.below(self.ready.len() as u64) as usize;
                    self.ready.swap_remove(place)
                }
                Order::Fifo if self.random.below(20) > 0 => self.ready.remove(0),
                Order::Fifo => {
                    let place = self.random.below(self.ready.len() as u64) as usize;
                    self.ready.remove(place)
                }
                Order::Lifo => self.ready.pop().expect("not empty"),
            };
            let rings = Arc::clone(&self.rings);
            let is_paused = {
                let node = match self.slot(task) {
                    Some(slot) if slot.work.is_some() => slot.node,
                    _ => continue,
                };
                self.paused.contains(&node)
            };
            if is_paused {
                self.parked.push(task);
                continue;
            }
            let slot = self.slot(task).expect("just looked");
            let bell = slot.waker.get_or_insert_with(|| Arc::new(Bell { task, rung: AtomicBool::new(false), rings }));
            let bell = Arc::clone(bell);
            let node = slot.node;
            if self.stumbles > 0 && self.random.below(self.stumbles) == 0 {
                // Its turn comes, but not now.
                let at = self.now + self.random.up_to(Duration::from_millis(20));
                bell.rung.store(false, Ordering::Relaxed);
                self.set_alarm(at, Waker::from(bell), None);
                continue;
            }
            let work = self.slot(task).and_then(|slot| slot.work.take()).expect("just looked");
            bell.rung.store(false, Ordering::Relaxed);
            self.running = node;
            self.events += 1;
            self.now += Duration::from_nanos(500);
            self.trace = mix(self.trace ^ (u64::from(task.place) << 32) ^ task.birth ^ self.now.as_nanos() as u64);
            return Some((task, work, bell));
        }
    }

    /// Goes on to the next alarm.
    fn pass_time(&mut self) -> bool {
        while let Some(Reverse(alarm)) = self.alarms.pop() {
            if alarm.called_off.is_some_and(|off| off.load(Ordering::Relaxed)) {
                continue;
            }
            self.now = self.now.max(alarm.at);
            alarm.waker.wake();
            return true;
        }
        false
    }

    fn set_alarm(&mut self, at: Duration, waker: Waker, called_off: Option<Arc<AtomicBool>>) {
        self.alarm_count += 1;
        self.alarms.push(Reverse(Alarm { at, number: self.alarm_count, waker, called_off }));
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
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

/// What the engine runs on: the tasks of one machine.
struct Machine(Node);

pub(crate) fn runtime(node: Node) -> Runtime {
    Runtime::new(Machine(node))
}

pub(crate) fn stage(node: Node) -> engine::actor::Stage {
    engine::actor::Stage::Here(Arc::new(move |actor| {
        with(|world| world.spawn(node, true, actor));
    }))
}

impl Scheduler for Machine {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        with(|world| world.spawn(self.0, false, task));
    }

    fn spawn_here(&self, task: BoxFuture<'static, ()>) {
        with(|world| world.spawn(self.0, false, task));
    }

    fn sleep(&self, length: Duration) -> BoxFuture<'static, ()> {
        Box::pin(Sleep { until: now() + length, called_off: None })
    }

    fn now(&self) -> Instant {
        with(|world| world.began + world.now)
    }
}
