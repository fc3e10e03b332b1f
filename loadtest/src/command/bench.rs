//! `loadtest bench`

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::{Database, Schema, Setting};
use crate::bench::{Figures, Plain, ShopBench, goals, show};
use crate::clock::wall_clock;
use crate::measure::Live;
use crate::report::{say, steps};
use crate::span;

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
    #[arg(long, value_parser = span::parse, default_value = "5s")]
    duration: Duration,
    #[arg(long, value_parser = span::parse, default_value = "1s")]
    warm_up: Duration,
    /// SKUs of the spread sales
    #[arg(long, default_value_t = 10_000)]
    skus: u32,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Afterwards, measure again with every commit of this PostgreSQL slower by this (microseconds; 1000 is an ordinary
    /// disk). Sets commit_delay and commit_siblings for the whole server, and resets them at the end. Needs a superuser.
    #[arg(long)]
    commit_delay: Option<u32>,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let database = Database::parse(&flags.database_url)?;
    let machine = database.describe().await?;
    say(&format!("PostgreSQL: {machine}"));
    let schema = Schema::create(&database, flags.skus).await?;
    let mut figures = Figures::default();
    let setting = Setting { threads: flags.threads, warm_up: flags.warm_up, lasting: flags.duration };
    let shop = ShopBench { admin: &admin, setting, skus: flags.skus, live };
    let measured = measure(&flags, &database, &schema, &shop, &mut figures).await;
    schema.drop(&database).await?;
    // What was measured before something went wrong is worth reading too.
    say(&show(&figures));
    keep(&flags.shop.out, &machine, &figures)?;
    measured?;
    let met = goals(&figures).iter().all(|goal| goal.met);
    say(if met { "every goal is met" } else { "some goals are not met on this machine" });
    Ok(ExitCode::SUCCESS)
}

async fn measure(
    flags: &Flags,
    database: &Database,
    schema: &Schema,
    shop: &ShopBench<'_>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    steps("SQL: looking for the best pool size");
    let plain = Plain::sweep(database, schema, shop.setting, flags.skus).await?;
    for round in 1..=flags.rounds {
        steps(&format!("round {round} of {}", flags.rounds));
        shop.round(figures).await?;
        plain.round(figures).await?;
    }
    for _ in 0..flags.rounds {
        shop.half_peak(figures).await?;
    }
    let Some(commit_delay) = flags.commit_delay else { return Ok(()) };
    database.slow_commits(Some(commit_delay)).await?;
    let slow = slow_rounds(flags, &plain, shop, figures).await;
    database
        .slow_commits(None)
        .await
        .context("commits are still slow: alter system reset commit_delay, commit_siblings")?;
    slow
}

async fn slow_rounds(
    flags: &Flags,
    plain: &Plain<'_>,
    shop: &ShopBench<'_>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    for _ in 0..flags.rounds {
        shop.slow_round(figures).await?;
        plain.slow_round(figures).await?;
    }
    Ok(())
}

fn keep(folder: &PathBuf, machine: &str, figures: &Figures) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let file = folder.join("bench.json");
    let content = json!({ "measured_at": wall_clock(), "postgres": machine, "figures": figures });
    std::fs::write(&file, serde_json::to_vec_pretty(&content)?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    say(&file.display().to_string());
    Ok(())
}
