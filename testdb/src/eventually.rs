//! Waiting for something outside this program that tells nobody when it is done.

use std::thread;
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(10);
/// Only so that a broken test ends: nothing is said about how fast it has to be.
const GIVE_UP: Duration = Duration::from_secs(60);

/// Asks until there is an answer.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < GIVE_UP, "still waiting for {what}");
        thread::sleep(LOOK);
    }
}

/// The same for what has to be awaited itself.
pub async fn eventually_async<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < GIVE_UP, "still waiting for {what}");
        tokio::time::sleep(LOOK).await;
    }
}
