//! PURE. What the figures of too many buyers and of bad company are held against.
//!
//! Each of them is needed: one that was not measured falls short.

use super::figure::Figure;
use super::figures::Figures;
use super::goals::{Row, Verdict, at_least, at_most, ratio, reported, under};
use super::load::{Honest, Load, Taken, Trouble};

/// Eight thousand connections with the framework's buffers (33 kB each, as measured), and what is under way on them.
const MEMORY_GROWN_MAX: u64 = 400_000_000;

pub(crate) fn overload_goals(figures: &Figures) -> Vec<Row> {
    use Figure as F;
    let needed = |figure: Figure, row: Option<Row>| needed(figure.name(), row);
    let of = |load| {
        let figure = |taken| F::Overload(load, taken);
        let is_too_much = load != Load::Once;
        let mut rows = vec![
            needed(figure(Taken::Sent), ratio(figures, figure(Taken::Sent), figure(Taken::Offered), Some(90))),
            needed(figure(Taken::Goodput), ratio(figures, figure(Taken::Goodput), F::Peak, is_too_much.then_some(90))),
            needed(figure(Taken::AdmittedP99), under(figures, figure(Taken::AdmittedP99), 250_001)),
            needed(figure(Taken::Failed), under(figures, figure(Taken::Failed), 1)),
            needed(figure(Taken::TurnedAway), reported(figures, figure(Taken::TurnedAway))),
        ];
        // With no more buyers than the shop can serve nobody need be turned away.
        if is_too_much {
            rows.push(needed(figure(Taken::TurnedAwayP50), under(figures, figure(Taken::TurnedAwayP50), 5_001)));
        }
        rows
    };
    let after = [
        needed(F::Promised, reported(figures, F::Promised)),
        needed(F::PromisedBroken, under(figures, F::PromisedBroken, 1)),
        needed(F::PromisedP99, reported(figures, F::PromisedP99)),
        needed(F::Recovery, under(figures, F::Recovery, 60_000_001)),
        needed(F::MemoryBefore, reported(figures, F::MemoryBefore)),
        needed(F::MemoryGrown, under(figures, F::MemoryGrown, MEMORY_GROWN_MAX)),
        needed(F::MemoryAfter, reported(figures, F::MemoryAfter)),
    ];
    let peak = needed(F::Peak, reported(figures, F::Peak));
    [peak].into_iter().chain(Load::ALL.into_iter().flat_map(of)).chain(after).collect()
}

pub(crate) fn hostile_goals(figures: &Figures) -> Vec<Row> {
    let harm = Trouble::ALL.into_iter().filter(|trouble| *trouble != Trouble::None).map(|trouble| {
        let figure = Figure::Harm(trouble);
        needed(figure.name(), at_least(figures, figure, trouble.harm_needed()))
    });
    let of = |honest| {
        Trouble::ALL.into_iter().map(move |trouble| {
            let (p99, calm) = (Figure::P99(trouble, honest), Figure::P99(Trouble::None, honest));
            let row = if trouble == Trouble::None { reported(figures, calm) } else { at_most(figures, p99, calm, 200) };
            needed(p99.name(), row)
        })
    };
    harm.chain(Honest::ALL.into_iter().flat_map(of)).collect()
}

