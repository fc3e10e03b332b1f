//! `doorbuster verify`

use std::process::ExitCode;

use clap::Args;
use engine::verify::Finding;
use web::settings::Settings;

use super::ground::Ground;
use super::output::say;

/// Prove that stock, orders, holds, limits and the journal agree.
///
/// Reads the whole database in one snapshot and checks each promise against it: the ledger of every account adds up to
/// its level, at no instant more was promised than there was, every order holds what its lines say, and so on. Runs on a
/// live shop and changes nothing. The exit status is 0 if everything holds and 1 if something does not.
#[derive(Args)]
pub(super) struct Arguments {
    /// How many violations of each check to show.
    #[arg(long, default_value_t = 5, value_name = "COUNT")]
    examples: u32,
}

pub(super) fn run(arguments: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let mut ground = Ground::open_to_look(settings)?;
    let url = ground.url().to_owned();
    let mut heard = |finding: &Finding| say(finding);
    let report = ground.run(engine::verify::verify(&url, arguments.examples, &mut heard))?;
    say(&report);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
