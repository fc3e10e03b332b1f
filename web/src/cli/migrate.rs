//! `doorbuster migrate`

use std::process::ExitCode;

use clap::Args;
use web::settings::Settings;

use super::ground::{Ground, Sharing};
use super::output::say;

/// Bring the database to this program's schema.
///
/// Applies the migrations that are missing, in their order, and names them. `serve` does the same when it starts; this
/// is for doing it beforehand. Safe to run twice, and from two places at once.
#[derive(Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    let url = ground.url().to_owned();
    let applied = ground.run(engine::postgres::migrate(&url))?;
    for name in &applied {
        say(name);
    }
    say(format_args!("{} applied; the database is up to date.", applied.len()));
    Ok(ExitCode::SUCCESS)
}
