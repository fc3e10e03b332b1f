//! What is measured in which order: the peak, then once, twice and ten times of it, each with the calm right after it.

use std::cell::Cell;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::promised::{Kept, Promised};
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
    kept: Option<Kept>,
}

/// When buyers come.
struct Coming {
    pace: Pace,
    /// How many come while it lasts; the others come after it.
    in_the_storm: u64,
}

/// The most that the server took.
#[derive(Default)]
struct Watched(Cell<u64>);

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let whole = self.setting.warm_up + self.setting.lasting;
        steps(Figure::Peak.name());
        let all_day = Coming { pace: Pace::Lasting(whole), in_the_storm: u64::MAX };
        let rushed = self.rush(all_day, AT_PEAK, None).await?;
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
        let is_the_worst = load == Load::TenTimes;
        let promised = match is_the_worst {
            true => Some(Promised::place(self.admin, self.setting.warm_up, self.setting.lasting).await?),
            false => None,
        };
        let before = self.resident()?;
        let rushed = self.rush(self.coming(offered, peak / 2), self.connections, promised.as_ref()).await?;
        self.note(load, offered, &rushed, figures);
        if let Some(kept) = &rushed.kept {
            steps(&format!("  {}", kept.summary()));
            figures.add(Figure::Promised, kept.asked());
            figures.add(Figure::PromisedBroken, kept.broken());
            figures.add(Figure::PromisedP99, kept.p99_us());
        }
        if let (true, Some(before), Some(most)) = (is_the_worst, before, rushed.resident_most) {
            figures.add(Figure::MemoryBefore, before);
            figures.add(Figure::MemoryGrown, most.saturating_sub(before));
        }
        let recovered = recovered_after(&rushed.takings.tally, self.setting.lasting, self.calm);
        self.judge(rushed).await?;
        if !is_the_worst {
            return Ok(());
        }
        let recovered = recovered
            .with_context(|| format!("{} s after the storm the shop was not itself again", self.calm.as_secs()))?;
        figures.add(Figure::Recovery, u64::try_from(recovered.as_micros()).unwrap_or(u64::MAX));
        if let (Some(before), Some(after)) = (before, self.resident()?) {
            figures.add(Figure::MemoryAfter, after.saturating_sub(before));
        }
        Ok(())
    }

    fn note(&self, load: Load, offered: u64, rushed: &Rushed, figures: &mut Figures) {
        let tally = &rushed.takings.tally;
        let mut add = |taken, value| figures.add(Figure::Overload(load, taken), value);
        add(Taken::Offered, offered);
        let sent = rushed.storm.ends_with.saturating_sub(rushed.unsent);
        add(Taken::Sent, per_second(sent, self.setting.warm_up + self.setting.lasting));
        add(Taken::Goodput, self.rate(tally, Outcome::Accepted));
        let Some(checkouts) = tally.operation(Operation::Checkout) else { return };
        let mut let_in = checkouts.latency_us(Outcome::Accepted).clone();
        let_in.add(checkouts.latency_us(Outcome::Failed)).expect("histograms grow by themselves");
        if !let_in.is_empty() {
            add(Taken::AdmittedP99, let_in.value_at_quantile(0.99));
        }
        add(Taken::Failed, checkouts.count(Outcome::Failed));
        add(Taken::TurnedAway, self.rate(tally, Outcome::Refused));
        if checkouts.count(Outcome::Refused) > 0 {
            add(Taken::TurnedAwayP50, checkouts.latency_us(Outcome::Refused).value_at_quantile(0.5));
        }
        steps(&summary(checkouts));
    }

    async fn rush(&self, coming: Coming, agents: usize, promised: Option<&Promised<'_>>) -> anyhow::Result<Rushed> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let stall = Arc::new(Stall::with_plenty(self.admin).await?);
        let target = self.admin.client.target.clone();
        let Coming { pace, in_the_storm } = coming;
        let plan = Plan { pace: pace.clone(), slice: SLICE, ..self.setting.plan(target.clone(), agents) };
        let storm = || Storm::new(stall.clone(), target.clone(), &pace, in_the_storm);
        let watched = Watched::default();
        let begun = storm()?;
        let rushing = async { tokio::join!(rush_aside(begun, &plan, &self.live), keep(promised)) };
        let (takings, kept) = tokio::select! {
            both = rushing => both,
            never = self.watch_memory(&watched) => match never? {},
        };
        let (takings, unsent) = sent(takings?);
        let resident_most = self.server.as_ref().map(|_| watched.0.get());
        Ok(Rushed { storm: storm()?, takings, unsent, resident_most, kept: kept.transpose()? })
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

    /// So many a second while it lasts, and then `after` a second.
    fn coming(&self, per_second: u64, after: u64) -> Coming {
        let storm = Step { per_second, lasting: self.setting.warm_up + self.setting.lasting };
        let calm = Step { per_second: after, lasting: self.calm };
        let moments = departures(&[storm, calm], Spacing::Poisson, &mut SmallRng::seed_from_u64(1));
        let in_the_storm = moments.partition_point(|moment| u128::from(*moment) < storm.lasting.as_nanos());
        Coming { pace: Pace::Planned(moments.into()), in_the_storm: in_the_storm as u64 }
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

async fn keep(promised: Option<&Promised<'_>>) -> Option<anyhow::Result<Kept>> {
    Some(promised?.keep().await)
}

/// How long after the storm, which lasted so long, everybody was served in time for the rest of `calm`.
fn recovered_after(tally: &Tally, storm: Duration, calm: Duration) -> Option<Duration> {
    let number = |span: Duration| usize::try_from(span.as_nanos() / tally.slice().as_nanos()).unwrap_or(usize::MAX);
    let (begin, end) = (number(storm), number(storm + calm));
    let afterwards = &tally.operation(Operation::CheckoutAfterwards)?.slices;
    let stragglers = tally.operation(Operation::Checkout).map_or(&[][..], |checkouts| &checkouts.slices);
    let is_well = |at: usize| {
        let is_served = afterwards.get(at).is_some_and(|slice| slice.counts[0] > 0);
        is_served && [afterwards.get(at), stragglers.get(at)].into_iter().flatten().all(in_time)
    };
    let ill = (begin..end).rposition(|at| !is_well(at)).map_or(begin, |last| begin + last + 1);
    (ill < end).then(|| tally.slice() * u32::try_from(ill - begin).unwrap_or(u32::MAX))
}

fn in_time(slice: &Slice) -> bool {
    let [_, refused, failed] = slice.counts;
    refused + failed == 0 && slice.latency_us.value_at_quantile(0.99) <= IN_TIME_US
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
        let storm = Duration::from_secs(1);
        let mut tally = Tally::new(begun, SLICE);
        let mut settle = |operation, ended_ms: u64, outcome, took_ms: u64| {
            let to = begun + Duration::from_millis(ended_ms);
            let from = to.checked_sub(Duration::from_millis(took_ms)).expect("a moment ago");
            tally.settle(&Settled { operation, outcome, code: "", from, to });
            let recovered = |calm_s| recovered_after(&tally, storm, Duration::from_secs(calm_s));
            (recovered(2).map(|span| span.as_millis()), recovered(3).map(|span| span.as_millis()))
        };
        settle(Operation::Checkout, 900, Outcome::Refused, 1);
        for slice in 0..8 {
            settle(Operation::CheckoutAfterwards, 1_010 + 250 * slice, Outcome::Accepted, 5);
        }
        let served = settle(Operation::CheckoutAfterwards, 1_015, Outcome::Accepted, 5);
        assert_eq!(served, (Some(0), None), "in time from the first moment; in the third second nobody was served");
        let turned_away = settle(Operation::CheckoutAfterwards, 1_260, Outcome::Refused, 1);
        assert_eq!(turned_away.0, Some(500), "the slice after it");
        let late = settle(Operation::CheckoutAfterwards, 1_510, Outcome::Accepted, 400);
        assert_eq!(late.0, Some(750));
        let straggler = settle(Operation::Checkout, 1_760, Outcome::Accepted, 900);
        assert_eq!(straggler.0, Some(1_000), "of the storm, but still waiting after it");
        let unserved = settle(Operation::CheckoutAfterwards, 2_990, Outcome::Failed, 1);
        assert_eq!(unserved.0, None, "not by the end");
    }
}
