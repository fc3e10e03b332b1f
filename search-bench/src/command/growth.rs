//! `growth`: the same for catalogues of many sizes, each in processes of its own, as numbers and as a plot.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, ensure};
use clap::Args;

use super::probe::Asking;
use super::say;
use crate::measure::{Kind, KindProbed, Report, Spread, bytes, micros};
use crate::plot::{Figure, Line, Panel, count};

#[derive(Args)]
pub(crate) struct Flags {
    /// How many products, again and again.
    #[arg(long, value_delimiter = ',', default_value = "10000,30000,100000,300000,1000000")]
    sizes: Vec<u64>,
    /// The numbers; the plot is beside it, with the ending `svg`.
    #[arg(long, default_value = "target/search-growth.json")]
    json: PathBuf,
    /// Draws the numbers that are there, without measuring anything.
    #[arg(long)]
    draw: bool,
    /// Draws the time on a processor rather than the clock's: on a machine that others use it is the quieter one.
    #[arg(long)]
    processor: bool,
    /// The number of products is said by `--sizes`.
    #[command(flatten)]
    asking: Asking,
}

pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    if !flags.draw {
        measure(flags)?;
    }
    let text = fs::read(&flags.json).with_context(|| format!("{} cannot be read", flags.json.display()))?;
    let reports: Vec<Report> = serde_json::from_slice(&text)?;
    let svg = flags.json.with_extension("svg");
    fs::write(&svg, figure(&reports, flags.processor).svg())
        .with_context(|| format!("{} cannot be written", svg.display()))?;
    say(&format!("{}\n{}", flags.json.display(), svg.display()));
    Ok(ExitCode::SUCCESS)
}

/// What was measured is written after each size: the last one takes longest.
fn measure(flags: &Flags) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("a folder for what is measured")?;
    let mut reports: Vec<Report> = Vec::new();
    for &products in &flags.sizes {
        let json = folder.path().join("speed.json");
        let speed = Command::new(std::env::current_exe()?)
            .arg("speed")
            .args(Asking { products, ..flags.asking.clone() }.arguments())
            .arg("--json")
            .arg(&json)
            .status()
            .context("measuring in a process of its own")?;
        ensure!(speed.success(), "measuring {products} products ended with {speed}");
        reports.push(serde_json::from_slice(&fs::read(&json)?)?);
        fs::write(&flags.json, serde_json::to_vec_pretty(&reports)?)
            .with_context(|| format!("{} cannot be written", flags.json.display()))?;
    }
    Ok(())
}

fn figure(reports: &[Report], of_processor: bool) -> Figure {
    let sizes: Vec<String> = reports.iter().map(|report| count(report.products as f64)).collect();
    Figure {
        title: "Search, as the catalogue grows".to_owned(),
        subtitle: format!(
            "generated catalogues of {} products; warm; solid: half of all are faster, dashed: 99 of 100",
            sizes.join(", ")
        ),
        x_label: "products".to_owned(),
        panels: vec![latencies(reports, of_processor), footprint(reports)],
    }
}

fn latencies(reports: &[Report], of_processor: bool) -> Panel {
    let spread = |probed: &KindProbed| -> Spread { if of_processor { probed.warm_processor } else { probed.warm } };
    let mut lines = Vec::new();
    for (hue, kind) in Kind::ALL.into_iter().enumerate() {
        let line = |name: &str, dashed, of: fn(&Spread) -> u64| {
            let at = |report: &Report| Some((report.products as f64, of(&spread(report.of(kind)?)).max(1) as f64));
            Line {
                name: format!("{}, {name}", kind.name()),
                hue,
                dashed,
                points: reports.iter().filter_map(at).collect(),
            }
        };
        lines.extend([line("p50", false, |spread| spread.p50), line("p99", true, |spread| spread.p99)]);
    }
    let title =
        if of_processor { "What an answer takes of a processor" } else { "How long an answer takes, one client" };
    Panel { title: title.to_owned(), show_y: |us| short(&micros(us as u64)), lines }
}

fn footprint(reports: &[Report]) -> Panel {
    let line = |name: &str, hue, of: fn(&Report) -> u64| {
        let points = reports.iter().map(|report| (report.products as f64, of(report).max(1) as f64)).collect();
        Line { name: name.to_owned(), hue, dashed: false, points }
    };
    Panel {
        title: "What it takes".to_owned(),
        show_y: |size| short(&bytes(size as u64)),
        lines: vec![
            line("index on disk", 0, |report| report.built.index_bytes),
            line("memory, serving", 1, |report| report.probed.own_bytes_at_end),
            line("memory, rebuilding", 2, |report| report.built.memory_peak_bytes),
        ],
    }
}

/// Round numbers stand at an axis: `10 ms`.
fn short(number: &str) -> String {
    number.replace(".00 ", " ").replace(".0 ", " ")
}
