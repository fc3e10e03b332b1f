//! The commands, their flags and what each does with them.

mod growth;
mod make;
#[cfg(feature = "peers")]
mod peers;
mod probe;
mod relevance;
mod speed;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

/// Measures the product search.
#[derive(Parser)]
#[command(name = "search-bench", version)]
pub(crate) enum Command {
    /// How good the results are, as people judged them.
    Relevance(relevance::Flags),
    /// Products of a generated catalogue, as the index is given them.
    Make(make::Flags),
    /// How fast a generated catalogue is indexed and searched, and what it takes.
    Speed(speed::Flags),
    /// The same for catalogues from small to large, and a plot of it.
    Growth(growth::Flags),
    /// Ours, PostgreSQL and SQLite side by side.
    #[cfg(feature = "peers")]
    Peers(peers::Flags),
    /// Asks an index that is there already; `speed` starts this.
    #[command(hide = true)]
    Probe(probe::Flags),
}

impl Command {
    /// Exit status 0: done. (2, given by `main`: could not be carried out.)
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Relevance(flags) => relevance::run(&flags),
            Self::Make(flags) => make::run(&flags),
            Self::Speed(flags) => speed::run(&flags),
            Self::Growth(flags) => growth::run(&flags),
            #[cfg(feature = "peers")]
            Self::Peers(flags) => peers::run(&flags),
            Self::Probe(flags) => probe::run(&flags),
        }
    }
}

/// A line for the operator. A closed pipe is their wish, not a failure.
pub(crate) fn say(line: &str) {
    let _closed_pipe = writeln!(std::io::stdout().lock(), "{line}");
}
