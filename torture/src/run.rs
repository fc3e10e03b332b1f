//! One run: a fresh shop, so many strokes, a calm, the verdict.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::time::sleep;

use crate::checker::{Books, Calm, Finding, judge};
use crate::client::{Crowd, Gathered, HOLD_TTL_S, hand_out_key, search_catches_up, set_up};
use crate::ground::{Cluster, Guard, Hits, Place};
use crate::notes::{claims, now_us};
use crate::report::{Report, requests};
use crate::supervisor::{Stroke, Supervisor};

pub struct Options {
    /// The program `doorbuster`.
    pub server: PathBuf,
    pub seed: u64,
    /// One after the other.
    pub strokes: Vec<Stroke>,
    pub clients: usize,
    /// PostgreSQL with `fsync`, as it would be used.
    pub durable: bool,
    /// Says what it is at.
    pub loud: bool,
    /// Where everything goes that a finding can be understood by.
    pub keep: PathBuf,
}

/// A stop that was longer gives those whose time ran out meanwhile a minute.
const LONG_STOP_MS: u64 = 5_000;
const GRACE_US: i64 = 62_000_000;
/// Business as usual before the end: expiry must be seen to work.
const USUAL: Duration = Duration::from_millis(1_500);

pub async fn run(options: &Options) -> anyhow::Result<Report> {
    let begun = Instant::now();
    let folder = tempfile::Builder::new().prefix("doorbuster-torture-").tempdir()?;
    let guard = Guard::over(folder.path())?;
    // From here on the guard removes it.
    let folder = folder.keep();

    let cluster = Cluster::make(&folder, options.durable).await?;
    let url = cluster.url();
    let place = |name| Place::prepare(name, &folder, &options.server, &url);
    let places = [place("a")?, place("b")?];
    let ports: Arc<[u16]> = places.iter().map(|place| place.port).collect();
    let hits = Hits::in_folder(&folder)?;
    let mut supervisor = Supervisor::new(cluster, places, hits, SmallRng::seed_from_u64(options.seed));
    supervisor.open().await?;
    hand_out_key(&supervisor.cluster.connect().await?).await?;
    let shop = Arc::new(set_up(&ports).await?);
    let crowd = Crowd::enter(&folder, &ports, Arc::clone(&shop), options.clients, options.seed).await?;

    let knows_points = supervisor.knows_fail_points();
    let mut cycles = 0;
    for stroke in &options.strokes {
        if stroke.needs_fail_points() && !knows_points {
            continue;
        }
        say(options, format_args!("{cycles:>5} {stroke}"));
        supervisor.cycle(*stroke, &crowd).await?;
        cycles += 1;
    }

    supervisor.calm_down().await?;
    let since_us = now_us();
    sleep(USUAL).await;
    let Gathered { notes, open, never_answered } = crowd.leave().await?;
    let mut client = supervisor.cluster.connect().await?;
    let grace_us = if supervisor.tally.longest_ms() > LONG_STOP_MS { GRACE_US } else { 0 };
    let calm = Calm { since_us, grace_us };
    let books = wait_for_holds(&mut client, calm).await?;
    let claims = claims(notes);
    let mut findings = std::mem::take(&mut supervisor.findings);
    findings.extend(judge(&claims, &books, calm));
    if !search_catches_up(&ports, &shop.product).await? {
        findings.push(Finding::new("search-catches-up", "the search does not find the product as it is"));
    }
    if never_answered > 0 {
        let says = format!("{never_answered} of {open} open questions were not answered though all was well again");
        findings.push(Finding::new("answers-in-the-end", says));
    }
    if !findings.is_empty() {
        keep(&folder, &options.keep, &books)?;
    }
    let counts = supervisor.connections_cut();
    let report = Report {
        seed: options.seed,
        cycles,
        took_s: begun.elapsed().as_secs(),
        links: [
            ("accepted", counts.accepted),
            ("cut: reset", counts.reset),
            ("cut: severed on PostgreSQL's side", counts.severed),
            ("cut before the statement arrived", counts.cut_before),
            ("cut after it arrived", counts.cut_after),
            ("cut, the statement held back", counts.held_back),
            ("  of them delivered late to one that listened", counts.delivered_late),
            ("delayed pieces", counts.delayed),
            ("cut, all together", counts.cut()),
        ]
        .into(),
        fail_points: knows_points.then(|| supervisor.hits.count()),
        requests: requests(&claims),
        rows: [
            ("orders", books.orders.len() as u64),
            ("holds", books.holds.len() as u64),
            ("  of them expired", books.holds.iter().filter(|hold| hold.state == "expired").count() as u64),
            ("ledger", books.ledger.len() as u64),
            ("batches", books.batches.len() as u64),
            ("epochs", books.batches.last().map_or(0, |batch| batch.epoch.cast_unsigned())),
            ("open questions at the end", open as u64),
        ]
        .into(),
        takeovers: supervisor.tally.takeover_times(),
        tally: supervisor.tally,
        findings,
    };
    drop((supervisor.cluster, supervisor.places, guard));
    Ok(report)
}

/// Until no hold is left; or until one has overstayed its time, which the judge will see.
async fn wait_for_holds(client: &mut tokio_postgres::Client, calm: Calm) -> anyhow::Result<Books> {
    loop {
        let books = Books::read(client).await?;
        let held = books.holds.iter().filter(|hold| hold.state == "held").count();
        let patience_us = calm.grace_us + (HOLD_TTL_S + 10) * 1_000_000;
        if held == 0 || books.read_us > calm.since_us + patience_us + USUAL.as_micros() as i64 {
            return Ok(books);
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Notes, logs and rows.
fn keep(folder: &Path, to: &Path, books: &Books) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| format!("making {}", to.display()))?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if let ("jsonl" | "log", Some(name)) = (kind, path.file_name()) {
            fs::copy(&path, to.join(name))?;
        }
    }
    fs::write(to.join("books.json"), serde_json::to_vec(books)?)?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "it is asked to be loud")]
fn say(options: &Options, line: std::fmt::Arguments<'_>) {
    if options.loud {
        println!("{line}");
    }
}
