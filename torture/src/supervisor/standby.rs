//! What is done to an owner while another server stands by, and clients buy at both.

use std::time::Duration;

use nix::sys::signal::Signal;
use testdb::Link;
use tokio::time::{Instant, sleep};

use super::{Blow, REOPEN, Supervisor};
use crate::checker::Finding;
use crate::client::{Answer, Crowd};
use crate::ground::{Opened, Role};

/// Somebody serves again, whatever happened to the owner.
const TAKEN_OVER: Duration = Duration::from_secs(30);
/// An owner that was stopped goes on so long after the other has sold something.
const STILL_STOPPED: Duration = Duration::from_secs(1);
/// One that is told to end has ended.
const ENDED: Duration = Duration::from_secs(30);
/// The database does not hear from the owner: for longer than it waits for it, and at times for less long than the standby
/// then waits before it sells.
const CUT_MS: std::ops::RangeInclusive<u64> = 6_000..=11_000;

impl Supervisor {
    /// A second server, which says that it stands by.
    pub(super) async fn have_a_standby(&mut self) -> anyhow::Result<()> {
        let place = &mut self.places[1 - self.current];
        if !place.is_there()? {
            place.start(None, &self.hits)?;
        }
        self.expect_a_standby().await
    }

    /// The other strokes are for a server that is alone.
    pub(super) fn dismiss_the_standby(&mut self) -> anyhow::Result<()> {
        self.places[1 - self.current].kill()
    }

    /// Whoever of the two sells after it owns the shop from then on, and the other one stands by: the one that was struck, if
    /// it is there again.
    pub(super) async fn strike_the_owner(&mut self, blow: Blow, crowd: &Crowd) -> anyhow::Result<()> {
        let (old, new) = (self.current, 1 - self.current);
        let cut_for = self.some_ms(CUT_MS);
        let struck = Instant::now();
        match blow {
            Blow::Kill => {
                self.places[old].kill()?;
                self.tally.server_kills += 1;
            }
            Blow::End => {
                self.places[old].signal(Signal::SIGTERM)?;
                self.tally.server_ends += 1;
            }
            Blow::Stop => {
                self.places[old].signal(Signal::SIGSTOP)?;
                self.tally.server_pauses += 1;
            }
            Blow::Reset => self.cut(),
            Blow::Postgres => self.kill_postgres(false).await?,
            Blow::Cut => {}
        }
        // One that goes in order may still sell; of one that is killed or stopped, an answer may be on its way.
        let sold =
            |answer: &Answer| answer.sold && answer.asked > struck && (answer.place == new || !blow.is_the_end());
        let (first, ()) = tokio::join!(crowd.till.first(sold, TAKEN_OVER), async {
            if blow == Blow::Cut {
                let _spell = self.places[old].proxy.for_now(Link::BlackHole);
                sleep(cut_for).await;
            }
        });
        let Some(first) = first else {
            let says = format!("{}: for {} s nothing was sold beside a standby", blow.name(), TAKEN_OVER.as_secs());
            self.findings.push(Finding::new("takes-over", says));
            self.places[new].kill()?;
            return self.places[old].kill();
        };
        self.tally.unserved(blow, first.heard - struck);
        self.current = first.place;
        self.tally.takeovers += u64::from(first.place == new);
        self.bring_back(old, blow).await?;
        self.expect_a_standby().await?;
        self.pause(100..=600).await;
        self.expect_one_owner(blow, crowd, &first);
        Ok(())
    }

    async fn bring_back(&mut self, old: usize, blow: Blow) -> anyhow::Result<()> {
        match blow {
            Blow::Kill => self.places[old].start(None, &self.hits),
            Blow::End => {
                let status = self.places[old].ended(ENDED).await?;
                if !status.is_some_and(|status| status.success()) {
                    let says = format!("told to end, a server ended so within {} s: {status:?}", ENDED.as_secs());
                    self.findings.push(Finding::new("ends-in-order", says));
                    self.places[old].kill()?;
                }
                self.places[old].start(None, &self.hits)
            }
            Blow::Stop => {
                sleep(STILL_STOPPED).await;
                self.places[old].signal(Signal::SIGCONT)?;
                self.tally.split_brains += 1;
                Ok(())
            }
            Blow::Cut | Blow::Reset | Blow::Postgres => Ok(()),
        }
    }

    async fn expect_a_standby(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        if self.places[1 - self.current].wait_until(Role::Standby, REOPEN).await? != Opened::Ready {
            let says = format!("a second server did not stand by after {} ms", begun.elapsed().as_millis());
            self.findings.push(Finding::new("stands-by", says));
        }
        Ok(())
    }

    /// Since the new owner sold for the first time, nobody was sold or refused anything by the other one.
    fn expect_one_owner(&mut self, blow: Blow, crowd: &Crowd, first: &Answer) {
        let others = crowd.till.count(|answer| answer.place != first.place && answer.asked > first.heard);
        if others > 0 {
            let says = format!("{}: {others} answers of a server that had lost the shop", blow.name());
            self.findings.push(Finding::new("one-owner", says));
        }
    }
}
