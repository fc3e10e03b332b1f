//! Key -> actor. Starts an actor, already loaded, on first use; builds a new one when the old one panicked; retires idle
//! ones. The judge of who is awake: there are never two incarnations of one key.
//!
//! ```text
//!            first use            loaded
//!  (absent) -----------> Waking ----------> Awake --- idle: door closed, asked to sleep ---> Retiring --+
//!     ^                    |  ^               |  ^                                             |        |
//!     |   could not load   |  |    panicked   |  +------- still has unfinished business -------+        |
//!     +--------------------+  +---------------+                                                         |
//!     +------------------------------------------ asleep -----------------------------------------------+
//! ```

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt::Debug;
use std::future::Future;
use std::hash::{BuildHasher, Hash};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use actix::{Actor, Context, Handler, Message};
use actix_rt::ArbiterHandle;
use tokio::runtime::Handle as Runtime;
use tokio::sync::oneshot;

use super::gate::Gate;
use super::mailbox::{Mailbox, Reply, Unanswered};

/// An actor that lives in a directory.
pub trait Resident: Actor<Context = Context<Self>> + Handler<Sleep> {
    type Key: Copy + Eq + Hash + Debug + Send + Sync + 'static;
    /// What it must know before it can answer.
    type State: Send + 'static;

    fn new(key: Self::Key, state: Self::State, gate: Arc<Gate>) -> Self;
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
}

pub type Load<A> = Arc<
    dyn Fn(<A as Resident>::Key) -> Pin<Box<dyn Future<Output = anyhow::Result<<A as Resident>::State>> + Send>>
        + Send
        + Sync,
>;

/// Where actors run and how many.
#[derive(Clone)]
pub struct Wiring {
    pub arbiters: Arc<[ArbiterHandle]>,
    pub io: Runtime,
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

type Shard<A> = Mutex<HashMap<<A as Resident>::Key, Slot<A>>>;

/// Whoever waits for an actor to be awake.
type Caller<A> = oneshot::Sender<Result<Arc<Mailbox<A>>, StartError>>;

struct Shared<A: Resident> {
    shards: Box<[Shard<A>]>,
    hasher: RandomState,
    wiring: Wiring,
    load: Load<A>,
    tick: AtomicU64,
    awake: AtomicUsize,
}

enum Slot<A: Resident> {
    Awake(Incarnation<A>),
    /// Being loaded, or asked to sleep: those who came meanwhile.
    Between(Vec<Caller<A>>),
}

struct Incarnation<A: Resident> {
    mailbox: Arc<Mailbox<A>>,
    gate: Arc<Gate>,
}

const SHARDS: usize = 64;

impl<A: Resident> Directory<A> {
    pub fn new(wiring: Wiring, load: Load<A>) -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self(Arc::new(Shared {
            shards,
            hasher: RandomState::new(),
            wiring,
            load,
            tick: AtomicU64::new(0),
            awake: AtomicUsize::new(0),
        }))
    }

    /// The mailbox of `key`'s actor, which is woken if it sleeps and rebuilt if it has died.
    pub async fn get(&self, key: A::Key) -> Result<Arc<Mailbox<A>>, StartError> {
        let awaited = {
            let mut shard = self.shard(key);
            match shard.get_mut(&key) {
                Some(Slot::Awake(incarnation)) if incarnation.mailbox.is_alive() => {
                    incarnation.mailbox.touch(self.0.tick.load(Ordering::Relaxed));
                    return Ok(Arc::clone(&incarnation.mailbox));
                }
                Some(Slot::Between(waiting)) => {
                    let (sender, receiver) = oneshot::channel();
                    waiting.push(sender);
                    receiver
                }
                Some(Slot::Awake(dead)) => {
                    let gate = Arc::clone(&dead.gate);
                    gate.close();
                    tracing::error!(key = ?key, "an actor panicked; it is rebuilt from the database");
                    metrics::counter!("actor_rebuilds_total").increment(1);
                    self.0.awake.fetch_sub(1, Ordering::Relaxed);
                    self.wake(&mut shard, key, Some(gate))
                }
                None => {
                    if self.0.awake.load(Ordering::Relaxed) >= self.0.wiring.awake_max {
                        return Err(StartError::Full);
                    }
                    self.wake(&mut shard, key, None)
                }
            }
        };
        awaited.await.unwrap_or_else(|_| Err(StartError::Load("the loading task ended early".into())))
    }

    /// Tells the actor, if it is awake. One that sleeps will learn it from the database.
    pub fn if_awake(&self, key: A::Key) -> Option<Arc<Mailbox<A>>> {
        match self.shard(key).get(&key) {
            Some(Slot::Awake(incarnation)) => Some(Arc::clone(&incarnation.mailbox)),
            Some(Slot::Between(_)) | None => None,
        }
    }

    /// Puts the actor out of office: its gate closes, so that nothing it promised can be appended any more, and the next
    /// use rebuilds it from the database. For when memory and database were seen to differ.
    pub fn evict(&self, key: A::Key) {
        let mut shard = self.shard(key);
        if let Some(Slot::Awake(incarnation)) = shard.get(&key) {
            let gate = Arc::clone(&incarnation.gate);
            gate.close();
            self.0.awake.fetch_sub(1, Ordering::Relaxed);
            drop(self.wake(&mut shard, key, Some(gate)));
        }
    }

