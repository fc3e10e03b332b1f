//! For listeners that keep nothing over a restart, as caches.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::event::Event;
use super::{Outbox, Position};

const AT_ONCE: usize = 1_000;

/// Tells `listener` of every event on these topics after `from`, about `interval` late while the database answers, each at
/// least once and none left out. Whoever asks for the horizon before it fills a cache, and follows from there, has no gap.
/// Ends when the task is aborted.
pub fn follow(
    outbox: Outbox,
    topics: &'static [&'static str],
    from: Position,
    interval: Duration,
    mut listener: impl FnMut(&Event) + Send + 'static,
) -> JoinHandle<()> {
    let io = outbox.database.io().clone();
    io.spawn(async move {
        let mut tick = tokio::time::interval(interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut reached = from;
        let mut is_away = false;
        loop {
            tick.tick().await;
            let heard = hear(&outbox, topics, &mut reached, &mut listener).await;
            match heard {
                Ok(()) => is_away = false,
                // Once, not with every tick.
                Err(error) if !is_away => {
                    tracing::warn!(%error, "the outbox cannot be read; what it says will be heard later");
                    is_away = true;
                }
                Err(_) => {}
            }
        }
    })
}

async fn hear(
    outbox: &Outbox,
    topics: &'static [&'static str],
    reached: &mut Position,
    listener: &mut impl FnMut(&Event),
) -> Result<(), crate::postgres::DatabaseError> {
    loop {
        let stretch = outbox.read(topics, *reached, AT_ONCE).await?;
        stretch.events.iter().for_each(&mut *listener);
        *reached = stretch.reached;
        if !stretch.more {
            return Ok(());
        }
    }
}
