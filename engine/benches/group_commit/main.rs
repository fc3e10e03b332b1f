//! Group commit, in process and without HTTP: durable buy-now orders a second with the real bundle, what each costs the
//! processors on both sides, and how that compares with what PostgreSQL takes in of the very same rows when nothing decides,
//! fences or answers. At least half of it is the aim.
//!
//! Own PostgreSQL with `fsync` on, in a temporary folder. `cargo bench --bench group_commit`; `SECONDS=3 FLIGHT=64,512`.
//! `ROWS=file.json` keeps the ratios for `loadtest bench --beside`.

mod ingest;
mod rush;

use std::path::PathBuf;
use std::time::Duration;

use engine::postgres::embedded::{Embedded, Tuning};
use engine::postgres::{Database, migrate};
use engine::{Engine, Settings};
use serde_json::{Value, json};

use ingest::{Ingested, Twins, ingest};
use rush::{Rush, rush, stock};

/// In hundredths of what plain ingest reaches.
const AIM: u64 = 50;

fn main() -> anyhow::Result<()> {
    let seconds = number("SECONDS", 3);
    let folder = PathBuf::from(std::env::var("CARGO_TARGET_TMPDIR").unwrap_or_else(|_| "target/tmp".to_owned()));
    let folder = folder.join(format!("group-commit-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let tuning = Tuning { shared_buffers_mb: 256, commit_delay_us: u32::try_from(number("COMMIT_DELAY_US", 0))? };
    let cluster = Embedded::run(&folder, &tuning)?;
    let io = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    io.block_on(migrate(cluster.url()))?;
    let database = Database::new(cluster.url(), 4, io.handle().clone());
    let engine = io.block_on(Engine::open(database, Settings::default()))?;

    let flights: Vec<usize> = std::env::var("FLIGHT")
        .unwrap_or_else(|_| "64,512".to_owned())
        .split(',')
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let mut rows = Vec::new();
    for skus in [1, 10_000] {
        let skus = io.block_on(stock(&engine, skus))?;
        for flight in &flights {
            let what = format!("{} SKU(s), {flight} in flight", skus.len());
            let backend = io.block_on(journal_backend(&engine))?;
            let last_batch = io.block_on(last_batch(&engine))?;
            let before = (cpu_time("self"), cpu_time(&backend));
            let rush = io.block_on(rush(&engine, &skus, *flight, Duration::from_secs(seconds)))?;
            let after = (cpu_time("self"), cpu_time(&backend));
            report(&what, &rush, before, after);
            for twins in [Twins::Alike, Twins::Bare] {
                let ingested = io.block_on(ingest(cluster.url(), last_batch, twins))?;
                rows.push(compare(&what, &rush, &ingested, twins));
            }
        }
    }
    io.block_on(engine.close());
    drop(engine);
    drop(io);
    drop(cluster);
    std::fs::remove_dir_all(&folder)?;
    if let Ok(file) = std::env::var("ROWS") {
        std::fs::write(file, serde_json::to_vec_pretty(&rows)?)?;
    }
    Ok(())
}

/// The process of PostgreSQL that writes the batches.
async fn journal_backend(engine: &Engine) -> anyhow::Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Backend {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        pid: i32,
    }
    use diesel_async::RunQueryDsl;
    let mut connection = engine.database().connection().await?;
    let found: Backend = diesel::sql_query(
        "select pid from pg_stat_activity where application_name = 'doorbuster journal' and datname = current_database()",
    )
    .get_result(&mut connection)
    .await?;
    Ok(found.pid.to_string())
}

/// The number of the last batch that is durable.
async fn last_batch(engine: &Engine) -> anyhow::Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Cell {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        last_batch: i64,
    }
    use diesel_async::RunQueryDsl;
    let mut connection = engine.database().connection().await?;
    let cell: Cell = diesel::sql_query("select last_batch from cells").get_result(&mut connection).await?;
    Ok(cell.last_batch)
}

/// What a process has used of the processors, where `/proc` tells it. Wall time says little on a machine that others use.
fn cpu_time(process: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // After the name in parentheses: the 12th and 13th fields are user and system time, in hundredths of a second.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}

type CpuTimes = (Option<Duration>, Option<Duration>);

#[expect(clippy::print_stdout, reason = "a benchmark prints what it found")]
fn report(what: &str, rush: &Rush, before: CpuTimes, after: CpuTimes) {
    let orders = u128::from(rush.orders.max(1));
    let rate = per_second(rush.orders, rush.took);
    let each = |before: Option<Duration>, after: Option<Duration>| match (before, after) {
        (Some(before), Some(after)) => format!("{} us", (after - before).as_micros() / orders),
        _ => "?".to_owned(),
    };
    println!(
        "{what:<28} {rate:>8} orders/s, {:>4} orders a batch; CPU an order: engine and buyers {}, PostgreSQL {}",
        rush.orders / rush.batches,
        each(before.0, after.0),
        each(before.1, after.1),
    );
}

/// The line for people, and the row for `loadtest bench`.
#[expect(clippy::print_stdout, reason = "a benchmark prints what it found")]
fn compare(what: &str, rush: &Rush, ingested: &Ingested, twins: Twins) -> Value {
    let (ours, plain) = (per_second(rush.orders, rush.took), per_second(ingested.orders, ingested.took));
    let hundredths = ours * 100 / plain.max(1);
    let (aim, tables) = match twins {
        Twins::Alike => (Some(AIM), "the same tables"),
        Twins::Bare => (None, "tables with primary keys only"),
    };
    println!("{:<28} {plain:>8} orders/s when {tables} just take in these rows: {hundredths} % of that", "");
    let verdict = match aim {
        Some(aim) if hundredths < aim => "short",
        Some(_) => "met",
        None => "reported",
    };
    json!({
        "figure": format!("group commit / plain ingest into {tables}, in process, {what}"),
        "measured": format!("{}.{:02}x", hundredths / 100, hundredths % 100),
        "aim": aim.map(|aim| format!("{}.{:02}x", aim / 100, aim % 100)),
        "verdict": verdict,
    })
}

fn per_second(count: u64, took: Duration) -> u64 {
    count.saturating_mul(1000) / u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}