pub(super) fn needed(figure: &str, row: Option<Row>) -> Row {
    row.unwrap_or_else(|| Row {
        figure: figure.to_owned(),
        measured: "not measured".to_owned(),
        aim: None,
        verdict: Verdict::Short,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_falls_short() {
        let nothing = Figures::default();
        for rows in [overload_goals(&nothing), hostile_goals(&nothing)] {
            assert!(rows.iter().all(|row| row.verdict == Verdict::Short && row.measured == "not measured"), "{rows:?}");
        }
        let mut figures = Figures::default();
        figures.add(Figure::Peak, 1_000);
        figures.add(Figure::Overload(Load::TenTimes, Taken::Goodput), 950);
        figures.add(Figure::Overload(Load::TenTimes, Taken::Failed), 1);
        let judged: Vec<_> =
            overload_goals(&figures).into_iter().filter(|row| row.measured != "not measured").collect();
        let verdicts: Vec<_> = judged.iter().map(|row| (row.verdict, &*row.measured)).collect();
        assert_eq!(verdicts, [(Verdict::Reported, "1,000/s"), (Verdict::Met, "0.95x"), (Verdict::Short, "1")]);
    }

    #[test]
    fn harm_that_was_not_done_proves_nothing() {
        let mut figures = Figures::default();
        figures.add(Figure::Harm(Trouble::SlowHeads), 4_999);
        figures.add(Figure::Harm(Trouble::TinyRequests), 1_000_000);
        let verdicts: Vec<_> = hostile_goals(&figures)
            .into_iter()
            .filter(|row| row.measured != "not measured")
            .map(|row| (row.verdict, row.measured))
            .collect();
        assert_eq!(verdicts, [(Verdict::Short, "4,999".to_owned()), (Verdict::Met, "1,000,000".to_owned())]);
    }

    /// The verdict on one figure, among others that are as they were in peace.
    fn judged(figure: Figure, value: u64, others: &[Figure], goals: fn(&Figures) -> Vec<Row>) -> Verdict {
        let mut figures = Figures::default();
        others.iter().for_each(|other| figures.add(*other, 1_000));
        figures.add(figure, value);
        let name = figure.name();
        goals(&figures).into_iter().find(|row| row.figure.starts_with(name)).expect("it is judged").verdict
    }

    #[test]
    fn each_figure_is_good_as_far_as_its_goal_and_no_further() {
        use Figure as F;
        let of = |load, taken| F::Overload(load, taken);
        let mut edges = vec![
            // the figure, what is just good enough, what is not
            (F::PromisedBroken, 0, 1),
            (F::Recovery, 60_000_000, 60_000_001),
            (F::MemoryGrown, MEMORY_GROWN_MAX - 1, MEMORY_GROWN_MAX),
        ];
        for load in Load::ALL {
            edges.push((of(load, Taken::Sent), 900, 899));
            edges.push((of(load, Taken::AdmittedP99), 250_000, 250_001));
            edges.push((of(load, Taken::Failed), 0, 1));
        }
        for load in [Load::Twice, Load::TenTimes] {
            edges.push((of(load, Taken::Goodput), 900, 899));
            edges.push((of(load, Taken::TurnedAwayP50), 5_000, 5_001));
        }
        let peace = [F::Peak].into_iter().chain(Load::ALL.map(|load| of(load, Taken::Offered)));
        let peace: Vec<_> = peace.collect();
        for (figure, good, bad) in edges {
            let verdict = |value| judged(figure, value, &peace, overload_goals);
            assert_eq!([verdict(good), verdict(bad)], [Verdict::Met, Verdict::Short], "{}", figure.name());
        }
    }

    #[test]
    fn bad_company_may_double_a_wait_if_it_was_bad_enough() {
        let troubles = Trouble::ALL.into_iter().filter(|trouble| *trouble != Trouble::None);
        let harms = [(Trouble::SlowHeads, 5_000), (Trouble::HugeBodies, 32), (Trouble::DeepJson, 32)];
        for (trouble, needed) in harms.into_iter().chain([(Trouble::TinyRequests, 1_000_000)]) {
            let verdict = |value| judged(Figure::Harm(trouble), value, &[], hostile_goals);
            assert_eq!([verdict(needed), verdict(needed - 1)], [Verdict::Met, Verdict::Short], "{trouble:?}");
        }
        for (trouble, honest) in troubles.flat_map(|trouble| Honest::ALL.map(|honest| (trouble, honest))) {
            let calm = [Figure::P99(Trouble::None, honest)];
            let verdict = |value| judged(Figure::P99(trouble, honest), value, &calm, hostile_goals);
            assert_eq!([verdict(2_000), verdict(2_010)], [Verdict::Met, Verdict::Short], "{trouble:?}, {honest:?}");
        }
    }
}
