//! PURE. What a bench's figures are held against.

use super::figures::{Figure, Figures};
use crate::span::show_us;

pub(crate) struct Goal {
    pub(crate) text: String,
    pub(crate) met: bool,
}

/// Goals whose figures were measured.
pub(crate) fn goals(figures: &Figures) -> Vec<Goal> {
    use Figure::{
        CartFlow512, EmptyHandler, HalfPeakP99Us, HotSku64, HotSku512, ManySkus512, ProductPage, SlowHotSku512,
        SlowStatementPool32, SlowTransactionPool32, SoldOutRefusals512, StatementBest, StatementManySkus,
        StatementPool32, TransactionBest, TransactionManySkus, TransactionPool32,
    };
    [
        at_least(figures, HotSku512, 20_000),
        ratio(figures, HotSku512, TransactionPool32, 100),
        ratio(figures, HotSku512, StatementPool32, 80),
        ratio(figures, HotSku512, TransactionBest, 40),
        ratio(figures, HotSku512, StatementBest, 40),
        ratio(figures, HotSku64, TransactionPool32, 0),
        ratio(figures, HotSku64, StatementPool32, 0),
        ratio(figures, ManySkus512, HotSku512, 8),
        ratio(figures, ManySkus512, TransactionManySkus, 10),
        ratio(figures, ManySkus512, StatementManySkus, 10),
        at_least(figures, CartFlow512, 8_000),
        at_least(figures, SoldOutRefusals512, 50_000),
        ratio(figures, SoldOutRefusals512, HotSku512, 10),
        ratio(figures, ProductPage, EmptyHandler, 5),
        under(figures, HalfPeakP99Us, 50_000),
        ratio(figures, SlowHotSku512, SlowTransactionPool32, 300),
        ratio(figures, SlowHotSku512, SlowStatementPool32, 0),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn at_least(figures: &Figures, figure: Figure, aim: u64) -> Option<Goal> {
    let value = figures.median(figure)?;
    Some(Goal { text: format!("{}: {value}/s, aim {aim}", figure.name()), met: value >= aim })
}

fn under(figures: &Figures, figure: Figure, aim_us: u64) -> Option<Goal> {
    let value = figures.median(figure)?;
    Some(Goal {
        text: format!("{}: {}, aim under {}", figure.name(), show_us(value), show_us(aim_us)),
        met: value < aim_us,
    })
}

/// Ratios in tenths. An aim of 0 is only reported.
fn ratio(figures: &Figures, this: Figure, that: Figure, aim_tenths: u64) -> Option<Goal> {
    let (value, other) = (figures.median(this)?, figures.median(that)?);
    let tenths = value * 10 / other.max(1);
    let aim = match aim_tenths {
        0 => "reported".to_owned(),
        aim => format!("aim {}.{}x", aim / 10, aim % 10),
    };
    let text = format!("{} / {}: {}.{}x, {aim}", this.name(), that.name(), tenths / 10, tenths % 10);
    Some(Goal { text, met: tenths >= aim_tenths })
}

/// The figures and the goals, for a terminal.
pub(crate) fn show(figures: &Figures) -> String {
    let mut text = String::from("\nmedians (all rounds)\n");
    for (figure, rounds) in figures.rounds() {
        let shown = |value: u64| if figure.is_latency() { show_us(value) } else { format!("{value}/s") };
        let median = figures.median(figure).map_or_else(String::new, shown);
        let all: Vec<String> = rounds.iter().map(|value| shown(*value)).collect();
        text.push_str(&format!("  {median:>10}  {}  ({})\n", figure.name(), all.join(", ")));
    }
    text.push_str("\nagainst what is expected\n");
    for goal in goals(figures) {
        text.push_str(&format!("  {}  {}\n", if goal.met { "met  " } else { "short" }, goal.text));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged_by_medians_and_left_out_when_not_measured() {
        let mut figures = Figures::default();
        for rate in [19_000, 21_000, 40_000] {
            figures.add(Figure::HotSku512, rate);
        }
        figures.add(Figure::TransactionPool32, 2_000);
        figures.add(Figure::StatementPool32, 2_700);
        figures.add(Figure::HalfPeakP99Us, 50_000);
        let judged: Vec<(bool, String)> = goals(&figures).into_iter().map(|goal| (goal.met, goal.text)).collect();
        let met: Vec<bool> = judged.iter().map(|(met, _)| *met).collect();
        assert_eq!(met, [true, true, false, false], "{judged:?}");
        assert!(judged[1].1.contains("10.5x"), "{}", judged[1].1);
        assert!(judged[2].1.contains("7.7x"), "{}", judged[2].1);
    }
}
