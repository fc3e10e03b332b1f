//! Key -> actor. Starts an actor, already loaded, on first use; builds a new one when the old one panicked; retires idle
//! ones. The judge of who is awake: there are never two incarnations of one key.
//!
//! ```text
//!            first use            loaded
//!  (absent) -----------> Between ---------> Awake --- idle: asked to sleep ---> Between --- busy ---> Awake
//!     ^                    |  ^               |                                    |
//!     |   could not load   |  | next use      | evicted, or found dead             | asleep
//!     +--------------------+  |               v                                    v
//!     +--- all has ended --- Closed <---------+------------------------------------+
//! ```
//!
//! A closed slot keeps the gate of the last incarnation: what that one appended must have ended before the truth is read
//! again. What is evicted while it is between is doomed: a load that was overtaken is not published but done again.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use actix::{Actor, Context, Handler, Message};
use futures_util::FutureExt;
use tokio::sync::oneshot;

use crate::mutant::{Mutant, is_on};
use crate::runtime::Runtime;

use super::gate::Gate;
use super::mailbox::{Mailbox, Reply};
use super::slot::{Between, Caller, Incarnation, Slot};
use super::stage::Stage;

/// An actor that lives in a directory.
pub trait Resident: Actor<Context = Context<Self>> + Handler<Sleep> {
    type Key: Copy + Ord + Hash + Debug + Send + Sync + 'static;
    /// What it must know before it can answer.
    type State: Send + 'static;

    fn new(key: Self::Key, state: Self::State, gate: Arc<Gate>) -> Self;

    /// The state that was loaded is the one it begins with: nothing overtook the load. What others may know of it is
    /// published here, and not by the load.
    fn waking(_: Self::Key, _: &Self::State) {}
}

/// "Have you anything unfinished? If not, stop." Answered with whether it stopped.
pub struct Sleep(pub Reply<bool>);

impl Message for Sleep {
    type Result = ();
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum StartError {
    #[error("could not be loaded: {0}")]
    Load(Arc<str>),
    #[error("too many are awake")]
    Full,
    #[error("too many are waiting for it to wake")]
    Crowded,
}

pub type Load<A> = Arc<
    dyn Fn(<A as Resident>::Key) -> Pin<Box<dyn Future<Output = anyhow::Result<<A as Resident>::State>> + Send>>
        + Send
        + Sync,
>;

/// Where actors run and how many.
#[derive(Clone)]
pub struct Wiring {
    pub stage: Stage,
    pub runtime: Runtime,
    /// Questions that may wait at one actor.
    pub seats: usize,
    /// Actors that may be awake.
    pub awake_max: usize,
}

pub struct Directory<A: Resident>(Arc<Shared<A>>);

impl<A: Resident> Clone for Directory<A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

type Shard<A> = HashMap<<A as Resident>::Key, Slot<A>>;

/// What a caller is given in the end.
type Woken<A> = Result<Arc<Mailbox<A>>, StartError>;

struct Shared<A: Resident> {
    shards: Box<[Mutex<Shard<A>>]>,
    /// The same in every run: keys are ids that this shop made.
    hasher: BuildHasherDefault<DefaultHasher>,
    wiring: Wiring,
    load: Load<A>,
    tick: AtomicU64,
    /// Those awake or between.
    awake: AtomicUsize,
}

const SHARDS: usize = 64;

impl<A: Resident> Directory<A> {
    pub fn new(wiring: Wiring, load: Load<A>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self(Arc::new(Shared {
            shards,
            hasher: BuildHasherDefault::default(),
            wiring,
            load,
            tick: AtomicU64::new(0),
            awake: AtomicUsize::new(0),
        }))
    }

    /// The mailbox of `key`'s actor, which is woken if it sleeps and rebuilt if it has died. As many as there are seats
    /// may wait for it.
    pub async fn get(&self, key: A::Key) -> Result<Arc<Mailbox<A>>, StartError> {
        self.find(key, true).await
    }

    /// The same for what ends promises, which must never be refused for want of room: it is bounded by the promises.
    pub async fn get_unseated(&self, key: A::Key) -> Result<Arc<Mailbox<A>>, StartError> {
        self.find(key, false).await
    }

    async fn find(&self, key: A::Key, seated: bool) -> Woken<A> {
        let awaited = {
            let mut shard = self.shard(key);
            match shard.get_mut(&key) {
                Some(Slot::Awake(incarnation)) if incarnation.mailbox.is_alive() => {
                    incarnation.mailbox.touch(self.0.tick.load(Ordering::Relaxed));
                    return Ok(Arc::clone(&incarnation.mailbox));
                }
                Some(Slot::Between(between)) => {
                    let seats = if seated { self.0.wiring.seats } else { usize::MAX };
                    between.join(seats).ok_or(StartError::Crowded)?
                }
                Some(Slot::Awake(_)) => {
                    self.close_dead(&mut shard, key);
                    self.wake(&mut shard, key, seated)?
                }
                Some(Slot::Closed(_)) | None => self.wake(&mut shard, key, seated)?,
            }
        };
        awaited.await.unwrap_or_else(|_| Err(StartError::Load("the loading task ended early".into())))
    }

