//! What the shop tells about itself: how many SKUs are awake, how long its commits take.

use serde::Deserialize;

use crate::http::{Client, Request};

pub(crate) async fn skus_awake(client: &Client) -> anyhow::Result<u64> {
    #[derive(Deserialize)]
    struct Ready {
        skus_awake: u64,
    }
    let reply = client.ask(&Request::get(&client.target, "/readyz").empty()).await?;
    let ready: Ready = reply.expect_success("/readyz")?.read("/readyz")?;
    Ok(ready.skus_awake)
}

/// How many commits took at most how long, since the shop was started.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct CommitTimes {
    /// Microseconds, ascending, and how many took that or less.
    buckets: Vec<(u64, u64)>,
}

const HISTOGRAM: &str = "doorbuster_journal_commit_duration_seconds_bucket{le=\"";

impl CommitTimes {
    /// Nothing, from a shop that does not tell.
    pub(crate) async fn read(client: &Client) -> anyhow::Result<Self> {
        let reply = client.ask(&Request::get(&client.target, "/metrics").empty()).await?;
        Ok(if reply.is_success() { Self::parse(&String::from_utf8_lossy(&reply.body)) } else { Self::default() })
    }

    fn parse(metrics: &str) -> Self {
        let bucket = |line: &str| {
            let (bound, count) = line.strip_prefix(HISTOGRAM)?.split_once("\"} ")?;
            let bound_us = if bound == "+Inf" { u64::MAX } else { micros(bound)? };
            Some((bound_us, count.trim().parse().ok()?))
        };
        Self { buckets: metrics.lines().filter_map(bucket).collect() }
    }

    pub(crate) fn since(mut self, earlier: &Self) -> Self {
        for (bucket, before) in self.buckets.iter_mut().zip(&earlier.buckets) {
            bucket.1 = bucket.1.saturating_sub(before.1);
        }
        self
    }

    /// The bound that so many percent stayed within, in microseconds.
    pub(crate) fn percentile(&self, percent: u64) -> Option<u64> {
        let all = self.buckets.last().map(|bucket| bucket.1).filter(|all| *all > 0)?;
        self.buckets.iter().find(|bucket| bucket.1 * 100 >= all * percent).map(|bucket| bucket.0)
    }
}

/// `0.0025` as 2,500.
fn micros(seconds: &str) -> Option<u64> {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let fraction = format!("{fraction:0<6}");
    Some(whole.parse::<u64>().ok()? * 1_000_000 + fraction.get(..6)?.parse::<u64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const METRICS: &str = "# TYPE doorbuster_journal_commit_duration_seconds histogram
doorbuster_journal_commit_duration_seconds_bucket{le=\"0.0005\"} 10
doorbuster_journal_commit_duration_seconds_bucket{le=\"0.0025\"} 90
doorbuster_journal_commit_duration_seconds_bucket{le=\"1\"} 99
doorbuster_journal_commit_duration_seconds_bucket{le=\"+Inf\"} 100
doorbuster_journal_commit_duration_seconds_sum 1.5
";

    #[test]
    fn a_percentile_is_the_bound_of_its_bucket() {
        let times = CommitTimes::parse(METRICS);
        assert_eq!(times.buckets, [(500, 10), (2_500, 90), (1_000_000, 99), (u64::MAX, 100)]);
        assert_eq!(
            [10, 11, 90, 95, 100].map(|percent| times.percentile(percent).unwrap()),
            [500, 2_500, 2_500, 1_000_000, u64::MAX]
        );
    }

    #[test]
    fn what_was_before_does_not_count() {
        let before = CommitTimes::parse(METRICS);
        assert_eq!(CommitTimes::parse(METRICS).since(&before).percentile(50), None);
        let later = METRICS.replace("} 90", "} 95").replace("} 99", "} 104").replace("} 100", "} 105");
        assert_eq!(CommitTimes::parse(&later).since(&before).percentile(95), Some(2_500));
        assert_eq!(CommitTimes::parse("").percentile(95), None);
    }
}
