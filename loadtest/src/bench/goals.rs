//! PURE. What a bench's figures are held against.

use serde::{Deserialize, Serialize};

use super::figure::Figure;
use super::figures::Figures;

/// A line of the table at the end. Other programs may add theirs, in the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) figure: String,
    pub(crate) measured: String,
    pub(crate) aim: Option<String>,
    pub(crate) verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    Met,
    Short,
    /// There is no aim.
    Reported,
}

/// Waiting shoppers, and what their connections may take in all.
const SHOPPERS_WAITING: u64 = 100_000;
const WAITING_BYTES: u64 = 1_500_000_000;

/// Goals of a bench whose figures were measured: parts of it can be left out.
pub(crate) fn goals(figures: &Figures) -> Vec<Row> {
    use Figure as F;
    [
        at_least(figures, F::HotSku512, 20_000),
        ratio(figures, F::HotSku512, F::TransactionPool32, Some(1_000)),
        ratio(figures, F::HotSku512, F::StatementPool32, Some(800)),
        ratio(figures, F::HotSku512, F::TransactionBest, Some(400)),
        ratio(figures, F::HotSku512, F::StatementBest, Some(400)),
        reported(figures, F::HotSku64),
        ratio(figures, F::HotSku64, F::TransactionPool32, None),
        ratio(figures, F::HotSku64, F::StatementPool32, None),
        ratio(figures, F::ManySkus512, F::HotSku512, Some(80)),
        ratio(figures, F::ManySkus512, F::TransactionMany, None),
        ratio(figures, F::ManySkus512, F::TransactionManyBest, None),
        ratio(figures, F::ManySkus512, F::StatementMany, None),
        ratio(figures, F::ManySkus512, F::StatementManyBest, Some(100)),
        ratio(figures, F::CustomersBuyNow, F::GuestsBuyNow, Some(95)),
        ratio(figures, F::SlowHotSku512, F::SlowTransactionPool32, Some(3_000)),
        ratio(figures, F::SlowHotSku512, F::SlowStatementPool32, None),
        at_least(figures, F::CartFlow512, 8_000),
        at_least(figures, F::SoldOutRefusals512, 50_000),
        ratio(figures, F::SoldOutRefusals512, F::HotSku512, Some(100)),
        ratio(figures, F::ProductPage, F::EmptyHandler, Some(50)),
        reported(figures, F::HalfPeakRate),
        under(figures, F::HalfPeakP99, 50_000),
        reported(figures, F::MixedRate),
        under(figures, F::MixedP95, 100_000),
        // What is known of it is the bound of a bucket.
        under(figures, F::CommitP95, 50_001),
        reported(figures, F::FreshOrders),
        reported(figures, F::GrownOrders),
        ratio(figures, F::GrownHotSku512, F::FreshHotSku512, Some(80)),
        under(figures, F::IdleMemory, 150_000_000),
        under(figures, F::KnownSku, 2_000),
        under(figures, F::AwakeSku, 2_048),
        // How many there can be is the system's limit of open files; what each takes is the shop's.
        reported(figures, F::Waiting),
        under(figures, F::WaitingConnection, WAITING_BYTES / SHOPPERS_WAITING),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) fn at_least(figures: &Figures, figure: Figure, aim: u64) -> Option<Row> {
    let value = figures.median(figure)?;
    row(figure, value, Some(figure.show(aim)), judge(value >= aim))
}

pub(super) fn under(figures: &Figures, figure: Figure, aim: u64) -> Option<Row> {
    let value = figures.median(figure)?;
    row(figure, value, Some(format!("under {}", figure.show(aim))), judge(value < aim))
}

pub(super) fn reported(figures: &Figures, figure: Figure) -> Option<Row> {
    row(figure, figures.median(figure)?, None, Verdict::Reported)
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the last step of what answers nothing for a figure that was not measured"
)]
fn row(figure: Figure, value: u64, aim: Option<String>, verdict: Verdict) -> Option<Row> {
    Some(Row { figure: figure.name().to_owned(), measured: figure.show(value), aim, verdict })
}

/// In hundredths.
pub(super) fn ratio(figures: &Figures, this: Figure, that: Figure, aim: Option<u64>) -> Option<Row> {
    let value = figures.ratio(this, that)?;
    Some(Row {
        figure: format!("{} / {}", this.name(), that.name()),
        measured: times(value),
        aim: aim.map(times),
        verdict: aim.map_or(Verdict::Reported, |aim| judge(value >= aim)),
    })
}

/// In hundredths.
pub(super) fn at_most(figures: &Figures, this: Figure, that: Figure, aim: u64) -> Option<Row> {
    let value = figures.ratio(this, that)?;
    Some(Row {
        figure: format!("{} / {}", this.name(), that.name()),
        measured: times(value),
        aim: Some(format!("at most {}", times(aim))),
        verdict: judge(value <= aim),
    })
}

fn judge(met: bool) -> Verdict {
    if met { Verdict::Met } else { Verdict::Short }
}

fn times(hundredths: u64) -> String {
    format!("{}.{:02}x", hundredths / 100, hundredths % 100)
}

impl Verdict {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Short => "SHORT",
            Self::Reported => "",
        }
    }
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
        figures.add(Figure::HalfPeakP99, 50_000);
        figures.add(Figure::WaitingConnection, 14_999);
        let judged: Vec<(Verdict, String)> =
            goals(&figures).into_iter().map(|goal| (goal.verdict, goal.measured)).collect();
        let expected = [
            (Verdict::Met, "21,000/s"),
            (Verdict::Met, "10.50x"),
            (Verdict::Short, "7.77x"),
            (Verdict::Short, "50.0 ms"),
            (Verdict::Met, "14,999 bytes"),
        ];
        assert_eq!(judged, expected.map(|(verdict, measured)| (verdict, measured.to_owned())));
    }

    #[test]
    fn what_has_no_aim_is_neither_met_nor_short() {
        let mut figures = Figures::default();
        figures.add(Figure::HotSku64, 12_000);
        figures.add(Figure::StatementPool32, 1_500);
        let rows = goals(&figures);
        assert!(rows.iter().all(|row| row.verdict == Verdict::Reported && row.aim.is_none()), "{rows:?}");
        assert_eq!(rows.len(), 2);
    }
}
