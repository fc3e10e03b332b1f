//! When a proof is asked for.

use std::sync::Arc;

use engine::clock::Timestamp;
use uuid::Uuid;

use super::{Challenge, Invalid, Task, Verifier};

#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Always for these.
    pub required_for: Vec<Task>,
    /// For all, while the shop is so full. 0: never.
    pub from_load_percent: u8,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Gate {
    settings: Arc<Settings>,
    verifier: Arc<dyn Verifier>,
}

impl Gate {
    pub fn new(settings: Settings, verifier: Arc<dyn Verifier>) -> Self {
        Self { settings: Arc::new(settings), verifier }
    }

    /// `load_percent` is asked for only if it matters.
    pub fn asks(&self, task: Task, load_percent: impl FnOnce() -> usize) -> bool {
        let Settings { required_for, from_load_percent } = &*self.settings;
        required_for.contains(&task) || *from_load_percent > 0 && load_percent() >= usize::from(*from_load_percent)
    }

    pub fn challenge(&self, task: Task, subject: &[u8], id: Uuid, now: Timestamp) -> Challenge {
        self.verifier.challenge(task, subject, id, now)
    }

    pub async fn check(&self, shown: &str, task: Task, subject: &[u8], now: Timestamp) -> Result<(), Invalid> {
        self.verifier.check(shown, task, subject, now).await
    }
}