    /// Closes every gate and forgets every actor: another owns the cell now, or it was lost.
    pub fn evict_all(&self) {
        for shard in &self.0.shards {
            let keys: Vec<_> = lock(shard).keys().copied().collect();
            for key in keys {
                self.evict(key);
            }
        }
    }

    pub fn awake(&self) -> usize {
        self.0.awake.load(Ordering::Relaxed)
    }

    /// One turn of the idle clock: asks actors that were not used for `idle_ticks` turns to sleep.
    pub async fn retire_idle(&self, idle_ticks: u64) {
        let tick = self.0.tick.fetch_add(1, Ordering::Relaxed) + 1;
        let Some(last_allowed) = tick.checked_sub(idle_ticks) else { return };
        for shard in &self.0.shards {
            let idle: Vec<A::Key> = lock(shard)
                .iter()
                .filter(|(_, slot)| matches!(slot, Slot::Awake(i) if i.mailbox.last_used() < last_allowed))
                .map(|(key, _)| *key)
                .collect();
            for key in idle {
                self.retire(key).await;
            }
        }
    }

    /// Closes the door, lets the mailbox drain, and reopens if anything is unfinished.
    async fn retire(&self, key: A::Key) {
        let incarnation = {
            let mut shard = self.shard(key);
            match shard.remove(&key) {
                Some(Slot::Awake(incarnation)) => {
                    shard.insert(key, Slot::Between(Vec::new()));
                    incarnation
                }
                Some(other) => {
                    shard.insert(key, other);
                    return;
                }
                None => return,
            }
        };
        let slept = incarnation.mailbox.ask_unseated(Sleep).await;
        let mut shard = self.shard(key);
        let Some(Slot::Between(waiting)) = shard.remove(&key) else { unreachable!("only we end what we began") };
        match slept {
            Ok(false) => {
                for sender in waiting {
                    // A caller that went away does not care.
                    let _ = sender.send(Ok(Arc::clone(&incarnation.mailbox)));
                }
                incarnation.mailbox.touch(self.0.tick.load(Ordering::Relaxed));
                shard.insert(key, Slot::Awake(incarnation));
            }
            Ok(true) | Err(Unanswered::Gone | Unanswered::Full) => {
                self.0.awake.fetch_sub(1, Ordering::Relaxed);
                if !waiting.is_empty() {
                    incarnation.gate.close();
                    drop(self.wake_for(&mut shard, key, Some(incarnation.gate), waiting));
                }
            }
        }
    }

    fn wake(
        &self,
        shard: &mut MutexGuard<'_, HashMap<A::Key, Slot<A>>>,
        key: A::Key,
        before: Option<Arc<Gate>>,
    ) -> oneshot::Receiver<Result<Arc<Mailbox<A>>, StartError>> {
        self.wake_for(shard, key, before, Vec::new())
    }

    /// Begins loading; those in `waiting`, and the returned receiver, are told when it is awake.
    fn wake_for(
        &self,
        shard: &mut MutexGuard<'_, HashMap<A::Key, Slot<A>>>,
        key: A::Key,
        before: Option<Arc<Gate>>,
        mut waiting: Vec<Caller<A>>,
    ) -> oneshot::Receiver<Result<Arc<Mailbox<A>>, StartError>> {
        let (sender, receiver) = oneshot::channel();
        waiting.push(sender);
        shard.insert(key, Slot::Between(waiting));
        self.0.awake.fetch_add(1, Ordering::Relaxed);
        let directory = self.clone();
        self.0.wiring.io.spawn(async move {
            // What the last incarnation appended must have ended before the truth is read.
            if let Some(gate) = before {
                gate.emptied().await;
            }
            let loaded = (directory.0.load)(key).await;
            directory.begin(key, loaded);
        });
        receiver
    }

    fn begin(&self, key: A::Key, loaded: anyhow::Result<A::State>) {
        let mut shard = self.shard(key);
        let Some(Slot::Between(waiting)) = shard.remove(&key) else { unreachable!("only we end what we began") };
        let outcome = match loaded {
            Ok(state) => {
                let gate = Arc::new(Gate::default());
                let arbiter = &self.0.wiring.arbiters[self.hash(key) % self.0.wiring.arbiters.len()];
                let addr = A::start_in_arbiter(arbiter, {
                    let gate = Arc::clone(&gate);
                    move |_| A::new(key, state, gate)
                });
                let mailbox = Mailbox::new(addr, self.0.wiring.seats);
                mailbox.touch(self.0.tick.load(Ordering::Relaxed));
                shard.insert(key, Slot::Awake(Incarnation { mailbox: Arc::clone(&mailbox), gate }));
                Ok(mailbox)
            }
            Err(error) => {
                self.0.awake.fetch_sub(1, Ordering::Relaxed);
                tracing::warn!(key = ?key, error = %error, "an actor could not be loaded");
                Err(StartError::Load(error.to_string().into()))
            }
        };
        drop(shard);
        for sender in waiting {
            // A caller that went away does not care.
            let _ = sender.send(outcome.clone());
        }
    }

    fn shard(&self, key: A::Key) -> MutexGuard<'_, HashMap<A::Key, Slot<A>>> {
        // The high bits choose the shard, the low bits the arbiter: otherwise each shard would feed one arbiter.
        lock(&self.0.shards[(self.hash(key) >> 32) % SHARDS])
    }

    fn hash(&self, key: A::Key) -> usize {
        self.0.hasher.hash_one(key) as usize
    }
}

/// A panic while holding a shard leaves the map whole: every change to it is a single insert or remove.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
