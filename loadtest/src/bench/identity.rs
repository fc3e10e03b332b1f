//! PURE. What the figures of accounts are held against: a check at each request, and many who want to be checked at once.
//!
//! Each of them is needed: one that was not measured falls short.

use super::figure::Figure;
use super::figures::Figures;
use super::goals::{Row, at_most, ratio, reported, under};
use super::ordeal::needed;

/// Buying with an access token costs less than a twentieth of what is bought with a guest's.
pub(crate) fn auth_goals(figures: &Figures) -> Vec<Row> {
    use Figure as F;
    vec![
        needed(F::GuestsBuyNow.name(), reported(figures, F::GuestsBuyNow)),
        needed(F::CustomersBuyNow.name(), ratio(figures, F::CustomersBuyNow, F::GuestsBuyNow, Some(95))),
    ]
}

pub(crate) fn logins_goals(figures: &Figures) -> Vec<Row> {
    use Figure as F;
    let needed = |figure: Figure, row: Option<Row>| needed(figure.name(), row);
    vec![
        needed(F::LoginsSent, ratio(figures, F::LoginsSent, F::LoginsOffered, Some(90))),
        needed(F::CheckoutInPeace, reported(figures, F::CheckoutInPeace)),
        needed(F::CheckoutBesideLogins, at_most(figures, F::CheckoutBesideLogins, F::CheckoutInPeace, 200)),
        needed(F::LoginsServed, reported(figures, F::LoginsServed)),
        needed(F::LoginsLimited, reported(figures, F::LoginsLimited)),
        needed(F::LoginsTurnedAway, reported(figures, F::LoginsTurnedAway)),
        needed(F::LoginsFailed, under(figures, F::LoginsFailed, 1)),
        needed(F::LoginP99, reported(figures, F::LoginP99)),
        needed(F::LoginRefusedP50, reported(figures, F::LoginRefusedP50)),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::goals::Verdict;
    use super::*;

    fn verdict(figures: &Figures, figure: Figure, goals: fn(&Figures) -> Vec<Row>) -> Verdict {
        let name = figure.name();
        goals(figures).into_iter().find(|row| row.figure.starts_with(name)).expect("it is judged").verdict
    }

    #[test]
    fn each_figure_is_good_as_far_as_its_goal_and_no_further() {
        use Figure as F;
        let cases = [
            (F::CustomersBuyNow, F::GuestsBuyNow, 950, 949, auth_goals as fn(&Figures) -> Vec<Row>),
            (F::CheckoutBesideLogins, F::CheckoutInPeace, 2_000, 2_010, logins_goals),
            (F::LoginsSent, F::LoginsOffered, 900, 899, logins_goals),
            (F::LoginsFailed, F::LoginsOffered, 0, 1, logins_goals),
        ];
        for (figure, beside, good, bad, goals) in cases {
            let of = |value| {
                let mut figures = Figures::default();
                figures.add(beside, 1_000);
                figures.add(figure, value);
                verdict(&figures, figure, goals)
            };
            assert_eq!([of(good), of(bad)], [Verdict::Met, Verdict::Short], "{}", figure.name());
        }
    }

    #[test]
    fn what_was_not_measured_falls_short() {
        let nothing = Figures::default();
        for rows in [auth_goals(&nothing), logins_goals(&nothing)] {
            assert!(rows.iter().all(|row| row.verdict == Verdict::Short), "{rows:?}");
        }
    }
}