    /// Tells the actor, if it is awake. One that sleeps will learn it from the database.
    pub fn if_awake(&self, key: A::Key) -> Option<Arc<Mailbox<A>>> {
        match self.shard(key).get(&key) {
            Some(Slot::Awake(incarnation)) => Some(Arc::clone(&incarnation.mailbox)),
            Some(Slot::Between(_) | Slot::Closed(_)) | None => None,
        }
    }

    /// Whoever asked through `mailbox` was not answered. True if that is because the actor died just now, and not because
    /// it went to sleep or was evicted: it is out of office then, and asking again finds another.
    pub fn found_dead(&self, key: A::Key, mailbox: &Arc<Mailbox<A>>) -> bool {
        let mut shard = self.shard(key);
        let dead = matches!(shard.get(&key), Some(Slot::Awake(known)) if Arc::ptr_eq(&known.mailbox, mailbox));
        if dead {
            self.close_dead(&mut shard, key);
        }
        dead
    }

    /// Puts the actor out of office: its gate closes, so that nothing it promised can be appended any more, and the next
    /// use rebuilds it from the database. For when memory and database were seen to differ.
    pub fn evict(&self, key: A::Key) {
        self.close(&mut self.shard(key), key);
    }

    /// Closes every gate and forgets every actor: another owns the cell now, or it was lost. Nothing is read before it is
    /// asked for.
    pub fn evict_all(&self) {
        for shard in &self.0.shards {
            let mut shard = lock(shard);
            let mut keys: Vec<_> = shard.keys().copied().collect();
            keys.sort_unstable();
            for key in keys {
                self.close(&mut shard, key);
            }
        }
    }

    pub fn awake(&self) -> usize {
        self.0.awake.load(Ordering::Relaxed)
    }

    /// One turn of the idle clock: asks actors that were not used for `idle_ticks` turns to sleep.
    pub async fn retire_idle(&self, idle_ticks: u64) {
        let tick = self.0.tick.fetch_add(1, Ordering::Relaxed) + 1;
        for shard in &self.0.shards {
            lock(shard).retain(|_, slot| !matches!(slot, Slot::Closed(gate) if gate.is_empty()));
        }
        let Some(last_allowed) = tick.checked_sub(idle_ticks) else { return };
        for shard in &self.0.shards {
            let mut idle: Vec<A::Key> = lock(shard)
                .iter()
                .filter(|(_, slot)| matches!(slot, Slot::Awake(i) if i.mailbox.last_used() < last_allowed))
                .map(|(key, _)| *key)
                .collect();
            idle.sort_unstable();
            for key in idle {
                let directory = self.clone();
                // In a task of its own: whoever asked for it may go away, what was begun is ended.
                let retiring = self.0.wiring.runtime.run(async move { directory.retire(key).await });
                if let Err(error) = retiring.await {
                    tracing::error!(key = ?key, error = %error, "an actor could not be put to sleep");
                }
            }
        }
    }

    /// Closes the door, lets the mailbox drain, and reopens if anything is unfinished.
    async fn retire(&self, key: A::Key) {
        let incarnation = {
            let mut shard = self.shard(key);
            let Some(slot @ Slot::Awake(_)) = shard.get_mut(&key) else { return };
            let gate = slot.gate();
            let Slot::Awake(incarnation) = std::mem::replace(slot, Slot::Between(Between::new(gate))) else {
                unreachable!("just looked, under the lock")
            };
            incarnation
        };
        let slept = incarnation.mailbox.ask_unseated(Sleep).await;
        let mut shard = self.shard(key);
        let Some(Slot::Between(between)) = shard.remove(&key) else { unreachable!("only we end what we began") };
        if slept == Ok(false) && !between.doomed {
            incarnation.mailbox.touch(self.0.tick.load(Ordering::Relaxed));
            let mailbox = Arc::clone(&incarnation.mailbox);
            shard.insert(key, Slot::Awake(incarnation));
            drop(shard);
            return tell(between.waiting, &Ok(mailbox));
        }
        // It sleeps, has died, or was evicted meanwhile.
        incarnation.gate.close();
        if between.waiting.is_empty() {
            self.0.awake.fetch_sub(1, Ordering::Relaxed);
            if !incarnation.gate.is_empty() {
                shard.insert(key, Slot::Closed(incarnation.gate));
            }
        } else {
            self.load(&mut shard, key, Some(incarnation.gate), between.waiting);
        }
    }

