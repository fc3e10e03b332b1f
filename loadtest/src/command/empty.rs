//! `loadtest empty`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::baseline::{EmptyServer, Get, Setting};
use crate::measure::{Live, Operation, Outcome};
use crate::report::say;
use crate::rush::rush;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    /// Requests in flight
    #[arg(long, default_value_t = 64)]
    in_flight: usize,
    #[arg(long, value_parser = span::parse, default_value = "4s")]
    duration: Duration,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

pub(crate) async fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let setting = Setting { threads: flags.threads, warm_up: Duration::from_millis(500), lasting: flags.duration };
    let server = EmptyServer::start()?;
    let get = Arc::new(Get::new(&server.target(), "/", Operation::Plain));
    let plan = setting.plan(server.target(), flags.in_flight);
    let takings = tokio::task::spawn_blocking(move || rush(&get, &plan, &Arc::new(Live::default()))).await??;
    server.stop().await?;
    let rate = takings.tally.rate(Operation::Plain, Outcome::Accepted, setting.lasting);
    say(&format!("empty handler, {} in flight: {rate}/s", flags.in_flight));
    Ok(ExitCode::SUCCESS)
}
