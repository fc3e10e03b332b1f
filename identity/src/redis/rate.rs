//! Allowances that several servers share. Time is Redis's own: servers' clocks need not agree.

use std::sync::LazyLock;
use std::time::Duration;

use deadpool_redis::redis::Script;

use super::{Away, Redis};

static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("rate.lua")));

/// What is taken from one allowance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    pub key: String,
    /// In which one is given back.
    pub period: Duration,
    /// How many there are when it is whole.
    pub burst: u32,
    pub cost: u32,
}

/// What an allowance is after it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    pub was_there: bool,
    pub left: u32,
    /// When one more will be there: nothing if one is.
    pub wait: Duration,
    /// When it will be whole.
    pub reset: Duration,
}

impl Redis {
    /// Takes what is asked for, or nothing if that is not there.
    pub async fn draw(&self, draw: Draw) -> Result<Level, Away> {
        self.run(false, vec![draw]).await?.pop().ok_or(Away)
    }

    /// Takes what was given already, whether it was there or not.
    pub async fn book(&self, draws: Vec<Draw>) -> Result<Vec<Level>, Away> {
        self.run(true, draws).await
    }

    async fn run(&self, in_any_case: bool, draws: Vec<Draw>) -> Result<Vec<Level>, Away> {
        if draws.is_empty() {
            return Ok(Vec::new());
        }
        let answers: Vec<[u64; 4]> = self
            .ask(move |mut connection| async move {
                let mut call = SCRIPT.prepare_invoke();
                call.arg(u8::from(in_any_case));
                for draw in &draws {
                    let period = u64::try_from(draw.period.as_micros()).unwrap_or(u64::MAX).max(1);
                    call.key(&draw.key).arg(period).arg(draw.burst).arg(draw.cost);
                }
                call.invoke_async(&mut connection).await
            })
            .await?;
        Ok(answers.into_iter().map(Level::from).collect())
    }
}

impl From<[u64; 4]> for Level {
    fn from([was_there, left, wait_us, reset_us]: [u64; 4]) -> Self {
        Self {
            was_there: was_there == 1,
            left: u32::try_from(left).unwrap_or(u32::MAX),
            wait: Duration::from_micros(wait_us),
            reset: Duration::from_micros(reset_us),
        }
    }
}
