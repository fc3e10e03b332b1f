//! The tallies of all servers. The rule runs where they are, so that two servers cannot count past each other.

use std::sync::LazyLock;

use deadpool_redis::redis::Script;
use engine::clock::Timestamp;

use super::rule::{Name, Step};
use super::{Ticket, TooSoon};
use crate::redis::{Away, Redis};

static TAKE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("throttle.lua")));
static GIVE_BACK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("give_back.lua")));

pub(super) async fn take(redis: &Redis, steps: &[Step], now: Timestamp) -> Result<Result<Ticket, TooSoon>, Away> {
    let names: Vec<Name> = steps.iter().map(|step| step.name).collect();
    let (steps, now_ms) = (steps.to_vec(), now.timestamp_millis());
    let keys = keys(redis, &names);
    let answer: Vec<i64> = redis
        .ask(move |mut connection| async move {
            let mut call = TAKE.prepare_invoke();
            call.arg(now_ms);
            for (key, Step { ladder, only_if_new, .. }) in keys.iter().zip(&steps) {
                call.key(key).arg(ladder.free).arg(ladder.first_ms).arg(ladder.most_ms).arg(ladder.forgotten_ms);
                call.arg(u8::from(*only_if_new));
            }
            call.invoke_async(&mut connection).await
        })
        .await?;
    let (wait, counted) = answer.split_first().ok_or(Away)?;
    if *wait > 0 {
        return Ok(Err(TooSoon::in_ms(*wait)));
    }
    let taken = names.into_iter().zip(counted).filter(|(_, counted)| **counted == 1).map(|(name, _)| name).collect();
    Ok(Ok(Ticket { taken }))
}

pub(super) async fn give_back(redis: &Redis, taken: &[Name], clears: bool) -> Result<(), Away> {
    let keys = keys(redis, taken);
    redis
        .ask(move |mut connection| async move {
            let mut call = GIVE_BACK.prepare_invoke();
            call.arg(u8::from(clears));
            for key in &keys {
                call.key(key);
            }
            call.invoke_async(&mut connection).await
        })
        .await
}

fn keys(redis: &Redis, names: &[Name]) -> Vec<String> {
    names.iter().map(|name| redis.key("throttle", name)).collect()
}
