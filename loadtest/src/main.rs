//! `loadtest`: a stranger with a stopwatch. It speaks HTTP only, links to none of the shop's crates, and
//! ends with a verdict: a fast wrong answer fails.

mod agent;
mod arrival;
mod baseline;
mod bench;
mod clock;
mod command;
mod history;
mod hostile;
mod http;
mod logins;
mod measure;
mod overload;
mod patience;
mod report;
mod rush;
mod scenario;
mod search;
mod shop;
mod span;
mod verdict;
mod workload;

use std::process::ExitCode;

use clap::Parser;

/// The generator shares its machine with the shop: what it spends on allocation is missing there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match command::Command::parse().run() {
        Ok(verdict) => verdict,
        Err(error) => {
            eprintln!("loadtest: {error:#}");
            ExitCode::from(2)
        }
    }
}
