//! What is told to operators: log lines and numbers.
//!
//! A request that went well is a counter, not a line. There is no span per request either: entering one costs more than
//! routing does, and what needs to be found again carries `trace.id` itself.

pub mod gauges;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;
use std::panic::{self, PanicHookInfo};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

/// Bounds of the latency histograms, in seconds: around what a commit takes, and up to what a shopper bears.
const LATENCY_BUCKETS: &[f64] =
    &[0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Bounds of how long a change takes to be found, in seconds: around the promise of one in the middle and two at most.
const VISIBLE_BUCKETS: &[f64] = &[0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0];

/// Bounds of how much goes into one commit: 512 is the most there is.
const BATCH_BUCKETS: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0];

/// How often histograms are folded; until then each observation takes memory.
pub const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Sends log lines to the standard error, as JSON or for people. `filter` is as in `RUST_LOG`.
pub fn log(json: bool, filter: &str) -> anyhow::Result<()> {
    let mut directives = EnvFilter::try_new(filter).with_context(|| format!("the log filter {filter:?}"))?;
    if !filter.contains("actix_http") {
        // It tells every head that a stranger sends malformed as an error of ours.
        directives = directives.add_directive("actix_http=off".parse().context("a directive")?);
    }
    // It tells the parameters of every statement: addresses, names, digests.
    directives = directives.add_directive("tokio_postgres=info".parse().context("a directive")?);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(directives)
        .with_writer(std::io::stderr)
        // Colours are for people.
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE);
    let installed = if json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    installed.map_err(|error| anyhow::anyhow!("logging was set up twice: {error}"))?;
    panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// A line like any other, for whoever reads the lines reads no others.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message");
    let location = panic.location().map(tracing::field::display);
    let thread = thread::current();
    // Where it is asked for by `RUST_BACKTRACE`.
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::display(backtrace));
    tracing::error!(thread.name = thread.name(), code.location = location, backtrace, "panicked: {message}");
}

/// Collects this process's metrics, all called `doorbuster_...`. Once per process.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("duration_seconds".to_owned()), LATENCY_BUCKETS)?
        .set_buckets_for_metric(
            Matcher::Full("doorbuster_search_visible_duration_seconds".to_owned()),
            VISIBLE_BUCKETS,
        )?
        .set_buckets_for_metric(Matcher::Suffix("batch_bundles".to_owned()), BATCH_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("batch_carts".to_owned()), BATCH_BUCKETS)?
        .install_recorder()
        .context("metrics were set up twice")?;
    gauges::describe();
    Ok(handle)
}
