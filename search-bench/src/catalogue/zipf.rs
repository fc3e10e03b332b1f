//! PURE. Ranks by Zipf's law: the chance of rank r is proportional to 1 / r^exponent.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use super::Dice;

pub(crate) struct Zipf {
    /// The chance of each rank and all before it.
    up_to: Vec<f64>,
}

impl Zipf {
    pub(crate) fn new(ranks: usize, exponent: f64) -> Zipf {
        let mut sum = 0.0;
        let mut up_to: Vec<f64> = Vec::with_capacity(ranks);
        for rank in 1..=ranks {
            sum += (rank as f64).powf(-exponent);
            up_to.push(sum);
        }
        up_to.iter_mut().for_each(|chance| *chance /= sum);
        Zipf { up_to }
    }

    /// From 0, the most frequent.
    pub(crate) fn rank(&self, dice: &mut Dice) -> usize {
        let at = dice.unit();
        self.up_to.partition_point(|up_to| *up_to <= at).min(self.up_to.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_comes_half_as_often_as_the_first() {
        let (zipf, mut dice) = (Zipf::new(100, 1.0), Dice::of(3, 4));
        let mut counts = vec![0u32; 100];
        (0..100_000).for_each(|_| counts[zipf.rank(&mut dice)] += 1);
        // The sum of 1/r over a hundred ranks is 5.187.
        assert!((18_800..19_800).contains(&counts[0]), "{}", counts[0]);
        assert!((9_200..10_100).contains(&counts[1]), "{}", counts[1]);
        assert!(counts[99] > 100 && counts[99] < 300, "{}", counts[99]);
    }
}
