//! The program: reads the command line, and does what it says.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// Many small allocations on many threads is what this program does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::Cli::parse().run()
}
