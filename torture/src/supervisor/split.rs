//! Two servers that both believe that the shop is theirs.

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::RngExt;

use super::Supervisor;
use crate::checker::Finding;
use crate::client::Crowd;

/// A takeover waits for three seconds by itself, for what the old server might still say from memory.
const TAKEN_OVER: Duration = Duration::from_secs(30);

impl Supervisor {
    /// The server stops (if it has not yet) for longer than a takeover takes. Its connections end on the database's side, so
    /// that another may take over; it does not know that when it goes on. One of the two is killed in the end.
    pub(super) async fn split_brain(&mut self, crowd: &Crowd) -> anyhow::Result<()> {
        let (old, new) = (self.current, 1 - self.current);
        if !self.places[old].is_stopped() {
            self.places[old].signal(Signal::SIGSTOP)?;
        }
        self.tally.server_pauses += 1;
        // Left there by an earlier stroke.
        self.places[new].kill()?;
        let unaware = self.dice.random_bool(0.6);
        if unaware {
            self.places[old].proxy.sever();
        } else {
            self.places[old].proxy.cut();
        }
        if self.get_in(new, TAKEN_OVER).await? {
            self.tally.takeovers += 1;
            self.current = new;
            self.wait_until_served(crowd).await;
        } else {
            self.findings
                .push(Finding::new("takes-over", "a second server did not get in while the first was stopped"));
        }
        self.pause(100..=800).await;
        self.places[old].signal(Signal::SIGCONT)?;
        self.tally.split_brains += 1;
        self.pause(200..=1_500).await;
        // What it sent meanwhile will never be answered.
        self.places[old].proxy.cut();
        self.pause(0..=300).await;
        if self.places[old].is_there()? && self.dice.random_bool(0.4) {
            // The new one dies, and the old one has to find its way back.
            self.places[new].kill()?;
            self.current = old;
        } else {
            self.places[old].kill()?;
        }
        self.tally.server_kills += 1;
        Ok(())
    }
}
