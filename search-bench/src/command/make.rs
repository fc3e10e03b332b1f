//! `make`: products of a generated catalogue, one JSON object a line.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use crate::catalogue::Catalogue;

#[derive(Args)]
pub(crate) struct Flags {
    #[arg(long, default_value_t = 1_000_000)]
    products: u64,
    /// Another seed, other products.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Into this file rather than to the terminal.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let to: Box<dyn Write> = match &flags.out {
        Some(file) => {
            Box::new(std::fs::File::create(file).with_context(|| format!("{} cannot be written", file.display()))?)
        }
        None => Box::new(std::io::stdout().lock()),
    };
    let mut to = BufWriter::new(to);
    for product in Catalogue::new(flags.seed, flags.products).products() {
        serde_json::to_writer(&mut to, &product)?;
        to.write_all(b"\n")?;
    }
    to.flush()?;
    Ok(ExitCode::SUCCESS)
}
