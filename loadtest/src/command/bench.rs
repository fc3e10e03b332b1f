//! `loadtest bench`

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::{Database, Schema, Setting};
use crate::bench::{Course, Extent, Figures, Footprint, Plain, Process, Row, ShopBench, goals, publish};
use crate::measure::Live;
use crate::report::{say, steps};
use crate::span;

/// While looking for the best pool size: the order of sizes shows soon.
const TRYING: Duration = Duration::from_secs(1);
const TRYING_WARM_UP: Duration = Duration::from_millis(300);

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    /// The shop's own PostgreSQL: the baseline makes a throw-away schema there, so that both sides have the same disk
    #[arg(long, env = "LOADTEST_DATABASE_URL")]
    database_url: String,
    /// Rounds of everything; medians are reported
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// Time of each measurement, after --warm-up
    #[arg(long, value_parser = span::parse, default_value = "4s")]
    duration: Duration,
    #[arg(long, value_parser = span::parse, default_value = "1s")]
    warm_up: Duration,
    /// SKUs of the spread sales
    #[arg(long, default_value_t = 10_000)]
    skus: u32,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Each round, measure again with every commit of this PostgreSQL slower by this (microseconds; 1000 is an ordinary disk;
    /// 0 leaves it out). Sets commit_delay and commit_siblings for the whole server, and resets them. Needs a superuser.
    #[arg(long, default_value_t = 1000)]
    commit_delay: u32,
    /// The shop's process on this machine: what it takes of the memory is measured as well
    #[arg(long)]
    server_pid: Option<u32>,
    /// SKUs to wake, for the memory that one takes; 0 leaves it out
    #[arg(long, default_value_t = 20_000)]
    awake_skus: u32,
    /// Shoppers who only wait, as many as the limits of open files let in; 0 leaves it out
    #[arg(long, default_value_t = 100_000)]
    waiting: u64,
    /// Lines for the table that another program measured (JSON: figure, measured, aim, verdict)
    #[arg(long)]
    beside: Option<PathBuf>,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let beside = flags.beside.as_deref().map(read_rows).transpose()?.unwrap_or_default();
    let database = Database::parse(&flags.database_url)?;
    let machine = database.describe().await?;
    say(&format!("PostgreSQL: {machine}"));
    let schema = Schema::create(&database, flags.skus).await?;
    let mut figures = Figures::default();
    let setting = Setting { threads: flags.threads, warm_up: flags.warm_up, lasting: flags.duration };
    let shop = ShopBench { admin: &admin, setting, skus: flags.skus, live, orders: Cell::default() };
    let measured = measure(&flags, &database, &schema, &shop, &mut figures).await;
    schema.drop(&database).await?;
    // What was measured before something went wrong is worth reading too.
    let about = json!({ "postgres": machine });
    publish(&flags.shop.out, "bench", &about, &figures, &[goals(&figures), beside].concat())?;
    measured?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(
    flags: &Flags,
    database: &Database,
    schema: &Schema,
    shop: &ShopBench<'_>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    steps("SQL: looking for the best pool sizes");
    let trying = Setting {
        warm_up: shop.setting.warm_up.min(TRYING_WARM_UP),
        lasting: shop.setting.lasting.min(TRYING),
        ..shop.setting
    };
    let plain = Plain::sweep(database, schema, shop.setting, trying, flags.skus).await?;
    let footprint = flags.server_pid.map(|pid| Footprint {
        admin: shop.admin,
        server: Process::of(pid),
        skus: flags.awake_skus,
        shoppers: flags.waiting,
    });
    let extent = Extent { rounds: flags.rounds, commit_delay: flags.commit_delay };
    Course { shop, plain: &plain, database, footprint: footprint.as_ref(), extent }.run(figures).await
}

fn read_rows(file: &Path) -> anyhow::Result<Vec<Row>> {
    let text = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is no list of figures", file.display()))
}
