//! `doorbuster export`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use engine::transfer::{self, Exported, Format, StockDesk};
use web::settings::Settings;

use super::books::Books;
use super::ground::Ground;
use super::progress::{Progress, Unit};
use super::store;

/// Export all products, with their stock, to a CSV or JSON Lines file.
///
/// A row for each variant, read page by page. What is exported can be imported again, here or elsewhere.
#[derive(Args)]
pub(super) struct Arguments {
    /// The file; `-` writes to the standard output.
    file: PathBuf,
    /// csv, tsv or jsonl; otherwise what the file's name says.
    #[arg(long)]
    format: Option<Format>,
    /// Leave the stock out. While a server runs, the stock is in its hands: GET /api/v1/admin/exports/products has it.
    #[arg(long)]
    without_stock: bool,
    /// Of which store, by its slug; left out: the main one
    #[arg(long, value_name = "SLUG")]
    store: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let extension = arguments.file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let format = match arguments.format {
        Some(format) => format,
        None => {
            extension.parse().context("the file's name does not say its format; give --format csv, tsv or jsonl")?
        }
    };
    let mut ground = Ground::open_to_look(settings)?;
    let books =
        if arguments.without_stock { Books::without_stock(&mut ground)? } else { Books::with_stock(&mut ground)? };
    let store = store::called(&mut ground, arguments.store.as_deref())?;
    let output = open(&arguments.file)?;
    let mut bar = Progress::start("exporting", None, Unit::Things);
    let progress = |at: Exported| bar.at(at.rows, None, &format!("{} products", at.products));
    let stock = books.stockroom().map(|stockroom| stockroom as &dyn StockDesk);
    let exported =
        ground.run(async { Ok(transfer::export(&books.catalog, stock, store, format, output, progress).await?) });
    drop(bar);
    books.close(&ground);
    let Exported { products, rows } = exported?;
    // Not on the standard output: the file may be there.
    writeln!(io::stderr(), "{products} products in {rows} rows.")?;
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Write + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdout()));
    }
    let file = File::create(path).with_context(|| format!("making {}", path.display()))?;
    Ok(Box::new(BufWriter::new(file)))
}
