//! PURE. The report as one page that needs nothing else: style and plots are inside.

use std::fmt::Write;

use super::numbers::{Measured, Moment, Report};
use super::plot::{Line, Plot, escape};
use super::table;
use crate::measure::Outcome;
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
svg .grid { stroke: var(--grid); } svg polyline { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg polyline.a { stroke: #1a7f37; } svg polyline.b { stroke: #bf8700; } svg polyline.c { stroke: #d1242f; } svg polyline.d { stroke: #0969da; }
svg .legend.a, svg circle.a { fill: #1a7f37; } svg .legend.b, svg circle.b { fill: #bf8700; } svg .legend.c, svg circle.c { fill: #d1242f; } svg .legend.d, svg circle.d { fill: #0969da; }
a { color: inherit; }
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
    write_summary(report, to)?;
    for (number, measured) in report.operations.iter().enumerate() {
        write_operation(number, measured, to)?;
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

/// Everything at a glance; each line leads to its plots.
fn write_summary(report: &Report, to: &mut String) -> std::fmt::Result {
    let Report { visits, took_ms, .. } = report;
    write!(to, "<h2>At a glance</h2><p>{visits} visits in {}.{} s", took_ms / 1000, took_ms % 1000 / 100)?;
    if report.late_arrivals > 0 {
        let Report { late_arrivals, latest_arrival_ms, .. } = report;
        write!(to, ", {late_arrivals} of them begun later than planned, the latest by {latest_arrival_ms} ms")?;
    }
    write!(to, ". Latency counts from the planned moment to the last byte, repeats included.</p>")?;
    write!(to, "<div class=wide><table><tr><th>what<th>accepted/s<th>p50<th>p95<th>p99<th>max<th>refused<th>failed")?;
    for (number, measured) in report.operations.iter().enumerate() {
        let [rate, ..] = measured.rates;
        write!(to, "<tr><td><a href=\"#o{number}\">{}</a><td>{rate}", escape(measured.operation))?;
        let [accepted, refused, failed] = Outcome::ALL.map(|outcome| measured.outcome(outcome));
        match accepted.map(|accepted| accepted.latency_us) {
            Some(at) => {
                for us in [at.p50, at.p95, at.p99, at.max] {
                    write!(to, "<td>{}", show_us(us))?;
                }
            }
            None => write!(to, "<td><td><td><td>")?,
        }
        for outcome in [refused, failed] {
            write!(to, "<td>{}", outcome.map_or(0, |outcome| outcome.count))?;
        }
    }
    write!(to, "</table></div>")
}

fn write_operation(number: usize, measured: &Measured, to: &mut String) -> std::fmt::Result {
    write!(to, "<h2 id=o{number}>{}</h2>", escape(measured.operation))?;
    write_outcomes(measured, to)?;
    if measured.had_a_silence() {
        write!(to, "<p class=wrong>Nothing was accepted for {} ms.</p>", measured.longest_silence_ms)?;
    }
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
    let series =
        |pick: fn(&Moment) -> u64| over_time(measured, |moment| Some(pick(moment) * 1000 / measured.slice_ms.max(1)));
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
            points: outcome.curve.iter().enumerate().map(|(at, (_, us))| (place(at), Some(*us))).collect(),
        })
        .collect();
    let curve = measured.outcomes.first().map(|outcome| &outcome.curve[..]).unwrap_or_default();
    let label = |thousandths: u32| match thousandths % 1000 {
        0 => format!("{}%", thousandths / 1000),
        rest => format!("{}.{}%", thousandths / 1000, format!("{rest:03}").trim_end_matches('0')),
    };
    // A label for each would be a blur.
    let labelled = |point: &(usize, &(u32, u64))| {
        matches!(point.1.0, 1_000 | 10_000 | 25_000 | 50_000 | 75_000 | 90_000 | 95_000 | 99_000 | 99_900 | 100_000)
    };
    let marks = curve.iter().enumerate().filter(labelled);
    Plot {
        title: "latency by percentile",
        x_labels: marks.map(|(at, (thousandths, _))| (place(at), label(*thousandths))).collect(),
        x_max: place(curve.len().saturating_sub(1)),
        show_y: show_us,
        lines,
        logarithmic: true,
    }
}

/// At the beginning of each slice, in milliseconds.
fn over_time(measured: &Measured, value: impl Fn(&Moment) -> Option<u64>) -> Vec<(u64, Option<u64>)> {
    (0..).zip(&measured.timeline).map(|(at, moment)| (at * measured.slice_ms, value(moment))).collect()
}

/// Milliseconds, marked at round ones.
fn time_axis(measured: &Measured) -> Plot<'static> {
    const MARKS: u64 = 8;
    let x_max = (measured.timeline.len() as u64).saturating_sub(1) * measured.slice_ms;
    let steps = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 60_000, 120_000, 300_000, 600_000, 1_800_000];
    let step = steps.into_iter().find(|step| x_max / step <= MARKS).unwrap_or(7_200_000);
    let label = |ms: u64| match step {
        0..1_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        1_000..60_000 => format!("{} s", ms / 1000),
        _ => format!("{} min", ms / 60_000),
    };
    Plot {
        title: "",
        x_labels: (0..=x_max / step).map(|mark| (mark * step, label(mark * step))).collect(),
        x_max,
        show_y: |y| y.to_string(),
        lines: Vec::new(),
        logarithmic: false,
    }
}
