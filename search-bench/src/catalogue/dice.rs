//! PURE. Chance that is the same on every machine and with every version of every library: SplitMix64.
#![expect(clippy::float_arithmetic, reason = "statistics")]

/// Fractional part of the golden ratio, in 64 bits.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    /// Of one thing among many that share a seed.
    pub(crate) fn of(seed: u64, number: u64) -> Dice {
        Dice { state: mixed(seed ^ mixed(number.wrapping_add(STEP))) }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mixed(self.state)
    }

    /// From 0 to below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let scaled = u128::from(self.next()) * end as u128;
        usize::try_from(scaled >> 64).expect("less than end")
    }

    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// From 0 to below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Of the standard normal distribution.
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }
}

fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn they_are_fair() {
        let mut dice = Dice::of(1, 2);
        let mut counts = [0; 6];
        (0..60_000).for_each(|_| counts[dice.below(6)] += 1);
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
        let normal: Vec<f64> = (0..10_000).map(|_| dice.normal()).collect();
        let within_one = normal.iter().filter(|value| value.abs() < 1.0).count();
        assert!((6_600..7_050).contains(&within_one), "{within_one}");
    }
}
