//! `doorbuster store`

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use engine::catalog::{Slug, Title};
use engine::clock::{RandomIds, SystemClock};
use engine::id::StoreId;
use engine::money::Currency;
use engine::postgres::Database;
use engine::tenant::{Host, StoreDraft, Tenants};
use web::settings::Settings;

use super::ground::{Ground, Sharing};
use super::output::say;

/// The shops of this installation.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
}

/// Open another shop, and print its id.
///
/// It has a location to sell from, the tax classes standard and zero at 0 %, free shipping, and nothing to sell; its staff
/// changes that over HTTP. Running servers know it within half a second.
#[derive(Args)]
struct Create {
    /// Its short name: for commands and proxies
    #[arg(long)]
    slug: Slug,
    #[arg(long)]
    name: Title,
    /// What its prices are in, as INR
    #[arg(long)]
    currency: String,
    /// A host that leads to it, once for each
    #[arg(long = "domain", value_name = "HOST")]
    domains: Vec<Host>,
}

pub(super) fn run(arguments: Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Create(Create { slug, name, currency, domains }) = arguments.command;
    let currency = Currency::parse(&currency).context("--currency")?;
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    ground.migrate()?;
    let tenants = Tenants::new(database(&ground));
    let draft = StoreDraft { slug, name, currency, domains };
    let tenant = ground.run(async { Ok(tenants.open(draft, &SystemClock, &RandomIds).await?) })?;
    say(tenant.id);
    Ok(ExitCode::SUCCESS)
}

/// The store of that slug; without one, the main store. The database must be migrated.
pub(super) fn called(ground: &mut Ground, slug: Option<&str>) -> anyhow::Result<StoreId> {
    let Some(slug) = slug else { return Ok(StoreId::MAIN) };
    let tenants = Tenants::new(database(ground));
    ground.run(async { Ok(tenants.read_again().await?) })?;
    match tenants.called(slug) {
        Some(store) => Ok(store),
        None => bail!("there is no store {slug}"),
    }
}

fn database(ground: &Ground) -> Database {
    Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone())
}
