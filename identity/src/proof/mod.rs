//! What a caller has to show before something that is cheap to ask for and dear in a sale: registrations, carts.
//!
//! `Gate` says when, a `Verifier` says what. The one there is asks for computing time (`work`): a person's browser spends it
//! unnoticed, a crowd of programs does not have it. Another one (a picture to recognize, somebody else's judgement) has only
//! to make challenges and to check answers.

mod gate;
mod used;
mod work;

pub use gate::{Gate, Settings};
pub use work::{LIFETIME_MAX_S, Work};

use engine::clock::Timestamp;
use futures_util::future::BoxFuture;
use uuid::Uuid;

/// What a proof is for. It counts for nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    Registration,
    Cart,
}

/// What somebody is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    pub text: String,
    /// How to answer it, for programs: `sha-256`.
    pub algorithm: &'static str,
    /// How many leading bits of the digest are zero.
    pub difficulty: u32,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("the proof is not of the form challenge:answer")]
    Unreadable,
    #[error("the challenge is not one of ours, or of somebody else, or for something else")]
    NotYours,
    #[error("the challenge has expired")]
    Expired,
    #[error("the answer is wrong")]
    Wrong,
    #[error("the proof has been used")]
    Used,
}

/// How somebody proves that they are worth it.
pub trait Verifier: Send + Sync + 'static {
    /// `subject`: who is asked, a principal or a network. `id` is fresh.
    fn challenge(&self, task: Task, subject: &[u8], id: Uuid, now: Timestamp) -> Challenge;

    /// Whether `shown` is an answer to a challenge of that subject for that task, and was not shown before.
    fn check<'a>(
        &'a self,
        shown: &'a str,
        task: Task,
        subject: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Invalid>>;
}

impl Task {
    pub const ALL: [Self; 2] = [Self::Registration, Self::Cart];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Cart => "cart",
        }
    }
}

impl std::str::FromStr for Task {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|task| task.name() == text).ok_or("one of registration, cart")
    }
}
