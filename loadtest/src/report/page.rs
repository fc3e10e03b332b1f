//! PURE. The report as one page that needs nothing else: style and plots are inside.

use std::fmt::Write;

use super::numbers::{Measured, Report};
use super::plot::{Line, Plot, escape};
use super::table;
use crate::span::show_us;

const STYLE: &str = "
:root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --grid: #d9d9e0; --back: #fcfcfd; }
@media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #b0b4ba; --grid: #363a3f; --back: #111113; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--grid); }
.soft { color: var(--soft); } .clean { color: #1a7f37; } .wrong { color: #d1242f; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--grid); }
th:first-child, td:first-child { text-align: left; } .wide { overflow-x: auto; }
pre { overflow-x: auto; font-size: .85rem; } svg { width: 100%; height: auto; margin: .5rem 0; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); } svg .title { font-weight: 600; } svg .mark { fill: var(--soft); }
svg .grid { stroke: var(--grid); } svg polyline { fill: none; stroke-width: 2; }
svg polyline.a { stroke: #1a7f37; } svg polyline.b { stroke: #bf8700; } svg polyline.c { stroke: #d1242f; } svg polyline.d { stroke: #0969da; }
svg text.legend.a { fill: #1a7f37; } svg text.legend.b { fill: #bf8700; } svg text.legend.c { fill: #d1242f; } svg text.legend.d { fill: #0969da; }
.bar { display: flex; height: 1.2rem; border-radius: .2rem; overflow: hidden; } .bar span { display: block; }
.bar .a { background: #1a7f37; } .bar .b { background: #bf8700; } .bar .c { background: #d1242f; }
";

const CLASSES: [&str; 3] = ["a", "b", "c"];

pub(super) fn page(report: &Report) -> String {
    let mut html = String::new();
    let _never = write_page(report, &mut html);
    html
}

fn write_page(report: &Report, to: &mut String) -> std::fmt::Result {
    let title = format!("{} {}", report.scenario, report.run);
    write!(to, "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">")?;
    write!(to, "<title>{}</title><style>{STYLE}</style><h1>{}</h1>", escape(&title), escape(&report.scenario))?;
    write!(
        to,
        "<p class=soft>{}, run {}, {}</p>",
        escape(&report.started_at),
        escape(&report.run),
        escape(&report.shop)
    )?;
    write_verdict(report, to)?;
    for measured in &report.operations {
        write_operation(measured, to)?;
    }
    write!(to, "<h2>All numbers</h2><pre>{}</pre>", escape(&table::table(report)))?;
    write!(to, "<h2>Workload</h2><pre>{}</pre>", escape(&format!("{:#}", report.workload)))
}

fn write_verdict(report: &Report, to: &mut String) -> std::fmt::Result {
    let Some(numbers) = &report.verdict else {
        return Ok(());
    };
    let verdict = &numbers.verdict;
    match verdict.clean {
        true => write!(to, "<h2 class=clean>Verdict: clean</h2>")?,
        false => write!(to, "<h2 class=wrong>Verdict: wrong</h2>")?,
    }
    write!(
        to,
        "<p>{} of {} units sold. {} orders acknowledged, {} attempts refused, {} without an answer and asked again; {} orders found.</p>",
        verdict.units_sold,
        verdict.units_received,
        verdict.acknowledged,
        verdict.refused,
        numbers.asked_again,
        verdict.orders_found
    )?;
    if !numbers.findings.is_empty() {
        write!(to, "<ul class=wrong>")?;
        for finding in &numbers.findings {
            write!(to, "<li>{}</li>", escape(finding))?;
        }
        write!(to, "</ul>")?;
    }
    Ok(())
}

fn write_operation(measured: &Measured, to: &mut String) -> std::fmt::Result {
    write!(to, "<h2>{}</h2>", escape(measured.operation))?;
    write_outcomes(measured, to)?;
    to.write_str(&throughput(measured).svg())?;
    to.write_str(&latency_over_time(measured).svg())?;
    to.write_str(&percentiles(measured).svg())
}

fn write_outcomes(measured: &Measured, to: &mut String) -> std::fmt::Result {
    let all: u64 = measured.outcomes.iter().map(|outcome| outcome.count).sum();
    write!(to, "<div class=bar>")?;
    for outcome in &measured.outcomes {
        let thousandths = outcome.count * 1000 / all.max(1);
        let width = format!("{}.{}%", thousandths / 10, thousandths % 10);
        write!(
            to,
            "<span class={} style=\"width:{width}\" title=\"{} {}\"></span>",
            class(outcome.outcome),
            outcome.count,
            outcome.outcome
        )?;
    }
    write!(to, "</div><div class=wide><table><tr><th>outcome<th>count<th>p50<th>p90<th>p95<th>p99<th>p99.9<th>max")?;
    for outcome in &measured.outcomes {
        write!(to, "<tr><td>{}<td>{}", outcome.outcome, outcome.count)?;
        let at = &outcome.latency_us;
        for us in [at.p50, at.p90, at.p95, at.p99, at.p99_9, at.max] {
            write!(to, "<td>{}", show_us(us))?;
        }
    }
    write!(to, "</table></div>")?;
    for (what, names) in [("Answers", &measured.codes), ("Repeated because", &measured.repeats)] {
        if !names.is_empty() {
            let words: Vec<String> =
                names.iter().map(|named| format!("{} x {}", named.count, escape(&named.name))).collect();
            write!(to, "<p class=soft>{what}: {}</p>", words.join(", "))?;
        }
    }
    Ok(())
}

fn class(outcome: &str) -> &'static str {
    match outcome {
        "accepted" => CLASSES[0],
        "refused" => CLASSES[1],
        _ => CLASSES[2],
    }
}

fn throughput(measured: &Measured) -> Plot<'_> {
    let series = |pick: fn(&super::numbers::Moment) -> u64| {
        over_time(measured, |moment| pick(moment) * 1000 / measured.slice_ms.max(1))
    };
    let mut lines = vec![Line { name: "accepted", class: "a", points: series(|moment| moment.accepted) }];
    if measured.timeline.iter().any(|moment| moment.refused > 0) {
        lines.push(Line { name: "refused", class: "b", points: series(|moment| moment.refused) });
    }
    if measured.timeline.iter().any(|moment| moment.failed > 0) {
        lines.push(Line { name: "failed", class: "c", points: series(|moment| moment.failed) });
    }
    Plot { title: "answers per second", lines, show_y: |y| y.to_string(), logarithmic: false, ..time_axis(measured) }
}

fn latency_over_time(measured: &Measured) -> Plot<'_> {
    let lines = vec![
        Line { name: "p50", class: "d", points: over_time(measured, |moment| moment.p50_us) },
        Line { name: "p99", class: "c", points: over_time(measured, |moment| moment.p99_us) },
    ];
    Plot { title: "latency over time", lines, show_y: show_us, logarithmic: true, ..time_axis(measured) }
}

/// The higher percentiles are what matters: the axis is stretched towards the end.
fn percentiles(measured: &Measured) -> Plot<'_> {
    let place = |at: usize| at as u64;
    let lines = measured
        .outcomes
        .iter()
        .map(|outcome| Line {
            name: outcome.outcome,
            class: class(outcome.outcome),
            points: outcome.curve.iter().enumerate().map(|(at, (_, us))| (place(at), *us)).collect(),
        })
        .collect();
    let curve = measured.outcomes.first().map(|outcome| &outcome.curve[..]).unwrap_or_default();
    let label = |thousandths: u32| match thousandths % 1000 {
        0 => format!("{}%", thousandths / 1000),
        rest => format!("{}.{}%", thousandths / 1000, format!("{rest:03}").trim_end_matches('0')),
    };
    Plot {
        title: "latency by percentile",
        x_labels: curve.iter().enumerate().map(|(at, (thousandths, _))| (place(at), label(*thousandths))).collect(),
        x_max: place(curve.len().saturating_sub(1)),
        show_y: show_us,
        lines,
        logarithmic: true,
    }
}

fn over_time(measured: &Measured, value: impl Fn(&super::numbers::Moment) -> u64) -> Vec<(u64, u64)> {
    (0..).zip(&measured.timeline).map(|(at, moment)| (at, value(moment))).collect()
}

fn time_axis(measured: &Measured) -> Plot<'static> {
    let slices = measured.timeline.len() as u64;
    let label = |slice: u64| {
        let ms = slice * measured.slice_ms;
        if slices * measured.slice_ms < 20_000 {
            format!("{}.{} s", ms / 1000, ms % 1000 / 100)
        } else {
            format!("{} s", ms / 1000)
        }
    };
    let x_max = slices.saturating_sub(1);
    let mut marks: Vec<u64> = (0..=6).map(|sixth| x_max * sixth / 6).collect();
    marks.dedup();
    Plot {
        title: "",
        x_labels: marks.into_iter().map(|slice| (slice, label(slice))).collect(),
        x_max,
        show_y: |y| y.to_string(),
        lines: Vec::new(),
        logarithmic: false,
    }
}
