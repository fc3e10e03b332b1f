//! For listeners that keep nothing over a restart, as caches: what happens from now on.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::event::Event;
use super::{Outbox, Position};

const AT_ONCE: usize = 1_000;

/// Tells `listener` of every event on these topics that is committed from now on, at most `interval` late while the
/// database answers. It is told of a gap never, and of an event at least once. Ends when the task is aborted.
pub fn follow(
    outbox: Outbox,
    topics: &'static [&'static str],
    interval: Duration,
    mut listener: impl FnMut(&Event) + Send + 'static,
) -> JoinHandle<()> {
    let io = outbox.database.io().clone();
    io.spawn(async move {
        let mut tick = tokio::time::interval(interval);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut reached: Option<Position> = None;
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
    reached: &mut Option<Position>,
    listener: &mut impl FnMut(&Event),
) -> Result<(), crate::postgres::DatabaseError> {
    let Some(mut after) = *reached else {
        *reached = Some(outbox.horizon().await?);
        return Ok(());
    };
    loop {
        let stretch = outbox.read(topics, after, AT_ONCE).await?;
        stretch.events.iter().for_each(&mut *listener);
        after = stretch.reached;
        *reached = Some(after);
        if !stretch.more {
            return Ok(());
        }
    }
}
