//! Threads of their own for passwords, few and of low priority, with a short line before them.
//!
//! Half a core for each of a thousand people who log in in the same minute would leave none for those who buy. So there are
//! a few threads, the system runs everything else before them, and who finds the line full is told at once to come back,
//! before anybody looked for them in the database.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use engine::background::{self, waited};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use super::hashing::{Hasher, Hashing, Memory, Unhashable};

/// A thread that had to wait for a core rests after a password for some times as long (`Hashing::rest`), and no longer than
/// this: even beside the busiest sale somebody gets in.
const REST_MAX: Duration = Duration::from_millis(250);

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// Cheap to clone; the threads end with the last of them.
#[derive(Clone)]
pub struct Passwords(Arc<Pool>);

struct Pool {
    jobs: Sender<Job>,
    places: Arc<Semaphore>,
    /// Of these, those that may be taken by who chooses a password.
    for_new: Arc<Semaphore>,
    hasher: Arc<Hasher>,
}

/// A place in the line. Taken before anything else is done for who comes with a password.
pub struct Place {
    pool: Arc<Pool>,
    permit: OwnedSemaphorePermit,
    _of_new: Option<OwnedSemaphorePermit>,
}

/// The line is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// What came of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    pub matches: bool,
    /// It matches, and should be hashed anew.
    pub is_outdated: bool,
}

impl Passwords {
    pub fn start(hashing: &Hashing) -> anyhow::Result<Self> {
        let (jobs, to_do) = channel::<Job>();
        let to_do = Arc::new(Mutex::new(to_do));
        let (threads, rest) = (hashing.at_once.max(1), hashing.rest);
        for number in 0..threads {
            let to_do = Arc::clone(&to_do);
            thread::Builder::new().name(format!("password-{number}")).spawn(move || work(&to_do, rest))?;
        }
        let all = threads + hashing.waiting;
        let (places, for_new) = (Arc::new(Semaphore::new(all)), Arc::new(Semaphore::new(all.div_ceil(2))));
        Ok(Self(Arc::new(Pool { jobs, places, for_new, hasher: Arc::new(Hasher::new(hashing)?) })))
    }

    pub fn place(&self) -> Result<Place, Busy> {
        self.take(None)
    }

    /// For the password of a newcomer. Half the line at most: whoever registers again and again keeps nobody from
    /// logging in.
    pub fn place_for_new(&self) -> Result<Place, Busy> {
        let of_new = Arc::clone(&self.0.for_new).try_acquire_owned().map_err(refused)?;
        self.take(Some(of_new))
    }

    fn take(&self, of_new: Option<OwnedSemaphorePermit>) -> Result<Place, Busy> {
        let permit = Arc::clone(&self.0.places).try_acquire_owned().map_err(refused)?;
        Ok(Place { pool: Arc::clone(&self.0), permit, _of_new: of_new })
    }
}

impl Place {
    pub async fn hash(self, password: SecretString) -> Result<String, Unhashable> {
        self.run(move |hasher, memory| hasher.hash(password.expose_secret(), memory)).await
    }

