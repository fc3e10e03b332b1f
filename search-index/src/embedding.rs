//! PURE. What a text means, as a model puts it: a direction in some hundred dimensions. Texts that mean alike lie near.
#![expect(clippy::float_arithmetic, reason = "statistics; no money is near")]

use serde::{Deserialize, Serialize};

use crate::error::EmbeddingError;

/// A direction, one byte for each dimension: how long the model's vector was says nothing, and finer steps change the order
/// of results by no more than chance does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedding(Vec<i8>);

impl Embedding {
    pub const DIMENSIONS_MAX: usize = 4_096;

    /// Of a model's numbers.
    pub fn of(numbers: &[f32]) -> Result<Embedding, EmbeddingError> {
        check_len(numbers.len())?;
        if let Some(position) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(EmbeddingError::NotANumber { position });
        }
        let largest = numbers.iter().fold(0.0f32, |largest, number| largest.max(number.abs()));
        if largest == 0.0 {
            return Err(EmbeddingError::NoDirection);
        }
        #[expect(clippy::cast_possible_truncation, reason = "from -127 to 127")]
        let step = |number: &f32| (number / largest * f32::from(i8::MAX)).round() as i8;
        Ok(Embedding(numbers.iter().map(step).collect()))
    }

    /// What [`Embedding::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Embedding, EmbeddingError> {
        check_len(bytes.len())?;
        let steps: Vec<i8> = bytes.iter().map(|byte| byte.cast_signed()).collect();
        if steps.iter().all(|step| *step == 0) { Err(EmbeddingError::NoDirection) } else { Ok(Embedding(steps)) }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.iter().map(|step| step.cast_unsigned()).collect()
    }

    pub fn dimensions(&self) -> usize {
        self.0.len()
    }

    /// The cosine of the angle between them: 1, they mean the same; 0, they have nothing in common. None: they are not of one
    /// model.
    pub(crate) fn similarity(&self, other: &Embedding) -> Option<f32> {
        if self.dimensions() != other.dimensions() {
            return None;
        }
        let product = |a: &[i8], b: &[i8]| a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>();
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let [both, own, others] =
            [product(&self.0, &other.0), product(&self.0, &self.0), product(&other.0, &other.0)].map(|it| it as f32);
        Some(both / (own.sqrt() * others.sqrt()))
    }
}

fn check_len(given: usize) -> Result<(), EmbeddingError> {
    let max = Embedding::DIMENSIONS_MAX;
    if (1..=max).contains(&given) { Ok(()) } else { Err(EmbeddingError::Dimensions { given, max }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(numbers: &[f32]) -> Embedding {
        Embedding::of(numbers).unwrap()
    }

    #[test]
    fn directions_are_compared_and_lengths_are_not() {
        let check = |a: &[f32], b: &[f32], expected: f32| {
            let similarity = of(a).similarity(&of(b)).unwrap();
            assert!((similarity - expected).abs() < 0.01, "{a:?} {b:?}: {similarity}");
        };
        check(&[0.1, 0.2], &[0.1, 0.2], 1.0);
        check(&[0.1, 0.2], &[3.0, 6.0], 1.0);
        check(&[1.0, 0.0], &[0.0, 1.0], 0.0);
        check(&[1.0, 0.0], &[-0.5, 0.0], -1.0);
        check(&[1.0, 0.0], &[1.0, 1.0], std::f32::consts::FRAC_1_SQRT_2);
        assert_eq!(of(&[1.0]).similarity(&of(&[1.0, 0.0])), None);
        let largest = vec![1.0; Embedding::DIMENSIONS_MAX];
        check(&largest, &largest, 1.0);
    }

    #[test]
    fn what_is_no_direction_is_refused() {
        assert_eq!(Embedding::of(&[0.0, 0.0]), Err(EmbeddingError::NoDirection));
        assert_eq!(Embedding::of(&[1.0, f32::NAN]), Err(EmbeddingError::NotANumber { position: 1 }));
        for given in [0, Embedding::DIMENSIONS_MAX + 1] {
            let refused = EmbeddingError::Dimensions { given, max: Embedding::DIMENSIONS_MAX };
            assert_eq!(Embedding::of(&vec![1.0; given]), Err(refused));
            assert_eq!(Embedding::from_bytes(&vec![1; given]), Err(refused));
        }
        assert_eq!(Embedding::from_bytes(&[0, 0]), Err(EmbeddingError::NoDirection));
    }

    #[test]
    fn bytes_are_read_as_they_were_written() {
        let embedding = of(&[-1.0, 0.5, 0.0]);
        assert_eq!(embedding.to_bytes(), [0x81, 64, 0]);
        assert_eq!(Embedding::from_bytes(&embedding.to_bytes()), Ok(embedding));
    }
}
