//! A bench's figures and goals, for a terminal and for a file.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::figures::Figures;
use super::goals::{Row, Verdict};
use crate::clock::wall_clock;
use crate::report::say;

/// Shows what was measured and leaves it in `NAME.json`.
pub(crate) fn publish(folder: &Path, name: &str, about: &Value, figures: &Figures, rows: &[Row]) -> anyhow::Result<()> {
    say(&values(figures));
    say(&table(rows));
    std::fs::create_dir_all(folder)?;
    let file = folder.join(format!("{name}.json"));
    let content = json!({ "measured_at": wall_clock(), "about": about, "table": rows, "figures": figures });
    std::fs::write(&file, serde_json::to_vec_pretty(&content)?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    say(&file.display().to_string());
    let short = rows.iter().filter(|row| row.verdict == Verdict::Short).count();
    say(&match short {
        0 => "every aim is met".to_owned(),
        short => format!("{short} of {} fall short of their aims on this machine", rows.len()),
    });
    Ok(())
}

/// Every value, and its median.
fn values(figures: &Figures) -> String {
    let mut text = String::from("\nmedians (all rounds)\n");
    for (figure, rounds) in figures.rounds() {
        let median = figures.median(figure).map_or_else(String::new, |value| figure.show(value));
        let all: Vec<String> = rounds.iter().map(|value| figure.show(*value)).collect();
        let _never = writeln!(text, "  {median:>12}  {}  ({})", figure.name(), all.join(", "));
    }
    text
}

/// Figure, aim, met or short.
fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.figure.chars().count()).max().unwrap_or(0);
    let mut text = String::from("\nagainst what is expected\n");
    for row in rows {
        let aim = row.aim.as_deref().unwrap_or("");
        let line = format!("  {:<width$}  {:>14}  {aim:>18}  {}", row.figure, row.measured, row.verdict.word());
        let _never = writeln!(text, "{}", line.trim_end());
    }
    text
}
