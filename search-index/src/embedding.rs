//! PURE. What a text means, as a model puts it: a direction in some hundred dimensions. Texts that mean alike lie near.
#![expect(clippy::float_arithmetic, reason = "statistics; no money is near")]

use serde::{Deserialize, Serialize};

use crate::error::EmbeddingError;
use crate::schema::fnv1a;

/// A direction, one byte for each dimension: how long the model's vector was says nothing, and finer steps change the order
/// of results by no more than chance does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embedding {
    /// A digest of the model's name: directions of two models have nothing to do with each other.
    model: u64,
    steps: Vec<i8>,
}

const MODEL_BYTES: usize = 8;

impl Embedding {
    pub const DIMENSIONS_MAX: usize = 4_096;

    /// Of the numbers of the model that has this name.
    pub fn of(model: &str, numbers: &[f32]) -> Result<Embedding, EmbeddingError> {
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
        Ok(Embedding { model: fnv1a(model.bytes()), steps: numbers.iter().map(step).collect() })
    }

    /// What [`Embedding::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Embedding, EmbeddingError> {
        let (model, steps) = bytes.split_first_chunk::<MODEL_BYTES>().unwrap_or((&[0; MODEL_BYTES], &[]));
        check_len(steps.len())?;
        let steps: Vec<i8> = steps.iter().map(|byte| byte.cast_signed()).collect();
        if steps.iter().all(|step| *step == 0) {
            return Err(EmbeddingError::NoDirection);
        }
        Ok(Embedding { model: u64::from_le_bytes(*model), steps })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let steps = self.steps.iter().map(|step| step.cast_unsigned());
        self.model.to_le_bytes().into_iter().chain(steps).collect()
    }

    pub fn dimensions(&self) -> usize {
        self.steps.len()
    }

    /// The cosine of the angle between them: 1, they mean the same; 0, they have nothing in common. None: they are not of one
    /// model.
    pub(crate) fn similarity(&self, other: &Embedding) -> Option<f32> {
        if self.model != other.model || self.dimensions() != other.dimensions() {
            return None;
        }
        let product = |a: &[i8], b: &[i8]| a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>();
        let (a, b) = (&self.steps, &other.steps);
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let [both, own, others] = [product(a, b), product(a, a), product(b, b)].map(|it| it as f32);
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
        Embedding::of("model", numbers).expect("a direction")
    }

    #[test]
    fn directions_are_compared_and_lengths_are_not() {
        let check = |a: &[f32], b: &[f32], expected: f32| {
            let similarity = of(a).similarity(&of(b)).expect("a direction");
            assert!((similarity - expected).abs() < 0.01, "{a:?} {b:?}: {similarity}");
        };
        check(&[0.1, 0.2], &[0.1, 0.2], 1.0);
        check(&[0.1, 0.2], &[3.0, 6.0], 1.0);
        check(&[1.0, 0.0], &[0.0, 1.0], 0.0);
        check(&[1.0, 0.0], &[-0.5, 0.0], -1.0);
        check(&[1.0, 0.0], &[1.0, 1.0], std::f32::consts::FRAC_1_SQRT_2);
        assert_eq!(of(&[1.0]).similarity(&of(&[1.0, 0.0])), None);
        assert_eq!(of(&[1.0, 0.0]).similarity(&Embedding::of("other", &[1.0, 0.0]).expect("a direction")), None);
        let largest = vec![1.0; Embedding::DIMENSIONS_MAX];
        check(&largest, &largest, 1.0);
    }

    #[test]
    fn what_is_no_direction_is_refused() {
        let check = |numbers: &[f32], refused| assert_eq!(Embedding::of("model", numbers), Err(refused));
        check(&[0.0, 0.0], EmbeddingError::NoDirection);
        check(&[1.0, f32::NAN], EmbeddingError::NotANumber { position: 1 });
        for given in [0, Embedding::DIMENSIONS_MAX + 1] {
            let refused = EmbeddingError::Dimensions { given, max: Embedding::DIMENSIONS_MAX };
            check(&vec![1.0; given], refused);
            assert_eq!(Embedding::from_bytes(&vec![1; MODEL_BYTES + given]), Err(refused));
        }
        assert_eq!(Embedding::from_bytes(&[0; MODEL_BYTES + 2]), Err(EmbeddingError::NoDirection));
        assert!(Embedding::from_bytes(&[1; MODEL_BYTES - 1]).is_err());
    }

    #[test]
    fn bytes_are_read_as_they_were_written() {
        let embedding = of(&[-1.0, 0.5, 0.0]);
        assert_eq!(embedding.to_bytes()[MODEL_BYTES..], [0x81, 64, 0]);
        assert_eq!(Embedding::from_bytes(&embedding.to_bytes()), Ok(embedding));
    }
}
