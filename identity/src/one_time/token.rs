//! A one-time token: 256 random bits, of which the digest is kept.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engine::postgres::DatabaseError;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

const PREFIX: &str = "once_";
const RANDOM: usize = 32;

pub(crate) struct OneTimeToken {
    pub(crate) text: String,
    pub(crate) hash: [u8; 32],
}

impl OneTimeToken {
    pub(crate) fn new() -> Result<Self, DatabaseError> {
        let mut random = [0; RANDOM];
        SysRng.try_fill_bytes(&mut random).map_err(|error| DatabaseError::Unavailable(error.to_string()))?;
        let text = format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(random));
        let hash = Sha256::digest(&text).into();
        Ok(Self { text, hash })
    }
}

/// Of what somebody shows. `None`: it cannot be one of ours.
pub(crate) fn digest(shown: &str) -> Option<[u8; 32]> {
    let random = BASE64_URL_SAFE_NO_PAD.decode(shown.strip_prefix(PREFIX)?).ok()?;
    (random.len() == RANDOM).then(|| Sha256::digest(shown).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_is_another_and_is_known_by_its_digest() {
        let (one, two) = (OneTimeToken::new().expect("random numbers"), OneTimeToken::new().expect("random numbers"));
        assert_ne!(one.text, two.text);
        assert_eq!(digest(&one.text), Some(one.hash));
        for wrong in ["", "once_", "once_AAAA", "rt_AAAA", &one.text[5..], &format!("{}A", one.text), "once_\0"] {
            assert_eq!(digest(wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn only_what_has_the_form_of_one_has_a_digest(text in ".{0,60}", encoded in "once_[A-Za-z0-9_-]{40,46}") {
            prop_assert_eq!(digest(&text), None);
            prop_assert!(digest(&encoded).is_none() || encoded.len() == PREFIX.len() + 43);
        }
    }
}
