//! Does the damage, one stroke after the other, and sees to it that the shop opens again after each.

mod blow;
mod links;
mod points;
mod split;
mod standby;
mod stroke;
mod tally;

use std::time::Duration;

use nix::sys::signal::Signal;
use rand::RngExt;
use rand::rngs::SmallRng;
use testdb::Link;
use tokio::time::{Instant, sleep};

pub use blow::Blow;
pub use stroke::Stroke;
pub(crate) use tally::{Tally, Unserved};

use crate::checker::Finding;
use crate::client::Crowd;
use crate::ground::{Armed, Cluster, Hits, Opened, POINTS, Place, Role};

pub(crate) struct Supervisor {
    pub(crate) cluster: Cluster,
    pub(crate) places: [Place; 2],
    /// Where the server is that should own the cell.
    current: usize,
    pub(crate) hits: Hits,
    /// How many fail points were armed so far.
    armed: usize,
    dice: SmallRng,
    pub(crate) tally: Tally,
    pub(crate) findings: Vec<Finding>,
}

/// A shop that is not open again by then is lost.
const REOPEN: Duration = Duration::from_secs(45);
/// How many starts that takes: each may meet a fail point, or a predecessor that has not let go.
const STARTS: u32 = 60;
/// Open, and nobody is served.
const UNSERVED: Duration = Duration::from_secs(30);
/// Answers that show that it serves.
const SERVED: u64 = 5;

impl Supervisor {
    pub(crate) fn new(cluster: Cluster, places: [Place; 2], hits: Hits, mut dice: SmallRng) -> Self {
        let armed = dice.random_range(0..POINTS.len());
        Self { cluster, places, current: 0, hits, armed, dice, tally: Tally::default(), findings: Vec::new() }
    }

    pub(crate) async fn open(&mut self) -> anyhow::Result<()> {
        self.reopen().await
    }

    /// One stroke in the middle of everything, and the way back.
    pub(crate) async fn cycle(&mut self, stroke: Stroke, crowd: &Crowd) -> anyhow::Result<()> {
        if matches!(stroke, Stroke::Standby(_)) {
            self.have_a_standby().await?;
        } else {
            self.dismiss_the_standby()?;
        }
        self.pause(20..=300).await;
        let begun = Instant::now();
        match stroke {
            Stroke::KillServer => self.kill_server(None)?,
            Stroke::KillAtPoint => self.kill_at_point().await?,
            Stroke::StopAtPoint => self.stop_at_point(crowd).await?,
            Stroke::KillPostgres => self.kill_postgres(false).await?,
            Stroke::KillBoth => self.kill_postgres(true).await?,
            Stroke::EndBackend => self.end_backend(false).await?,
            Stroke::KillBackend => self.end_backend(true).await?,
            Stroke::SplitBrain => self.split_brain(crowd).await?,
            Stroke::Cut => self.cut(),
            Stroke::CutBefore => self.spoil(Link::CutBefore, 20..=400).await,
            Stroke::CutAfter => self.spoil(Link::CutAfter, 20..=400).await,
            Stroke::Late => {
                let by = self.some_ms(20..=2_500);
                self.spoil(Link::Late { by }, 20..=400).await;
            }
            Stroke::Delay => {
                let (to_server, to_client) = (self.some_ms(1..=60), self.some_ms(1..=60));
                self.spoil(Link::Delay { to_server, to_client }, 200..=700).await;
            }
            Stroke::BlackHole => self.spoil(Link::BlackHole, 100..=2_800).await,
            Stroke::Down => self.spoil(Link::Refuse, 100..=2_000).await,
            Stroke::Standby(blow) => self.strike_the_owner(blow, crowd).await?,
        }
        self.reopen().await?;
        self.tally.reopened(stroke, begun.elapsed());
        self.wait_until_served(crowd).await;
        Ok(())
    }

    /// Nothing is wrong any more, and one server is left.
    pub(crate) async fn calm_down(&mut self) -> anyhow::Result<()> {
        self.places[1 - self.current].kill()?;
        self.reopen().await
    }

    pub(crate) fn connections_cut(&self) -> testdb::Counts {
        self.places.iter().map(|place| place.proxy.counts()).fold(testdb::Counts::default(), |sum, next| sum + next)
    }

    fn kill_server(&mut self, armed: Option<&Armed>) -> anyhow::Result<()> {
        self.here().kill()?;
        self.tally.server_kills += 1;
        if self.dice.random_bool(0.3) {
            self.current = 1 - self.current;
            // Whoever was left there by an earlier stroke.
            self.here().kill()?;
        }
        self.start(armed)
    }

    async fn kill_postgres(&mut self, and_server: bool) -> anyhow::Result<()> {
        if and_server {
            self.here().kill()?;
            self.tally.server_kills += 1;
        }
        self.cluster.kill_postmaster()?;
        self.tally.postgres_kills += 1;
        self.pause(0..=400).await;
        self.cluster.start().await
    }

    async fn end_backend(&mut self, hard: bool) -> anyhow::Result<()> {
        let journals = self.dice.random_bool(0.7);
        // PostgreSQL may be starting anew after the last one.
        if let Ok(true) = self.cluster.end_backend(journals, hard).await {
            self.tally.backends_ended += 1;
            if hard {
                self.tally.backends_killed += 1;
                self.pause(10..=100).await;
            }
        }
        Ok(())
    }

    fn here(&mut self) -> &mut Place {
        &mut self.places[self.current]
    }

    fn start(&mut self, armed: Option<&Armed>) -> anyhow::Result<()> {
        self.places[self.current].start(armed, &self.hits)
    }

    /// Until the server that should own the cell says that it may sell; started again whenever it ends.
    async fn reopen(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        for _ in 0..STARTS {
            if !self.here().is_there()? {
                self.start(None)?;
            }
            if self.here().is_stopped() {
                self.here().signal(Signal::SIGCONT)?;
            }
            match self.here().wait_until(Role::Owner, REOPEN).await? {
                Opened::Ready => return Ok(()),
                Opened::Gone => self.tally.starts_in_vain += 1,
                Opened::Late => break,
            }
            sleep(Duration::from_millis(20)).await;
        }
        let says = format!("not open again after {} ms", begun.elapsed().as_millis());
        self.findings.push(Finding::new("opens-again", says));
        self.here().kill()?;
        self.start(None)
    }

    async fn wait_until_served(&mut self, crowd: &Crowd) {
        let (begun, before) = (Instant::now(), crowd.served());
        while crowd.served() < before + SERVED {
            if begun.elapsed() > UNSERVED {
                let says = format!("open, and nobody is served for {} s", UNSERVED.as_secs());
                self.findings.push(Finding::new("serves-again", says));
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn pause(&mut self, ms: std::ops::RangeInclusive<u64>) {
        let ms = self.some_ms(ms);
        sleep(ms).await;
    }
}
