//! What is measured in which order: the peak, then once, twice and ten times of it, then the calm after it.

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::storm::{Storm, sent};
use crate::arrival::{Spacing, Step, departures};
use crate::baseline::Setting;
use crate::bench::{Figure, Figures, Load, Process, Taken};
use crate::command::{pass_judgement, rush_aside};
use crate::measure::{Live, Operation, OperationTally, Outcome, Slice, Tally, per_second};
use crate::report::steps;
use crate::rush::{Pace, Plan, Takings};
use crate::scenario::{Notes, Stall};
use crate::shop::Admin;

pub(crate) struct Course<'a> {
    pub(crate) admin: &'a Admin,
    /// The shop's process on this machine, for its memory.
    pub(crate) server: Option<Process>,
    pub(crate) setting: Setting,
    /// Open connections while arrivals are open: buyers who wait for their answer at the same time.
    pub(crate) connections: usize,
    /// How long the shop is watched afterwards.
    pub(crate) calm: Duration,
    pub(crate) live: Arc<Live>,
}

/// How many in flight serve the peak.
const AT_PEAK: usize = 512;
/// In time, again.
const IN_TIME_US: u64 = 250_000;
const SLICE: Duration = Duration::from_millis(250);
const SAMPLED_EVERY: Duration = Duration::from_millis(100);

/// A rush whose books have not been looked at.
struct Rushed {
    storm: Storm,
    takings: Takings<Notes>,
    unsent: u64,
    resident_most: Option<u64>,
}

/// The most that the server took.
#[derive(Default)]
struct Watched(Cell<u64>);

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let pace = Pace::Lasting(self.setting.warm_up + self.setting.lasting);
        steps(Figure::Peak.name());
        let rushed = self.rush(Arc::new(Stall::with_plenty(self.admin).await?), pace, AT_PEAK).await?;
        let peak = self.rate(&rushed.takings.tally, Outcome::Accepted);
        figures.add(Figure::Peak, peak);
        self.judge(rushed).await?;
        for load in Load::ALL {
            self.load(load, peak, figures).await?;
        }
        Ok(())
    }

    async fn load(&self, load: Load, peak: u64, figures: &mut Figures) -> anyhow::Result<()> {
        let offered = peak * load.times();
        steps(&format!("{}x the peak: {offered} buyers a second", load.times()));
        let stalls = (Arc::new(Stall::with_plenty(self.admin).await?), Arc::new(Stall::with_plenty(self.admin).await?));
        let before = self.resident()?;
        let rushed = self.rush(stalls.0, self.open(offered, self.setting.lasting), self.connections).await?;
        // What comes right after it is part of it.
        let calm = match load {
            Load::TenTimes => Some(self.rush(stalls.1, self.open(peak / 2, self.calm), self.connections).await?),
            Load::Once | Load::Twice => None,
        };
        self.note(load, offered, &rushed, figures);
        if let (Load::TenTimes, Some(before), Some(most)) = (load, before, rushed.resident_most) {
            figures.add(Figure::MemoryBefore, before);
            figures.add(Figure::MemoryGrown, most.saturating_sub(before));
        }
        self.judge(rushed).await?;
        let Some(calm) = calm else { return Ok(()) };
        let recovered = recovered_after(&calm.takings.tally)
            .with_context(|| format!("{} s after the storm the shop was not itself again", self.calm.as_secs()))?;
        figures.add(Figure::Recovery, u64::try_from(recovered.as_micros()).unwrap_or(u64::MAX));
        self.judge(calm).await?;
        if let (Some(before), Some(after)) = (before, self.resident()?) {
            figures.add(Figure::MemoryAfter, after.saturating_sub(before));
        }
        Ok(())
    }

    fn note(&self, load: Load, offered: u64, rushed: &Rushed, figures: &mut Figures) {
        let Takings { tally, visits, .. } = &rushed.takings;
        let mut add = |taken, value| figures.add(Figure::Overload(load, taken), value);
        add(Taken::Offered, offered);
        let sent = visits.saturating_sub(rushed.unsent);
        add(Taken::Sent, per_second(sent, self.setting.warm_up + self.setting.lasting));
        add(Taken::Goodput, self.rate(tally, Outcome::Accepted));
        let Some(checkouts) = tally.operation(Operation::Checkout) else { return };
        add(Taken::AdmittedP99, checkouts.latency_us(Outcome::Accepted).value_at_quantile(0.99));
        if checkouts.count(Outcome::Refused) > 0 {
            add(Taken::TurnedAwayP50, checkouts.latency_us(Outcome::Refused).value_at_quantile(0.5));
        }
        steps(&summary(checkouts));
    }

    async fn rush(&self, stall: Arc<Stall>, pace: Pace, agents: usize) -> anyhow::Result<Rushed> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let target = self.admin.client.target.clone();
        let plan = Plan { pace: pace.clone(), slice: SLICE, ..self.setting.plan(target.clone(), agents) };
        let storm = Storm::new(stall.clone(), target.clone(), &pace)?;
        let watched = Watched::default();
        let takings = tokio::select! {
            takings = rush_aside(storm, &plan, &self.live) => takings?,
            never = self.watch_memory(&watched) => match never? {},
        };
        let (takings, unsent) = sent(takings);
        let resident_most = self.server.as_ref().map(|_| watched.0.get());
        Ok(Rushed { storm: Storm::new(stall, target, &pace)?, takings, unsent, resident_most })
    }

    /// Until it is dropped.
    async fn watch_memory(&self, watched: &Watched) -> anyhow::Result<Infallible> {
        loop {
            if let Some(resident) = self.resident()? {
                watched.0.set(watched.0.get().max(resident));
            }
            tokio::time::sleep(SAMPLED_EVERY).await;
        }
    }

    fn open(&self, per_second: u64, lasting: Duration) -> Pace {
        let step = Step { per_second, lasting: self.setting.warm_up + lasting };
        Pace::Planned(departures(&[step], Spacing::Poisson, &mut SmallRng::seed_from_u64(1)).into())
    }

    fn rate(&self, tally: &Tally, outcome: Outcome) -> u64 {
        tally.rate(Operation::Checkout, outcome, self.setting.lasting)
    }

    fn resident(&self) -> anyhow::Result<Option<u64>> {
        self.server.as_ref().map(Process::resident_bytes).transpose()
    }

    /// A shop that was fast and wrong has no figures.
    async fn judge(&self, rushed: Rushed) -> anyhow::Result<()> {
        let numbers = pass_judgement(self.admin, &rushed.storm.sale, rushed.takings).await?;
        ensure!(numbers.verdict.clean, "a wrong sale has no rate:\n  {}", numbers.findings.join("\n  "));
        Ok(())
    }
}

