//! PURE. A bench's figures and goals, for a terminal.

use std::fmt::Write;

use super::figures::Figures;
use super::goals::Row;

/// Every value, and its median.
pub(crate) fn values(figures: &Figures) -> String {
    let mut text = String::from("\nmedians (all rounds)\n");
    for (figure, rounds) in figures.rounds() {
        let median = figures.median(figure).map_or_else(String::new, |value| figure.show(value));
        let all: Vec<String> = rounds.iter().map(|value| figure.show(*value)).collect();
        let _never = writeln!(text, "  {median:>12}  {}  ({})", figure.name(), all.join(", "));
    }
    text
}

/// Figure, aim, met or short.
pub(crate) fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.figure.chars().count()).max().unwrap_or(0);
    let mut text = String::from("\nagainst what is expected\n");
    for row in rows {
        let aim = row.aim.as_deref().unwrap_or("");
        let line = format!("  {:<width$}  {:>14}  {aim:>18}  {}", row.figure, row.measured, row.verdict.word());
        let _never = writeln!(text, "{}", line.trim_end());
    }
    text
}