    /// `kept`: what is kept of the right one. None takes as long, and never matches.
    pub async fn check(self, password: SecretString, kept: Option<String>) -> Result<Checked, Unhashable> {
        self.run(move |hasher, memory| {
            let matches = hasher.is_of(password.expose_secret(), kept.as_deref(), memory)?;
            let is_outdated = matches && kept.is_some_and(|kept| hasher.is_outdated(&kept));
            Ok(Checked { matches, is_outdated })
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Hasher, &mut Memory) -> Result<T, Unhashable> + Send + 'static,
    ) -> Result<T, Unhashable> {
        let (answer, answered) = oneshot::channel();
        let Self { pool, permit, _of_new: of_new } = self;
        let hasher = Arc::clone(&pool.hasher);
        let job = move |memory: &mut Memory| {
            // Whoever asked may have gone away while they waited.
            if !answer.is_closed() {
                metrics::counter!("doorbuster_passwords_total").increment(1);
                // Nobody hears it only if they went away meanwhile.
                let _ = answer.send(work(&hasher, memory));
            }
            drop((permit, of_new));
        };
        let gone = || Unhashable::of("its thread is gone");
        pool.jobs.send(Box::new(job)).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

fn refused(_: TryAcquireError) -> Busy {
    metrics::counter!("doorbuster_passwords_refused_total").increment(1);
    Busy
}

fn work(to_do: &Mutex<Receiver<Job>>, rest: u32) {
    background::lower("passwords");
    let mut memory = Memory::default();
    loop {
        // One thread waits for work, the others wait for the lock.
        let job = to_do.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        let before = waited();
        if catch_unwind(AssertUnwindSafe(|| job(&mut memory))).is_err() {
            tracing::error!("a password could not be worked on");
        }
        thread::sleep(resting(waited().saturating_sub(before), rest));
    }
}

fn resting(waited: Duration, times: u32) -> Duration {
    waited.saturating_mul(times).min(REST_MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::FutureExt;

    use super::*;

    fn passwords(at_once: usize, waiting: usize) -> Passwords {
        Passwords::start(&Hashing { memory_kib: 64, passes: 1, lanes: 1, at_once, waiting, rest: 0 }).expect("threads")
    }

    #[tokio::test]
    async fn so_many_wait_and_the_next_is_told_at_once() {
        let passwords = passwords(1, 2);
        let places: Vec<_> = (0..3).map(|_| passwords.place().expect("there is room")).collect();
        assert_eq!(passwords.place().err(), Some(Busy));
        for place in places {
            place.hash("open sesame".into()).await.expect("a hash");
        }
        let kept = passwords.place().expect("there is room again").hash("open sesame".into()).await.expect("a hash");
        let check = async |password: &str, kept: Option<&String>| {
            let place = passwords.place().expect("there is room");
            place.check(password.into(), kept.cloned()).await.expect("an answer")
        };
        assert!(check("open sesame", Some(&kept)).await.matches);
        assert!(!check("open says me", Some(&kept)).await.matches);
        assert!(!check("open sesame", None).await.matches);
    }

    #[tokio::test]
    async fn who_registers_leaves_room_for_who_logs_in() {
        let passwords = passwords(1, 3);
        let new: Vec<_> = (0..2).map(|_| passwords.place_for_new().expect("there is room")).collect();
        assert_eq!(passwords.place_for_new().err(), Some(Busy));
        let known: Vec<_> = (0..2).map(|_| passwords.place().expect("there is room")).collect();
        assert_eq!(passwords.place().err(), Some(Busy));
        drop(new);
        assert!(passwords.place_for_new().is_ok());
        drop(known);
    }

    #[tokio::test]
    async fn who_went_away_costs_no_work_and_gives_the_place_back() {
        let passwords = passwords(1, 0);
        let (begin, begun) = channel::<()>();
        // Keeps the only thread until it is told.
        passwords.0.jobs.send(Box::new(move |_| begun.recv().expect("it is told"))).expect("a thread");
        let left = passwords.place().expect("there is room");
        let worked = Arc::new(AtomicBool::new(false));
        let note = Arc::clone(&worked);
        let mut waiting = Box::pin(left.run(move |_, _| {
            note.store(true, Ordering::SeqCst);
            Ok(())
        }));
        assert!((&mut waiting).now_or_never().is_none());
        drop(waiting);
        begin.send(()).expect("the thread waits for it");
        testdb::eventually("a place that is free", || passwords.place().ok());
        assert!(!worked.load(Ordering::SeqCst), "nobody wants to know any more");
    }

    #[test]
    fn who_had_to_wait_for_a_core_leaves_it_to_others_afterwards() {
        let ms = Duration::from_millis;
        for (waited, times, rests) in [(0, 6, 0), (2, 6, 12), (30, 6, 180), (900, 6, 250), (30, 0, 0)] {
            assert_eq!(resting(ms(waited), times), ms(rests), "{waited}");
        }
    }

    #[tokio::test]
    async fn everything_else_is_run_before_them() {
        let mine = || rustix::process::getpriority_process(None).expect("every thread has one");
        let before = mine();
        let theirs = passwords(1, 0).place().expect("there is room").run(move |_, _| Ok(mine())).await;
        assert_eq!(theirs.expect("an answer"), (before + background::NICE).min(19));
        assert_eq!(mine(), before, "and nothing else is");
    }

    #[tokio::test]
    async fn one_that_breaks_takes_neither_the_thread_nor_the_place_with_it() {
        let passwords = passwords(1, 0);
        let place = passwords.place().expect("there is room");
        let broken = place.run(|_, _| -> Result<(), Unhashable> { panic!("a bug") }).await;
        assert!(broken.is_err());
        let place = testdb::eventually("a place that is free", || passwords.place().ok());
        place.hash("open sesame".into()).await.expect("the thread goes on");
    }
}
