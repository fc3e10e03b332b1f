//! Six digits, and what is kept of them: a digest under a key, bound to the challenge they answer. A million codes are tried
//! in a moment, so without the key the digest would be as good as the code.

use std::fmt;
use std::sync::Arc;

use engine::id::ChallengeId;
use rand::{Rng, RngExt};

use crate::token::{Key, Keyring};

const DIGITS: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has six digits")]
pub struct NotACode;

/// Not printed by `Debug`: it opens an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    pub fn random(random: &mut impl Rng) -> Self {
        Self(format!("{:06}", random.random_range(0..1_000_000_u32)))
    }

    /// Spaces are for the eye.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let digits: String = text.chars().filter(|letter| *letter != ' ').collect();
        if digits.len() != DIGITS || !digits.bytes().all(|digit| digit.is_ascii_digit()) || text.len() > 2 * DIGITS {
            return Err(NotACode);
        }
        Ok(Self(digits))
    }

    /// For the message alone.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// The keys of the digests: the current one first. Cheap to clone.
#[derive(Clone)]
pub(super) struct Digester(Arc<[Key]>);

pub(super) type Digest = [u8; 32];

impl Digester {
    pub(super) fn new(keyring: &Keyring) -> Self {
        Self(keyring.derive("one-time codes").into())
    }

    pub(super) fn digest(&self, challenge: ChallengeId, code: &Code) -> Digest {
        let current = self.0.first().expect("there is always a current key");
        current.sign(&[challenge.uuid().as_bytes(), code.0.as_bytes()])
    }

    /// Whether `digest` was made of this very code for this very challenge, under any of the keys.
    pub(super) fn fits(&self, challenge: ChallengeId, code: &Code, digest: &Digest) -> bool {
        self.0.iter().any(|key| key.has_signed(&[challenge.uuid().as_bytes(), code.0.as_bytes()], digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use uuid::Uuid;

    fn challenge(number: u128) -> ChallengeId {
        ChallengeId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_code_is_six_digits_and_is_not_printed() {
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..1000 {
            let code = Code::random(&mut random);
            assert_eq!(Code::parse(code.as_str()), Ok(code.clone()));
            assert!(!format!("{code:?}").contains(code.as_str()));
        }
        assert_eq!(Code::parse("004 711").map(|code| code.as_str().to_owned()), Ok("004711".to_owned()));
        for bad in ["", "12345", "1234567", "12345a", "-12345", "１２３４５６", "1 2 3 4 5 6   "] {
            assert_eq!(Code::parse(bad), Err(NotACode), "{bad}");
        }
    }

    #[test]
    fn a_digest_is_of_its_code_its_challenge_and_its_secret() {
        let digester_of = |secrets: &[&str]| {
            let (current, previous) = secrets.split_first().expect("a current one");
            Digester::new(&Keyring::new((*current).into(), previous.iter().map(|&secret| secret.into())))
        };
        let code = |text| Code::parse(text).expect("a code");
        let digester = digester_of(&["old"]);
        let digest = digester.digest(challenge(1), &code("123456"));
        assert!(digester.fits(challenge(1), &code("123456"), &digest));
        assert!(!digester.fits(challenge(1), &code("123457"), &digest));
        assert!(!digester.fits(challenge(2), &code("123456"), &digest));
        assert!(!digester_of(&["new"]).fits(challenge(1), &code("123456"), &digest));
        assert!(digester_of(&["new", "old"]).fits(challenge(1), &code("123456"), &digest), "rotated");
    }
}
