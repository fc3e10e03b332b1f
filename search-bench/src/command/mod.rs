//! The commands, their flags and what each does with them.

mod relevance;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

/// Measures the product search.
#[derive(Parser)]
#[command(name = "search-bench", version)]
pub(crate) enum Command {
    /// How good the results are, as people judged them.
    Relevance(relevance::Flags),
}

impl Command {
    /// Exit status 0: done. (2, given by `main`: could not be carried out.)
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Relevance(flags) => relevance::run(&flags),
        }
    }
}

/// A line for the operator. A closed pipe is their wish, not a failure.
pub(crate) fn say(line: &str) {
    let _closed_pipe = writeln!(std::io::stdout().lock(), "{line}");
}
