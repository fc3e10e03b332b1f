//! `loadtest baseline`

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::baseline::{Database, Schema, Setting, Trial, Way};
use crate::report::say;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    /// A PostgreSQL to make a throw-away schema in: postgres://user@host/db, or over a Unix socket
    /// postgres://user@localhost/db?host=/run/postgresql
    #[arg(long, env = "LOADTEST_DATABASE_URL")]
    database_url: String,
    /// Requests in flight
    #[arg(long, default_value_t = 64)]
    in_flight: usize,
    /// Connections of the ordinary pool
    #[arg(long, default_value_t = 32)]
    pool: usize,
    /// Pool sizes to try for the best one
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16,32,64")]
    sweep: Vec<usize>,
    /// SKUs of the spread trial
    #[arg(long, default_value_t = 10_000)]
    skus: u32,
    /// Time of each trial, after half a second to warm up
    #[arg(long, value_parser = span::parse, default_value = "4s")]
    duration: Duration,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// Make every commit this much slower (microseconds) while it runs. Needs a superuser.
    #[arg(long)]
    commit_delay: Option<u32>,
}

pub(crate) async fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let database = Database::parse(&flags.database_url)?;
    if flags.commit_delay.is_some() {
        database.slow_commits(flags.commit_delay).await?;
    }
    let measured = measure(flags, &database).await;
    if flags.commit_delay.is_some() {
        database.slow_commits(None).await?;
    }
    measured?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(flags: &Flags, database: &Database) -> anyhow::Result<()> {
    say(&format!("PostgreSQL: {}", database.describe().await?));
    let schema = Schema::create(database, flags.skus).await?;
    let tried = try_all(flags, database, &schema).await;
    schema.drop(database).await?;
    tried
}

async fn try_all(flags: &Flags, database: &Database, schema: &Schema) -> anyhow::Result<()> {
    let setting = Setting { threads: flags.threads, warm_up: Duration::from_millis(500), lasting: flags.duration };
    for skus in [1, flags.skus] {
        for way in [Way::Transaction, Way::Statement] {
            let trial = |pool| Trial { way, pool, skus, in_flight: flags.in_flight };
            let ordinary = trial(flags.pool).run(database, schema, setting).await?;
            let mut best = (ordinary, flags.pool);
            let mut swept = String::new();
            for &pool in &flags.sweep {
                let rate =
                    if pool == flags.pool { ordinary } else { trial(pool).run(database, schema, setting).await? };
                best = best.max((rate, pool));
                swept.push_str(&format!(" {pool}:{rate}"));
            }
            say(&format!(
                "{}, {skus} SKU(s), {} in flight: pool of {}: {ordinary}/s; best {}/s with {} ({})",
                way.name(),
                flags.in_flight,
                flags.pool,
                best.0,
                best.1,
                swept.trim()
            ));
        }
    }
    Ok(())
}