    /// Takes whoever is at `key` out of office.
    fn close(&self, shard: &mut Shard<A>, key: A::Key) {
        let Some(slot) = shard.get_mut(&key) else { return };
        if let Some(gate) = slot.gate() {
            gate.close();
        }
        match slot {
            Slot::Between(between) => between.doomed = true,
            Slot::Closed(_) => {}
            Slot::Awake(incarnation) => {
                let gate = Arc::clone(&incarnation.gate);
                self.0.awake.fetch_sub(1, Ordering::Relaxed);
                // Closed and empty: nothing can be under way any more.
                if gate.is_empty() {
                    shard.remove(&key);
                } else {
                    *slot = Slot::Closed(gate);
                }
            }
        }
    }

    fn close_dead(&self, shard: &mut Shard<A>, key: A::Key) {
        tracing::error!(key = ?key, "an actor panicked; it is rebuilt from the database");
        metrics::counter!("doorbuster_actor_rebuilds_total").increment(1);
        self.close(shard, key);
    }

    /// Begins to wake the actor of a slot that is closed or absent; the returned receiver is told when it is awake.
    fn wake(&self, shard: &mut Shard<A>, key: A::Key, seated: bool) -> Result<oneshot::Receiver<Woken<A>>, StartError> {
        if seated && self.0.awake.load(Ordering::Relaxed) >= self.0.wiring.awake_max {
            return Err(StartError::Full);
        }
        let before = shard.get(&key).and_then(Slot::gate);
        let (sender, receiver) = oneshot::channel();
        self.0.awake.fetch_add(1, Ordering::Relaxed);
        self.load(shard, key, before, vec![sender]);
        Ok(receiver)
    }

    /// Begins to load for those in `waiting`. What the last incarnation appended ends before the truth is read.
    fn load(&self, shard: &mut Shard<A>, key: A::Key, before: Option<Arc<Gate>>, waiting: Vec<Caller<A>>) {
        shard.insert(key, Slot::Between(Between { waiting, doomed: false, gate: before.clone() }));
        let directory = self.clone();
        self.0.wiring.runtime.spawn(async move {
            if let Some(gate) = before.filter(|_| !is_on(Mutant::ReloadUnderOpenBundles)) {
                gate.emptied().await;
            }
            loop {
                let loading = AssertUnwindSafe((directory.0.load)(key)).catch_unwind();
                let loaded = loading.await.unwrap_or_else(|_| Err(anyhow::anyhow!("loading it panicked")));
                if directory.begin(key, loaded) {
                    return;
                }
            }
        });
    }

    /// Publishes what was loaded. False if it was overtaken by an eviction, and must be loaded again.
    fn begin(&self, key: A::Key, loaded: anyhow::Result<A::State>) -> bool {
        let mut shard = self.shard(key);
        let Some(slot @ Slot::Between(_)) = shard.get_mut(&key) else { unreachable!("only we end what we began") };
        let Slot::Between(between) = slot else { unreachable!("just looked") };
        if loaded.is_ok() && std::mem::take(&mut between.doomed) {
            metrics::counter!("doorbuster_actor_loads_overtaken_total").increment(1);
            return false;
        }
        let waiting = std::mem::take(&mut between.waiting);
        let outcome = match loaded {
            Ok(state) => {
                A::waking(key, &state);
                let gate = Arc::new(Gate::default());
                let addr = self.0.wiring.stage.start(self.hash(key), {
                    let gate = Arc::clone(&gate);
                    move || A::new(key, state, gate)
                });
                let mailbox = Mailbox::new(addr, self.0.wiring.seats);
                mailbox.touch(self.0.tick.load(Ordering::Relaxed));
                *slot = Slot::Awake(Incarnation { mailbox: Arc::clone(&mailbox), gate });
                Ok(mailbox)
            }
            Err(error) => {
                shard.remove(&key);
                self.0.awake.fetch_sub(1, Ordering::Relaxed);
                tracing::warn!(key = ?key, error = %error, "an actor could not be loaded");
                Err(StartError::Load(error.to_string().into()))
            }
        };
        drop(shard);
        tell(waiting, &outcome);
        true
    }

    fn shard(&self, key: A::Key) -> MutexGuard<'_, Shard<A>> {
        // The high bits choose the shard, the low bits the arbiter: otherwise each shard would feed one arbiter.
        lock(&self.0.shards[(self.hash(key) >> 32) % SHARDS])
    }

    fn hash(&self, key: A::Key) -> usize {
        self.0.hasher.hash_one(key) as usize
    }
}

fn tell<A: Resident>(waiting: Vec<Caller<A>>, outcome: &Woken<A>) {
    for caller in waiting {
        // A caller that went away does not care.
        let _ = caller.send(outcome.clone());
    }
}

/// A panic while holding a shard leaves the map whole: every change to it is a single insert or remove.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
