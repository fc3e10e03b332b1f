//! Ends and stops at named points.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::RngExt;
use tokio::time::{Instant, sleep};

use super::Supervisor;
use crate::client::Crowd;
use crate::ground::{Act, Armed, Opened, POINTS, Role};

/// A point that is not reached by then is left alone.
const REACHED: Duration = Duration::from_secs(4);

impl Supervisor {
    /// A server that will end itself takes the place of one that is killed.
    pub(super) async fn kill_at_point(&mut self) -> anyhow::Result<()> {
        let armed = self.arm(Act::Kill);
        self.kill_server(Some(&armed))?;
        self.provoke(&armed).await?;
        let begun = Instant::now();
        while begun.elapsed() < REACHED {
            if !self.here().is_there()? {
                self.tally.server_kills += 1;
                self.tally.point_kills += 1;
                return Ok(());
            }
            sleep(Duration::from_millis(5)).await;
        }
        self.disarm()
    }

    /// Then it goes on after a moment, or after another has taken over.
    pub(super) async fn stop_at_point(&mut self, crowd: &Crowd) -> anyhow::Result<()> {
        let armed = self.arm(Act::Stop);
        self.kill_server(Some(&armed))?;
        self.provoke(&armed).await?;
        let begun = Instant::now();
        while begun.elapsed() < REACHED {
            if self.here().is_stopped() {
                self.tally.point_stops += 1;
                if self.dice.random_bool(0.6) {
                    return self.split_brain(crowd).await;
                }
                self.pause(50..=900).await;
                return self.here().signal(Signal::SIGCONT);
            }
            if !self.here().is_there()? {
                return Ok(());
            }
            sleep(Duration::from_millis(5)).await;
        }
        self.disarm()
    }

    fn arm(&mut self, act: Act) -> Armed {
        // One after the other, so that none is left out.
        let point = POINTS[self.armed % POINTS.len()];
        self.armed += 1;
        let at_hit = match point {
            // Once at the start; the second time when a commit's outcome is not known.
            "take_locked" | "take_raised" => self.dice.random_range(1..=2),
            "activation" | "expiry_due" | "outbox_delivered" | "replay_order" => self.dice.random_range(1..=3),
            _ if self.dice.random_bool(0.4) => 1,
            // In the thick of it.
            _ => self.dice.random_range(2..=30),
        };
        Armed { point, act, at_hit }
    }

    /// A cell is taken again only when the connection was lost.
    async fn provoke(&mut self, armed: &Armed) -> anyhow::Result<()> {
        if armed.point.starts_with("take_") && armed.at_hit > 1 {
            self.here().wait_until(Role::Owner, REACHED).await?;
            self.here().proxy.cut();
        }
        Ok(())
    }

    /// Nothing may happen later on, in the middle of something else.
    fn disarm(&mut self) -> anyhow::Result<()> {
        self.tally.points_not_reached += 1;
        self.here().kill()?;
        self.tally.server_kills += 1;
        self.start(None)
    }

    /// Whether servers know fail points at all: they leave a file where they count.
    pub(crate) fn knows_fail_points(&self) -> bool {
        self.hits.folder().join("known").exists()
    }

    /// Waits for a server that may have to be started several times, in the place of `place`.
    pub(super) async fn get_in(&mut self, place: usize, within: Duration) -> anyhow::Result<bool> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if !self.places[place].is_there()? {
                self.places[place].start(None, &self.hits)?;
            }
            match self.places[place].wait_until(Role::Owner, within.saturating_sub(begun.elapsed())).await? {
                Opened::Ready => return Ok(true),
                Opened::Gone => self.tally.starts_in_vain += 1,
                Opened::Late => break,
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(false)
    }
}
