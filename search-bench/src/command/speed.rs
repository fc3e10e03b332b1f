//! `speed`: a generated catalogue is indexed, and then asked by a fresh process, cold and warm.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, ensure};
use clap::Args;

use super::probe::Asking;
use super::say;
use crate::catalogue::Catalogue;
use crate::measure::{Kind, KindProbed, Report, Spread, build, bytes, forget, micros};
use crate::table::Table;

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// Where the index is made. A folder of its own that goes afterwards, unless said.
    #[arg(long)]
    pub(crate) index: Option<PathBuf>,
    /// Writes what was measured here.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let (folder, _temporary) = match &flags.index {
        Some(folder) => (folder.clone(), None),
        None => {
            let temporary = tempfile::tempdir().context("a folder for the index")?;
            (temporary.path().to_owned(), Some(temporary))
        }
    };
    let asking = &flags.asking;
    let built = build(&folder, &Catalogue::new(asking.seed, asking.products))?;
    forget(&folder)?;
    let probe = Command::new(std::env::current_exe()?)
        .arg("probe")
        .arg("--index")
        .arg(&folder)
        .args(asking.arguments())
        .stderr(Stdio::inherit())
        .output()
        .context("asking in a process of its own")?;
    ensure!(probe.status.success(), "the process that asked ended with {}", probe.status);
    let probed = serde_json::from_slice(&probe.stdout).context("what the process that asked measured")?;
    let report = Report { products: asking.products, seed: asking.seed, built, probed };
    show(&report);
    if let Some(file) = &flags.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)
            .with_context(|| format!("{} cannot be written", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show(report: &Report) {
    let Report { products, built, probed, .. } = report;
    let rebuild = report.rebuild_verdict();
    say(&format!("{products} products"));
    say(&format!(
        "  rebuild      {:.1} s and {:.1} s of processors, {:.0} products a minute (making them took {:.1} s of it); aim {}: {}",
        built.took_ms as f64 / 1e3,
        built.processor_ms as f64 / 1e3,
        report.products_per_minute(),
        built.making_ms as f64 / 1e3,
        rebuild.aim,
        rebuild.word()
    ));
    say(&format!("  its memory   {} at most", bytes(built.memory_peak_bytes)));
    say(&format!(
        "  on disk      {}, {:.0} bytes a product",
        bytes(built.index_bytes),
        report.per_product(built.index_bytes)
    ));
    say(&format!(
        "  opened       in {} ms; {} of memory, {:.0} bytes a product, and {} of mapped files",
        probed.open_ms,
        bytes(probed.own_bytes.saturating_sub(probed.empty_bytes)),
        report.per_product(probed.own_bytes.saturating_sub(probed.empty_bytes)),
        bytes(probed.mapped_bytes)
    ));
    say(&format!(
        "  after all    {} of memory, {} of mapped files",
        bytes(probed.own_bytes_at_end.saturating_sub(probed.empty_bytes)),
        bytes(probed.mapped_bytes_at_end)
    ));
    say(&format!("\nwarm\n{}", table(report, |kind| kind.warm, Some(|kind| kind.warm_processor))));
    say(&format!(
        "cold: a fresh process, and nothing of the index in the system's memory; {} came from the disk\n{}",
        bytes(probed.cold_read_bytes),
        table(report, |kind| kind.cold, None)
    ));
    let throughput = report.throughput_verdict();
    let at = &probed.of_clients;
    say(&format!(
        "{} at once: {:.0} searches a second with words, filters and facets; p50 {}, p99 {}; aim {}: {}",
        probed.clients,
        probed.searches_per_second,
        micros(at.p50),
        micros(at.p99),
        throughput.aim,
        throughput.word()
    ));
}

/// Cold or warm; of what was asked warm also the time on a processor, which others on the machine do not change.
fn table(report: &Report, of: fn(&KindProbed) -> Spread, on_processor: Option<fn(&KindProbed) -> Spread>) -> Table {
    let mut head = vec!["", "asked", "p50", "p95", "p99", "max", "aim", ""];
    if on_processor.is_some() {
        head.extend(["processor p50", "p99", "results", "matches", "facets"]);
    }
    let mut table = Table::new(&head);
    for kind in Kind::ALL {
        let Some(probed) = report.of(kind) else { continue };
        let spread = of(probed);
        let verdict = kind.verdict(&spread);
        let mut row = vec![kind.name().to_owned(), spread.count.to_string()];
        row.extend([spread.p50, spread.p95, spread.p99, spread.max].map(micros));
        row.extend([verdict.aim.clone(), verdict.word().to_owned()]);
        if let Some(on_processor) = on_processor {
            let spread = on_processor(probed);
            row.extend([spread.p50, spread.p99].map(micros));
            row.extend([format!("{:.1}", probed.results), format!("{:.0}", probed.matches)]);
            row.push(format!("{:.1}", probed.facets));
        }
        table.row(row);
    }
    table
}
