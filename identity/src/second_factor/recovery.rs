//! Codes on paper: sixteen letters and digits each (80 random bits), good for one sign-in. Kept as their digest.

use std::fmt;

use engine::id::AccountId;
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};

pub const RECOVERY_CODES: usize = 10;

const LENGTH: usize = 16;
/// Crockford's: no letter that is taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Not printed by `Debug`: it opens an account.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; LENGTH]);

impl RecoveryCode {
    pub(super) fn random(random: &mut impl Rng) -> Self {
        Self(std::array::from_fn(|_| ALPHABET[random.random_range(0..ALPHABET.len())]))
    }

    pub(super) fn set(random: &mut impl Rng) -> Vec<Self> {
        (0..RECOVERY_CODES).map(|_| Self::random(random)).collect()
    }

    /// However it is written: with hyphens or without, in capitals, with an O for a nought.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let letter = |letter: char| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        let written: Vec<u8> = text
            .chars()
            .filter(|letter| !matches!(letter, '-' | ' '))
            .map(|found| u8::try_from(letter(found)).ok())
            .collect::<Option<_>>()?;
        let code: [u8; LENGTH] = written.try_into().ok()?;
        code.iter().all(|letter| ALPHABET.contains(letter)).then_some(Self(code))
    }

    /// Whoever had the digests of all accounts could not try one guess on all of them.
    pub(super) fn digest(&self, account: AccountId) -> Vec<u8> {
        let mut digest = Sha256::new();
        digest.update(account.uuid().as_bytes());
        digest.update(self.0);
        digest.finalize().to_vec()
    }
}

/// `abcd-efgh-jkmn-pqrs`
impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, letter) in self.0.iter().enumerate() {
            if position > 0 && position % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*letter))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use uuid::Uuid;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let mut random = StdRng::seed_from_u64(7);
        for code in RecoveryCode::set(&mut random) {
            let written = code.to_string();
            assert_eq!(written.len(), 19, "{written}");
            assert_eq!(RecoveryCode::parse(&written), Some(code.clone()));
            assert_eq!(
                RecoveryCode::parse(&written.to_uppercase().replace('-', " ").replace('0', "O")),
                Some(code.clone())
            );
            assert!(!format!("{code:?}").contains(&written));
        }
        for bad in
            ["", "123456", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqrsu", "abcd-efgh-jkmn-pqru", "ébcd-efgh-jkmn-pqrs"]
        {
            assert_eq!(RecoveryCode::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_digest_is_of_one_account() {
        let code = RecoveryCode::random(&mut StdRng::seed_from_u64(7));
        let account = |number| AccountId::from_uuid(Uuid::from_u128(number));
        assert_eq!(code.digest(account(1)), code.digest(account(1)));
        assert_ne!(code.digest(account(1)), code.digest(account(2)));
    }
}
