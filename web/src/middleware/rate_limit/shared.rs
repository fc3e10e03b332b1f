//! Limits that several servers hold together, without a question to Redis before each request.
//!
//! ```text
//!  request --within the limit here?--> answered, and noted        every tenth of a second
//!             no: refused              notes --what was given here, in one call--> Redis
//!                                      those who had less over there are closed until it has come back
//! ```
//!
//! How exact: in the long run there is one limit, however many servers there are. For a moment each lets a burst of its own
//! in; what was too much is owed, and all servers refuse until it has come back, though for no longer than one window.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use engine::runtime::Runtime;
use identity::redis::{Draw, Redis};

use super::Subject;

/// How late servers hear of each other.
const EVERY: Duration = Duration::from_millis(100);
/// So that workers seldom wait for each other.
const SHARDS: usize = 16;
/// More callers than these in a tenth of a second are counted here alone.
const NOTES_MAX: usize = 16_384;
/// In one call: Redis serves nobody else meanwhile.
const AT_ONCE: usize = 500;

pub(super) struct Shared {
    pub(super) redis: Redis,
    notes: [Mutex<HashMap<Subject, Note>>; SHARDS],
}

struct Note {
    draw: Quota,
    /// Given here, and not yet told.
    given: u32,
    closed_until: Option<Instant>,
}

/// The limit that a subject has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub(super) name: &'static str,
    pub(super) period: Duration,
    pub(super) burst: u32,
}

impl Shared {
    pub(super) fn start(redis: Redis, io: &Runtime) -> Arc<Self> {
        let shared = Arc::new(Self { redis, notes: std::array::from_fn(|_| Mutex::default()) });
        io.spawn(keep_telling(Arc::downgrade(&shared), io.clone()));
        shared
    }

    pub(super) fn draw(&self, subject: Subject, quota: Quota, cost: u32) -> Draw {
        let Quota { name, period, burst } = quota;
        Draw { key: self.redis.key(name, &subject.bytes()), period, burst, cost }
    }

    /// Notes one that was given here. `Err`: for so long none is to be had, for others gave too many.
    pub(super) fn note(&self, subject: Subject, shard: u32, quota: Quota) -> Result<(), Duration> {
        if !self.redis.is_up() {
            return Ok(());
        }
        let mut notes = lock(&self.notes[shard as usize % SHARDS]);
        if let Some(note) = notes.get_mut(&subject) {
            let closed_for = note.closed_until.map(|until| until.saturating_duration_since(Instant::now()));
            if let Some(closed_for) = closed_for.filter(|length| !length.is_zero()) {
                return Err(closed_for);
            }
            note.given += 1;
        } else if notes.len() < NOTES_MAX {
            notes.insert(subject, Note { draw: quota, given: 1, closed_until: None });
        }
        Ok(())
    }

    /// What was given since the last time. Forgets whom there is nothing to know about.
    fn collect(&self) -> Vec<(usize, Subject, Draw)> {
        let now = Instant::now();
        let mut given = Vec::new();
        for (shard, notes) in self.notes.iter().enumerate() {
            lock(notes).retain(|subject, note| {
                let count = std::mem::take(&mut note.given);
                if count > 0 {
                    given.push((shard, *subject, note.draw, count));
                }
                count > 0 || note.closed_until.is_some_and(|until| until > now)
            });
        }
        given
            .into_iter()
            .map(|(shard, subject, quota, cost)| (shard, subject, self.draw(subject, quota, cost)))
            .collect()
    }

    async fn tell(&self) {
        let given = self.collect();
        for some in given.chunks(AT_ONCE) {
            let draws = some.iter().map(|(_, _, draw)| draw.clone()).collect();
            // Away: what was given in this moment is known here alone.
            let Ok(levels) = self.redis.book(draws).await else { return };
            let now = Instant::now();
            for ((shard, subject, _), level) in some.iter().zip(levels) {
                if let Some(note) = lock(&self.notes[*shard]).get_mut(subject) {
                    note.closed_until = (!level.wait.is_zero()).then(|| now + level.wait);
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends with the limits.
async fn keep_telling(shared: Weak<Shared>, io: Runtime) {
    loop {
        io.sleep(EVERY).await;
        let Some(shared) = shared.upgrade() else { return };
        shared.tell().await;
    }
}
