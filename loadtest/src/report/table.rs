//! PURE. The report as a table for a terminal.

use std::fmt::Write;

use super::numbers::{Named, Report, VerdictNumbers};
use crate::span::show_us;

/// More findings than this are counted, not shown.
const FINDINGS_SHOWN: usize = 20;

pub(super) fn table(report: &Report) -> String {
    let mut text = String::new();
    let _never = write_table(report, &mut text);
    text
}

fn write_table(report: &Report, to: &mut String) -> std::fmt::Result {
    let Report { scenario, run, took_ms, visits, .. } = report;
    writeln!(to, "\n{scenario} {run}: {visits} visits in {}.{:02} s", took_ms / 1000, took_ms % 1000 / 10)?;
    if report.late_arrivals > 0 {
        writeln!(
            to,
            "{} arrivals left late, the latest by {} ms (it is in their latency)",
            report.late_arrivals, report.latest_arrival_ms
        )?;
    }
    writeln!(
        to,
        "\n{:<14} {:<9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "", "count", "per s", "p50", "p90", "p95", "p99", "p99.9", "max"
    )?;
    for measured in &report.operations {
        let mut name = measured.operation;
        for outcome in &measured.outcomes {
            let rate = match outcome.outcome {
                "accepted" => measured.rates[0],
                "refused" => measured.rates[1],
                _ => measured.rates[2],
            };
            let at = &outcome.latency_us;
            write!(to, "{name:<14} {:<9} {:>9} {rate:>9}", outcome.outcome, outcome.count)?;
            for us in [at.p50, at.p90, at.p95, at.p99, at.p99_9, at.max] {
                write!(to, " {:>9}", show_us(us))?;
            }
            writeln!(to)?;
            name = "";
        }
        list(to, "answers", &measured.codes)?;
        list(to, "repeated", &measured.repeats)?;
        if measured.had_a_silence() {
            writeln!(to, "{:<14} nothing was accepted for {} ms", "", measured.longest_silence_ms)?;
        }
    }
    if let Some(verdict) = &report.verdict {
        write_verdict(verdict, to)?;
    }
    Ok(())
}

fn list(to: &mut String, what: &str, names: &[Named]) -> std::fmt::Result {
    if names.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = names.iter().map(|named| format!("{} x {}", named.count, named.name)).collect();
    writeln!(to, "{:<14} {what}: {}", "", words.join(", "))
}

fn write_verdict(numbers: &VerdictNumbers, to: &mut String) -> std::fmt::Result {
    let verdict = &numbers.verdict;
    writeln!(
        to,
        "\nverdict: {} acknowledged, {} refused, {} without an answer and asked again; {} orders found ({} of them over), {} of {} units sold",
        verdict.acknowledged,
        verdict.refused,
        numbers.asked_again,
        verdict.orders_found,
        verdict.orders_over,
        verdict.units_sold,
        verdict.units_received
    )?;
    if let Some(history) = &numbers.history {
        writeln!(to, "{history}")?;
    }
    for finding in numbers.findings.iter().take(FINDINGS_SHOWN) {
        writeln!(to, "  WRONG {finding}")?;
    }
    if numbers.findings.len() > FINDINGS_SHOWN {
        writeln!(to, "  ... and {} more", numbers.findings.len() - FINDINGS_SHOWN)?;
    }
    match verdict.clean {
        true => write!(to, "verdict: CLEAN (checked in {} ms)", numbers.took_ms),
        false => write!(to, "verdict: WRONG, {} findings", numbers.findings.len()),
    }
}