/// How long after the beginning everybody was served in time, until the end.
fn recovered_after(tally: &Tally) -> Option<Duration> {
    let slices = &tally.operation(Operation::Checkout)?.slices;
    let is_well = |slice: &Slice| {
        let [_, refused, failed] = slice.counts;
        refused + failed == 0 && slice.latency_us.value_at_quantile(0.99) <= IN_TIME_US
    };
    let ill = slices.iter().rposition(|slice| !is_well(slice)).map_or(0, |last| last + 1);
    (ill < slices.len()).then(|| tally.slice() * u32::try_from(ill).unwrap_or(u32::MAX))
}

fn summary(checkouts: &OperationTally) -> String {
    let [accepted, refused, failed] = Outcome::ALL.map(|outcome| checkouts.count(outcome));
    let codes: Vec<_> = checkouts.codes.0.iter().map(|(code, times)| format!("{code}: {times}")).collect();
    format!("  {accepted} bought, {refused} were turned away, {failed} had no answer ({})", codes.join(", "))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::measure::Settled;

    #[test]
    fn a_shop_has_recovered_when_nobody_is_turned_away_or_late_any_more() {
        let begun = Instant::now();
        let mut tally = Tally::new(begun, SLICE);
        let mut buy = |at_ms: u64, outcome, took_ms: u64| {
            let to = begun + Duration::from_millis(at_ms + 1_000);
            let from = to - Duration::from_millis(took_ms);
            let code = "overloaded";
            tally.settle(&Settled { operation: Operation::Checkout, outcome, code, from, to });
        };
        buy(10, Outcome::Accepted, 5);
        buy(260, Outcome::Refused, 1);
        buy(510, Outcome::Accepted, 400);
        buy(760, Outcome::Accepted, 5);
        assert_eq!(recovered_after(&tally), Some(Duration::from_millis(1_750)), "the slice after the late one");
        let to = begun + Duration::from_secs(2);
        let last =
            Settled { operation: Operation::Checkout, outcome: Outcome::Failed, code: "timeout", from: begun, to };
        tally.settle(&last);
        assert_eq!(recovered_after(&tally), None, "not by the end");
    }
}
