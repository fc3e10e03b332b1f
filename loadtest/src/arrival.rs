//! PURE. When shoppers arrive, computed before the run, so that a slow shop cannot slow the arrivals down.
//!
//! Latency is measured from these moments. A generator that sends the next request only when the last
//! was answered asks less of a shop exactly while the shop is bad (coordinated omission).

use std::time::Duration;

use anyhow::{Context, bail};
use rand::{Rng, RngExt};
use serde::Deserialize;

use crate::span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spacing {
    /// Evenly spaced.
    Constant,
    /// Independent shoppers: random gaps, now and then a crowd.
    Poisson,
}

/// `per_second` arrivals for `lasting`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) per_second: u64,
    pub(crate) lasting: Duration,
}

/// Nanoseconds after the start, ascending.
pub(crate) fn departures(steps: &[Step], spacing: Spacing, dice: &mut impl Rng) -> Vec<u64> {
    let mut moments = Vec::new();
    let mut begin = 0;
    for step in steps {
        let lasting = u64::try_from(step.lasting.as_nanos()).unwrap_or(u64::MAX);
        match spacing {
            Spacing::Constant => evenly(begin, lasting, step.per_second, &mut moments),
            Spacing::Poisson => by_chance(begin, lasting, step.per_second, dice, &mut moments),
        }
        begin += lasting;
    }
    moments
}

fn evenly(begin: u64, lasting: u64, per_second: u64, moments: &mut Vec<u64>) {
    // From the count, not by adding up a rounded gap: no drift.
    let nanos = |number: u64| u128::from(number) * 1_000_000_000 / u128::from(per_second.max(1));
    let within = (0..).map(nanos).take_while(|after| *after < u128::from(lasting));
    moments.extend(within.filter_map(|after| Some(begin + u64::try_from(after).ok()?)).take(if per_second == 0 {
        0
    } else {
        usize::MAX
    }));
}

#[expect(clippy::float_arithmetic, reason = "exponential gaps are made with a logarithm; they are moments, not money")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "non-negative nanoseconds of a run"
)]
fn by_chance(begin: u64, lasting: u64, per_second: u64, dice: &mut impl Rng, moments: &mut Vec<u64>) {
    if per_second == 0 {
        return;
    }
    let mean_gap = 1e9 / per_second as f64;
    let mut after = 0.0;
    loop {
        // `random` is in [0, 1): its complement is never 0, so the logarithm is finite.
        after += -(1.0 - dice.random::<f64>()).ln() * mean_gap;
        if after >= lasting as f64 {
            return;
        }
        moments.push(begin + after as u64);
    }
}

/// `"500@10s, 1000@10s"`: 500 a second for ten seconds, then 1,000.
pub(crate) fn parse_steps(text: &str) -> anyhow::Result<Vec<Step>> {
    let steps: Vec<Step> = text.split(',').map(|step| parse_step(step.trim())).collect::<Result<_, _>>()?;
    if steps.iter().all(|step| step.per_second == 0) {
        bail!("{text}: nobody ever arrives");
    }
    Ok(steps)
}

fn parse_step(text: &str) -> anyhow::Result<Step> {
    let (per_second, lasting) =
        text.split_once('@').with_context(|| format!("{text}: a step is RATE@TIME, as in 500@10s"))?;
    let per_second = per_second.trim().parse().with_context(|| format!("{per_second}: not a rate per second"))?;
    Ok(Step { per_second, lasting: span::parse(lasting.trim()).map_err(anyhow::Error::msg)? })
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    use super::*;

    fn plan(steps: &str, spacing: Spacing, seed: u64) -> Vec<u64> {
        departures(&parse_steps(steps).unwrap(), spacing, &mut SmallRng::seed_from_u64(seed))
    }

    #[test]
    fn constant_arrivals_are_evenly_spaced_and_do_not_drift() {
        let moments = plan("3@1s", Spacing::Constant, 0);
        assert_eq!(moments, [0, 333_333_333, 666_666_666]);
        assert_eq!(plan("7000@10s", Spacing::Constant, 0).len(), 70_000);
    }

    #[test]
    fn steps_follow_each_other() {
        let moments = plan("2@1s, 0@1s, 4@1s", Spacing::Constant, 0);
        assert_eq!(moments, [0, 500_000_000, 2_000_000_000, 2_250_000_000, 2_500_000_000, 2_750_000_000]);
    }

    #[test]
    fn poisson_arrivals_have_the_rate_and_the_crowds() {
        let moments = plan("1000@20s", Spacing::Poisson, 7);
        assert!((19_000..21_000).contains(&moments.len()), "{}", moments.len());
        assert!(moments.is_sorted());
        // Exponential gaps: about 63 % are shorter than the mean.
        let short = moments.windows(2).filter(|pair| pair[1] - pair[0] < 1_000_000).count();
        assert!((60..67).contains(&(short * 100 / moments.len())), "{short} of {}", moments.len());
        assert_eq!(moments, plan("1000@20s", Spacing::Poisson, 7), "the same seed, the same crowd");
    }

    #[test]
    fn nonsense_is_named() {
        for text in ["", "500", "x@1s", "5@", "5@1 fortnight", "0@10s"] {
            assert!(parse_steps(text).is_err(), "{text}");
        }
    }
}
