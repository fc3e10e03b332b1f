//! `loadtest check-history` and `make-history`

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use crate::history::{Generator, Shape, check, read, write};
use crate::report::say;

#[derive(Args)]
pub(crate) struct CheckFlags {
    /// What `--history` wrote
    file: PathBuf,
    /// Others changed these accounts too: what is between two changes may be theirs
    #[arg(long)]
    others: bool,
}

/// Exit status 1 if anything is wrong with it.
pub(crate) fn check_history(flags: &CheckFlags) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let named = || flags.file.display().to_string();
    let file = File::open(&flags.file).with_context(named)?;
    let mut history = read(BufReader::with_capacity(1 << 20, file)).with_context(named)?;
    history.others |= flags.others;
    let read_after = begun.elapsed();
    let report = check(history);
    say(&format!(
        "{report}\nread in {} ms, checked in {} ms",
        read_after.as_millis(),
        (begun.elapsed() - read_after).as_millis()
    ));
    Ok(ExitCode::from(u8::from(!report.findings.is_empty())))
}

/// A long history that is right, to see how long checking takes.
#[derive(Args)]
pub(crate) struct MakeFlags {
    file: PathBuf,
    #[arg(long, default_value_t = 10_000_000)]
    operations: u64,
    #[arg(long, default_value_t = 1)]
    accounts: u32,
    /// Lines of an order, at most
    #[arg(long, default_value_t = 1)]
    lines: u32,
    /// With the ledger at the end, and orders that end by the clock
    #[arg(long)]
    books: bool,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn make_history(flags: &MakeFlags) -> anyhow::Result<ExitCode> {
    let MakeFlags { operations, accounts, lines, books, seed, .. } = *flags;
    let history = Generator::make(Shape {
        operations,
        accounts: accounts.max(1),
        lines: lines.max(1),
        units: 60,
        under_way: 5_000,
        cancelled: 10,
        unanswered: 1,
        repeated: 1,
        looks: 1,
        expired: 1,
        books,
        seed,
    })?;
    written(&flags.file, |file| write(&history, file))?;
    Ok(ExitCode::SUCCESS)
}

fn written(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>) -> anyhow::Result<()> {
    let named = || path.display().to_string();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).with_context(named)?);
    write(&mut file).and_then(|()| file.flush()).with_context(named)
}
