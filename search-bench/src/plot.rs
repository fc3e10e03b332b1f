//! PURE. Lines over a catalogue's size, both axes logarithmic, as an SVG that can be looked at by itself.
#![expect(clippy::float_arithmetic, reason = "a drawing")]

use std::fmt::{Result, Write};

/// One above the other, over the same sizes.
pub(crate) struct Figure {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) x_label: String,
    pub(crate) panels: Vec<Panel>,
}

pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) show_y: fn(f64) -> String,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) name: String,
    /// Lines of one hue belong together.
    pub(crate) hue: usize,
    pub(crate) dashed: bool,
    /// Both above 0.
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 960.0;
const LEFT: f64 = 84.0;
/// Room for the names of the lines, which stand at their ends.
const RIGHT: f64 = 236.0;
const TOP: f64 = 100.0;
const PANEL: f64 = 300.0;
const BETWEEN: f64 = 64.0;
const BOTTOM: f64 = 56.0;
/// Names that stand closer are read as one.
const NAME_HEIGHT: f64 = 16.0;
/// Told apart by those who see colours differently too (Okabe and Ito).
const HUES: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"];
const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:12px;fill:#444}\
    .title{font-size:19px;font-weight:600;fill:#111}.subtitle{fill:#666}.panel{font-size:14px;font-weight:600;fill:#222}\
    .grid{stroke:#e3e3e3}.fine{stroke:#f2f2f2}.axis{stroke:#999}.line{fill:none;stroke-width:2.2;stroke-linejoin:round}\
    .dashed{stroke-dasharray:6 4;stroke-width:1.6}.name{font-size:12px}";

impl Figure {
    pub(crate) fn svg(&self) -> String {
        let mut svg = String::new();
        let _never = self.write(&mut svg);
        svg
    }

    fn write(&self, to: &mut String) -> Result {
        let panels = self.panels.len() as f64;
        let height = TOP + panels * PANEL + (panels - 1.0).max(0.0) * BETWEEN + BOTTOM;
        writeln!(to, r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">"#)?;
        writeln!(to, "<title>{}</title><style>{STYLE}</style>", escape(&self.title))?;
        writeln!(to, r##"<rect width="{WIDTH}" height="{height}" fill="#fff"/>"##)?;
        writeln!(to, r#"<text class="title" x="{LEFT}" y="30">{}</text>"#, escape(&self.title))?;
        writeln!(to, r#"<text class="subtitle" x="{LEFT}" y="50">{}</text>"#, escape(&self.subtitle))?;
        let sizes = self.panels.iter().flat_map(|panel| panel.lines.iter().flat_map(|line| &line.points));
        let across = Axis::over(sizes.map(|(x, _)| *x), LEFT, WIDTH - RIGHT, false);
        let mut top = TOP;
        for panel in &self.panels {
            panel.write(to, &across, top)?;
            top += PANEL + BETWEEN;
        }
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        let y = height - 12.0;
        writeln!(to, r#"<text x="{middle:.0}" y="{y:.0}" text-anchor="middle">{}</text>"#, escape(&self.x_label))?;
        writeln!(to, "</svg>")
    }
}

impl Panel {
    fn write(&self, to: &mut String, across: &Axis, top: f64) -> Result {
        let (bottom, right) = (top + PANEL, WIDTH - RIGHT);
        let values = self.lines.iter().flat_map(|line| line.points.iter().map(|(_, y)| *y));
        let up = Axis::over(values, bottom, top, true);
        writeln!(to, r#"<text class="panel" x="{LEFT}" y="{:.0}">{}</text>"#, top - 12.0, escape(&self.title))?;
        for mark in up.marks() {
            let (y, class) = (up.place(mark.value), if mark.is_named { "grid" } else { "fine" });
            writeln!(to, r#"<line class="{class}" x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}"/>"#)?;
            if mark.is_named {
                let (x, y) = (LEFT - 8.0, y + 4.0);
                writeln!(
                    to,
                    r#"<text x="{x}" y="{y:.1}" text-anchor="end">{}</text>"#,
                    escape(&(self.show_y)(mark.value))
                )?;
            }
        }
        for mark in across.marks() {
            let (x, class) = (across.place(mark.value), if mark.is_named { "grid" } else { "fine" });
            writeln!(to, r#"<line class="{class}" x1="{x:.1}" y1="{top}" x2="{x:.1}" y2="{bottom}"/>"#)?;
            if mark.is_named {
                let y = bottom + 18.0;
                writeln!(to, r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{}</text>"#, count(mark.value))?;
            }
        }
        writeln!(to, r#"<path class="axis" fill="none" d="M{LEFT} {top}V{bottom}H{right}"/>"#)?;
        for line in &self.lines {
            line.write(to, across, &up)?;
        }
        self.write_names(to, &up, right)
    }

    /// At the ends of their lines, pushed apart where those meet.
    fn write_names(&self, to: &mut String, up: &Axis, right: f64) -> Result {
        let ends = self.lines.iter().filter_map(|line| Some((up.place(line.points.last()?.1), line)));
        let mut names: Vec<(f64, &Line)> = ends.collect();
        names.sort_by(|a, b| a.0.total_cmp(&b.0));
        spread(&mut names, up.to + 4.0, up.from);
        for (y, line) in names {
            let (hue, x) = (HUES[line.hue % HUES.len()], right + 14.0);
            let class = if line.dashed { "line dashed" } else { "line" };
            writeln!(to, r#"<path class="{class}" stroke="{hue}" d="M{x} {y:.1}h22"/>"#)?;
            let (x, y) = (x + 28.0, y + 4.0);
            writeln!(to, r#"<text class="name" x="{x}" y="{y:.1}">{}</text>"#, escape(&line.name))?;
        }
        Ok(())
    }
}

impl Line {
    fn write(&self, to: &mut String, across: &Axis, up: &Axis) -> Result {
        let (hue, class) = (HUES[self.hue % HUES.len()], if self.dashed { "line dashed" } else { "line" });
        let points: Vec<(f64, f64)> = self.points.iter().map(|(x, y)| (across.place(*x), up.place(*y))).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        writeln!(to, r#"<path class="{class}" stroke="{hue}" d="M{}"/>"#, path.join("L"))?;
        let radius = if self.dashed { 2.2 } else { 3.4 };
        for (x, y) in points {
            writeln!(to, r##"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" fill="{hue}" stroke="#fff"/>"##)?;
        }
        Ok(())
    }
}

/// A logarithmic scale from one place to another.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

struct Mark {
    value: f64,
    is_named: bool,
}

impl Axis {
    /// Over all values; to whole powers of ten around them, or just beyond them.
    fn over(values: impl Iterator<Item = f64>, from: f64, to: f64, whole: bool) -> Axis {
        let (low, high) = values
            .filter(|value| *value > 0.0)
            .fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (1.0, 10.0) } else { (low, high) };
        let (low, high) = match whole {
            true => (low.log10().floor(), high.log10().ceil()),
            false => (low.log10() - 0.08, high.log10() + 0.08),
        };
        Axis { low, high: high.max(low + 0.2), from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let share = (value.max(f64::MIN_POSITIVE).log10() - self.low) / (self.high - self.low);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Powers of ten, and between them what a ruler has; named are 1 and 3 of each where there is room, else the powers.
    fn marks(&self) -> Vec<Mark> {
        let decades = self.low.floor() as i32..=self.high.ceil() as i32;
        let roomy = self.high - self.low <= 2.5;
        let marks = decades.flat_map(|decade| {
            (1..10).map(move |digit| Mark {
                value: f64::from(digit) * 10f64.powi(decade),
                is_named: digit == 1 || (roomy && digit == 3),
            })
        });
        marks.filter(|mark| (self.low - 1e-9..=self.high + 1e-9).contains(&mark.value.log10())).collect()
    }
}

/// Moves names down until none overlaps the one above it, then the lowest up again into the panel.
fn spread(names: &mut [(f64, &Line)], top: f64, bottom: f64) {
    let mut free = top;
    for (y, _) in names.iter_mut() {
        *y = y.max(free);
        free = *y + NAME_HEIGHT;
    }
    let mut free = bottom;
    for (y, _) in names.iter_mut().rev() {
        *y = y.min(free);
        free = *y - NAME_HEIGHT;
    }
}

/// `300k`, `1M`.
pub(crate) fn count(value: f64) -> String {
    match value {
        ..1e3 => format!("{value:.0}"),
        ..1e6 => format!("{:.0}k", value / 1e3),
        _ => format!("{:.0}M", value / 1e6),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(f64, f64)]) -> Line {
        Line { name: "a < b".to_owned(), hue: 0, dashed: false, points: points.to_vec() }
    }

    #[test]
    fn ten_times_as_much_is_as_far_everywhere() {
        let axis = Axis::over([1.0, 1_000.0].into_iter(), 0.0, 300.0, true);
        let places = [1.0, 10.0, 100.0, 1_000.0].map(|value| axis.place(value).round() as i64);
        assert_eq!(places, [0, 100, 200, 300]);
        let named = axis.marks().into_iter().filter(|mark| mark.is_named).map(|mark| count(mark.value));
        assert_eq!(named.collect::<Vec<_>>(), ["1", "10", "100", "1k"]);
    }

    #[test]
    fn names_do_not_overlap_and_stay_inside() {
        let lines = [line(&[]), line(&[]), line(&[])];
        let mut names: Vec<(f64, &Line)> = [95.0, 96.0, 99.0].into_iter().zip(&lines).collect();
        spread(&mut names, 0.0, 100.0);
        let places: Vec<f64> = names.iter().map(|(y, _)| *y).collect();
        assert_eq!(places, [68.0, 84.0, 100.0]);
    }

    #[test]
    fn a_figure_is_whole_also_of_nothing() {
        let panel = |points| Panel {
            title: "Latency".to_owned(),
            show_y: |value| format!("{value} ms"),
            lines: vec![line(points)],
        };
        let figure = Figure {
            title: "Growth".to_owned(),
            subtitle: String::new(),
            x_label: "products".to_owned(),
            panels: vec![panel(&[(1e4, 0.5), (1e6, 40.0)]), panel(&[])],
        };
        let svg = figure.svg();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(svg.contains("a &lt; b") && svg.contains("0.1 ms") && svg.contains("100 ms") && svg.contains("1M"));
        assert_eq!(svg.matches(">10 ms<").count(), 2, "the panel without a line has its scale too");
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}
