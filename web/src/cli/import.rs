//! `doorbuster import`

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Args;
use engine::transfer::{self, Format, Mapping, Options, Report, Scope, StockDesk, Summary};
use web::settings::Settings;

use super::books::Books;
use super::ground::{Ground, Sharing};
use super::output::say;
use super::progress::{Progress, Unit};
use super::store;

/// Some rows were not taken.
const SOME_REJECTED: u8 = 2;

/// Import products and stock from a CSV or JSON Lines file.
///
/// The file is read as a stream, whatever its size. Each row names a product and usually one variant of it, and says only
/// what it wants different; doing it again changes nothing, so an import that was interrupted is simply repeated. A row
/// that is wrong is written to a report with its line, its field and a reason, and its neighbours are taken all the same.
/// The exit status is 0 if every row was taken and 2 if some were not.
#[derive(Args)]
pub(super) struct Arguments {
    /// The file; `-` reads the standard input.
    file: PathBuf,
    /// csv, tsv or jsonl; otherwise what the mapping says, or the file's name.
    #[arg(long)]
    format: Option<Format>,
    /// How another system's columns become this shop's (see config/mappings); without one the file speaks this shop's words.
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Where rows that were not taken are told, as JSON Lines; otherwise beside the file. Made only if there are any.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Leave out what the file says about stock. While a server runs, the stock is in its hands: it takes the file over HTTP.
    #[arg(long)]
    without_stock: bool,
    /// Of which store, by its slug; left out: the main one
    #[arg(long, value_name = "SLUG")]
    store: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let mapping = arguments.mapping.as_deref().map(read_mapping).transpose()?;
    let format = format(arguments, mapping.as_ref())?;
    let (input, size) = open(&arguments.file)?;
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    let books = if arguments.without_stock {
        Books::without_stock(&mut ground)?
    } else {
        let over_http = over_http(arguments, format, &ground.settings);
        Books::with_stock(&mut ground).map_err(|error| anyhow!("{error:#}\n{over_http}"))?
    };

    let store = store::called(&mut ground, arguments.store.as_deref())?;
    let report_path = arguments.report.clone().unwrap_or_else(|| beside(&arguments.file));
    let mut report = Report::json_lines(MadeWhenNeeded { path: report_path.clone(), file: None });
    let mut bar = Progress::start("importing", size, Unit::Bytes);
    let progress =
        |at: transfer::Progress| bar.at(at.bytes, size, &format!("{} rows, {} rejected", at.rows, at.rejected));
    let stock = books.stockroom().map(|stockroom| stockroom as &dyn StockDesk);
    let options = Options {
        store,
        scope: Scope::Products,
        format,
        mapping,
        file: arguments.file.file_name().map(|name| name.to_string_lossy().into_owned()),
    };
    let imported =
        ground.run(async { Ok(transfer::import(&books.catalog, stock, input, options, &mut report, progress).await?) });
    drop(bar);
    books.close(&ground);
    Ok(conclude(&imported?, &report_path))
}

/// How a running server takes the same file.
fn over_http(arguments: &Arguments, format: Format, settings: &Settings) -> String {
    let Settings { server, .. } = settings;
    let host = if server.host.is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { server.host };
    let address = SocketAddr::new(host, server.port);
    let (file, media_type) = (quoted(&arguments.file), media_type(format));
    let body = match &arguments.mapping {
        Some(mapping) => format!("-F mapping=@{} -F file=@{file}\\;type={media_type}", quoted(mapping)),
        // Streamed, which --data-binary would not do.
        None => format!("-X POST -T {file} -H 'Content-Type: {media_type}'"),
    };
    format!(
        "A running server takes the file itself:\n  \
         curl {body} -H \"Authorization: Bearer $KEY\" http://{address}/api/v1/admin/imports/products\n\
         Only its counts: the same, to .../imports/stock."
    )
}

fn media_type(format: Format) -> &'static str {
    match format {
        Format::JsonLines => "application/jsonl",
        Format::Csv { delimiter: b'\t' } => "text/tab-separated-values",
        Format::Csv { .. } => "text/csv",
    }
}

/// As a shell takes it for one word.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    if path.bytes().all(plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn conclude(summary: &Summary, report: &Path) -> ExitCode {
    let Summary { rows, rejected, products_created, products_changed, variants_created, variants_changed, .. } =
        summary;
    say(format_args!("{rows} rows: {} unchanged, {rejected} rejected", summary.unchanged));
    say(format_args!("products: {products_created} created, {products_changed} changed"));
    say(format_args!("variants: {variants_created} created, {variants_changed} changed"));
    say(format_args!(
        "stock: {} set, {} unchanged, {} ignored",
        summary.stock_set, summary.stock_unchanged, summary.stock_ignored
    ));
    if *rejected == 0 {
        return ExitCode::SUCCESS;
    }
    say(format_args!("What was rejected, and why: {}", report.display()));
    ExitCode::from(SOME_REJECTED)
}

fn read_mapping(path: &Path) -> anyhow::Result<Mapping> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    Mapping::parse(&text).with_context(|| format!("the mapping {}", path.display()))
}

fn format(arguments: &Arguments, mapping: Option<&Mapping>) -> anyhow::Result<Format> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    if let Some(format) = mapping.map(Mapping::format).transpose()?.flatten() {
        return Ok(format);
    }
    let extension = arguments.file.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    extension.parse().context("the file's name does not say its format; give --format csv, tsv or jsonl")
}

/// With its size, if it has one.
fn open(path: &Path) -> anyhow::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len());
    Ok((Box::new(file), size))
}

fn beside(file: &Path) -> PathBuf {
    let name = if file == Path::new("-") { "import".into() } else { file.as_os_str().to_owned() };
    let mut name: std::ffi::OsString = name;
    name.push(".rejected.jsonl");
    name.into()
}

/// A file that is made with its first byte.
struct MadeWhenNeeded {
    path: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Write for MadeWhenNeeded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::new(File::create(&self.path)?)),
        };
        file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}
