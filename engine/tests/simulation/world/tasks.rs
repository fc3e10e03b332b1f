//! The tasks of a world: who is ready, who waits for a moment, and who runs next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;

use super::{Node, Task};
use crate::random::Random;

/// How the next one is chosen. Some mistakes show only in one of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    Any,
    /// First come, first run, with an exception now and then.
    Fifo,
    /// The last one first: the others wait long.
    Lifo,
}

pub(super) struct Slot {
    pub(super) birth: u64,
    pub(super) node: Node,
    pub(super) is_actor: bool,
    /// None while it runs.
    pub(super) work: Option<LocalBoxFuture<'static, ()>>,
    pub(super) waker: Option<Arc<Bell>>,
}

/// Rings when a task should run again.
pub(super) struct Bell {
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

pub(super) struct Alarm {
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

pub(super) struct World {
    pub(super) random: Random,
    pub(super) order: Order,
    /// One step in so many takes long; 0: none.
    pub(super) stumbles: u64,
    pub(super) began: Instant,
    pub(super) now: Duration,
    pub(super) slots: Vec<Option<Slot>>,
    pub(super) free: Vec<u32>,
    pub(super) births: u64,
    pub(super) ready: Vec<Task>,
    pub(super) rings: Arc<Mutex<Vec<Task>>>,
    pub(super) alarms: BinaryHeap<Reverse<Alarm>>,
    pub(super) alarm_count: u64,
    pub(super) paused: Vec<Node>,
    pub(super) parked: Vec<Task>,
    pub(super) running: Node,
    pub(super) events: u64,
    pub(super) trace: u64,
    pub(super) panics: Vec<String>,
}

impl World {
    pub(super) fn spawn(&mut self, node: Node, is_actor: bool, work: LocalBoxFuture<'static, ()>) -> Task {
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

    pub(super) fn tasks(&self) -> impl Iterator<Item = (Task, &Slot)> {
        self.slots.iter().enumerate().filter_map(|(place, slot)| {
            let slot = slot.as_ref()?;
            Some((Task { place: u32::try_from(place).expect("few tasks"), birth: slot.birth }, slot))
        })
    }

    fn slot(&mut self, task: Task) -> Option<&mut Slot> {
        self.slots.get_mut(task.place as usize)?.as_mut().filter(|slot| slot.birth == task.birth)
    }

    pub(super) fn remove(&mut self, task: Task) -> Option<Slot> {
        self.slot(task)?;
        self.free.push(task.place);
        self.slots[task.place as usize].take()
    }

    /// Its work, unless it was ended while it ran: then the work is handed back to be dropped.
    pub(super) fn put_back(
        &mut self,
        task: Task,
        work: LocalBoxFuture<'static, ()>,
    ) -> Option<LocalBoxFuture<'static, ()>> {
        match self.slot(task) {
            Some(slot) => {
                slot.work = Some(work);
                None
            }
            None => Some(work),
        }
    }

    pub(super) fn choose(&mut self) -> Option<(Task, LocalBoxFuture<'static, ()>, Arc<Bell>)> {
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
    pub(super) fn pass_time(&mut self) -> bool {
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

    pub(super) fn set_alarm(&mut self, at: Duration, waker: Waker, called_off: Option<Arc<AtomicBool>>) {
        self.alarm_count += 1;
        self.alarms.push(Reverse(Alarm { at, number: self.alarm_count, waker, called_off }));
    }
}

fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
