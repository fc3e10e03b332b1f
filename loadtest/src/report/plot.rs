//! PURE. Line plots as inline SVG, in whole pixels.

use std::fmt::Write;

pub(super) struct Plot<'a> {
    pub(super) title: &'a str,
    pub(super) x_labels: Vec<(u64, String)>,
    pub(super) x_max: u64,
    pub(super) show_y: fn(u64) -> String,
    pub(super) lines: Vec<Line<'a>>,
    /// Latencies differ by orders of magnitude, counts do not.
    pub(super) logarithmic: bool,
}

pub(super) struct Line<'a> {
    pub(super) name: &'a str,
    pub(super) class: &'static str,
    /// Where there is nothing, the line has a gap.
    pub(super) points: Vec<(u64, Option<u64>)>,
}

const WIDTH: u64 = 720;
const HEIGHT: u64 = 260;
const LEFT: u64 = 78;
const RIGHT: u64 = 12;
const TOP: u64 = 34;
const BOTTOM: u64 = 30;

impl Plot<'_> {
    pub(super) fn svg(&self) -> String {
        let mut svg = String::new();
        let _never = self.write(&mut svg);
        svg
    }

    fn write(&self, to: &mut String) -> std::fmt::Result {
        write!(to, r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{}">"#, escape(self.title))?;
        write!(to, r#"<text class="title" x="{LEFT}" y="16">{}</text>"#, escape(self.title))?;
        let values = self.lines.iter().flat_map(|line| line.points.iter().filter_map(|point| point.1));
        let scale = Scale::over(values, self.logarithmic);
        for mark in scale.marks() {
            let y = self.y(&scale, mark);
            write!(to, r#"<line class="grid" x1="{LEFT}" y1="{y}" x2="{}" y2="{y}"/>"#, WIDTH - RIGHT)?;
            write!(
                to,
                r#"<text class="mark" x="{}" y="{}" text-anchor="end">{}</text>"#,
                LEFT - 6,
                y + 4,
                (self.show_y)(mark)
            )?;
        }
        for (at, label) in &self.x_labels {
            let x = self.x(*at);
            // At the right edge a label would be cut off.
            let anchor = if x + 4 * label.len() as u64 > WIDTH - RIGHT { "end" } else { "middle" };
            let y = HEIGHT - 10;
            write!(to, r#"<text class="mark" x="{x}" y="{y}" text-anchor="{anchor}">{}</text>"#, escape(label))?;
        }
        let mut legend = WIDTH - RIGHT;
        for line in self.lines.iter().rev() {
            for stretch in line.points.split(|point| point.1.is_none()) {
                self.write_stretch(line.class, stretch, &scale, to)?;
            }
            write!(
                to,
                r#"<text class="legend {}" x="{legend}" y="16" text-anchor="end">{}</text>"#,
                line.class,
                escape(line.name)
            )?;
            legend = legend.saturating_sub(line.name.len() as u64 * 7 + 16);
        }
        to.write_str("</svg>")
    }

    /// A line, or a dot where there is nothing on either side.
    fn write_stretch(
        &self,
        class: &str,
        points: &[(u64, Option<u64>)],
        scale: &Scale,
        to: &mut String,
    ) -> std::fmt::Result {
        let place = |point: &(u64, Option<u64>)| (self.x(point.0), self.y(scale, point.1.unwrap_or(0)));
        match points {
            [] => Ok(()),
            [alone] => {
                let (x, y) = place(alone);
                write!(to, r#"<circle class="{class}" cx="{x}" cy="{y}" r="2"/>"#)
            }
            several => {
                let places: Vec<String> = several.iter().map(place).map(|(x, y)| format!("{x},{y}")).collect();
                write!(to, r#"<polyline class="{class}" points="{}"/>"#, places.join(" "))
            }
        }
    }

    fn x(&self, at: u64) -> u64 {
        LEFT + (WIDTH - LEFT - RIGHT) * at.min(self.x_max) / self.x_max.max(1)
    }

    fn y(&self, scale: &Scale, value: u64) -> u64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * scale.place(value) / Scale::WHOLE
    }
}

/// Where a value is between the bottom and the top.
struct Scale {
    low: u64,
    high: u64,
    logarithmic: bool,
}

impl Scale {
    const WHOLE: u64 = 10_000;

    fn over(values: impl Iterator<Item = u64>, logarithmic: bool) -> Self {
        let (mut low, mut high) = (u64::MAX, 1);
        for value in values {
            low = low.min(value.max(1));
            high = high.max(value);
        }
        if !logarithmic {
            return Self { low: 0, high: round_up(high), logarithmic };
        }
        let low = 10_u64.pow(low.min(high).ilog10());
        let high = 10_u64.saturating_pow((high - 1).max(1).ilog10() + 1).max(low * 10);
        Self { low, high, logarithmic }
    }

    fn place(&self, value: u64) -> u64 {
        if !self.logarithmic {
            return Self::WHOLE * value.min(self.high) / self.high;
        }
        let span = thousandths_of_log2(self.high) - thousandths_of_log2(self.low);
        let above = thousandths_of_log2(value.clamp(self.low, self.high)) - thousandths_of_log2(self.low);
        Self::WHOLE * above / span.max(1)
    }

    fn marks(&self) -> Vec<u64> {
        if self.logarithmic {
            return std::iter::successors(Some(self.low), |mark| mark.checked_mul(10))
                .take_while(|mark| *mark <= self.high)
                .collect();
        }
        (0..=4).map(|quarter| self.high * quarter / 4).collect()
    }
}

/// 1, 2, 4 or 8 times a power of ten: quarters of it are round.
fn round_up(value: u64) -> u64 {
    let ten = 10_u64.pow(value.max(1).ilog10());
    [1, 2, 4, 8, 10].into_iter().map(|times| ten * times).find(|round| *round >= value && *round >= 4).unwrap_or(value)
}

/// Straight between powers of two, which is close enough for a pixel.
fn thousandths_of_log2(value: u64) -> u64 {
    let value = value.max(1);
    let whole = value.ilog2();
    let rest = (value - (1 << whole)) * 1000 / (1 << whole);
    u64::from(whole) * 1000 + rest
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        assert_eq!([3, 17, 40, 41, 99, 12_345].map(round_up), [4, 20, 40, 80, 100, 20_000]);
        assert_eq!(Scale::over([0, 17].into_iter(), false).marks(), [0, 5, 10, 15, 20]);
        assert_eq!(Scale::over([130, 45_000].into_iter(), true).marks(), [100, 1_000, 10_000, 100_000]);
    }

    #[test]
    fn values_keep_their_order_and_stay_inside() {
        for logarithmic in [false, true] {
            let scale = Scale::over([120, 3_000, 99_999].into_iter(), logarithmic);
            let places: Vec<u64> = [0, 120, 3_000, 99_999, 10_000_000].map(|value| scale.place(value)).to_vec();
            assert!(places.is_sorted(), "{places:?}");
            assert!(places.iter().all(|place| *place <= Scale::WHOLE));
        }
    }

    #[test]
    fn where_nothing_was_measured_the_line_has_a_gap() {
        let points = vec![(0, Some(5)), (1, Some(6)), (2, None), (3, Some(7)), (4, None)];
        let lines = vec![Line { name: "p50", class: "d", points }];
        let plot = Plot { title: "", x_labels: vec![], x_max: 4, show_y: |y| y.to_string(), lines, logarithmic: true };
        let svg = plot.svg();
        assert_eq!(svg.matches("<polyline").count(), 1);
        assert_eq!(svg.matches("<circle").count(), 1);
    }

    #[test]
    fn a_plot_without_points_is_still_a_plot() {
        let plot = Plot {
            title: "a < b",
            x_labels: vec![],
            x_max: 0,
            show_y: |y| y.to_string(),
            lines: vec![],
            logarithmic: true,
        };
        assert!(plot.svg().contains("a &lt; b"));
    }
}
