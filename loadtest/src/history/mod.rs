//! What was asked of a shop and what it answered, call by call: written down while a run goes on, checked afterwards.
//!
//! Each answer about stock names the account (SKU and location) and the number of the change that it is, or that it was
//! true at. So nobody has to search for an order in which the answers make sense: the numbers say it, and checking is
//! sorting. The checker shares no code with the engine; what stock may do it knows from a small model of its own.

mod call;
mod check;
mod file;
mod generate;
mod recorder;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::Context;

pub(crate) use call::{Answer, Level, Verb};
pub(crate) use check::{Report, check};
pub(crate) use file::{read, write};
pub(crate) use generate::{Generator, Shape};
pub(crate) use recorder::{Recorder, Row, Said, Span, Told};

/// Reads what a recorder wrote, and checks it.
pub(crate) fn check_file(path: &Path) -> anyhow::Result<Report> {
    let named = || path.display().to_string();
    let file = File::open(path).with_context(named)?;
    Ok(check(read(BufReader::new(file)).with_context(named)?))
}
