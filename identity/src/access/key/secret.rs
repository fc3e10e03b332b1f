//! PURE. The secret of a key: `sk_` or `pk_` and 256 random bits. It is told once; what is kept is its digest, for which no
//! salt and no slow hash is needed, because nobody guesses so many bits.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use super::api_key::KeyKind;

pub(super) const RANDOM_BYTES: usize = 32;
/// Of what follows the kind. Shown to people, to tell keys apart.
const PREFIX: usize = 8;

/// SHA-256 of the whole secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest(pub(super) [u8; 32]);

pub(super) struct Secret(SecretString);

impl Secret {
    pub(super) fn of(kind: KeyKind, random: &[u8; RANDOM_BYTES]) -> Self {
        Self(format!("{}{}", kind.prefix(), BASE64_URL_SAFE_NO_PAD.encode(random)).into())
    }

    /// One that somebody else has made. `None`: it does not look like one, or is too short to be one.
    pub(super) fn read(text: &str) -> Option<(KeyKind, Self)> {
        let kind = KeyKind::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))?;
        let random = text.strip_prefix(kind.prefix())?;
        let is_long = random.len() >= RANDOM_BYTES;
        let is_plain = random.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        (is_long && is_plain).then(|| (kind, Self(text.to_owned().into())))
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.0.expose_secret())
    }

    pub(super) fn shown(&self) -> String {
        let whole = self.0.expose_secret();
        whole.chars().take(KeyKind::PREFIX + PREFIX).collect()
    }

    pub(super) fn into_inner(self) -> SecretString {
        self.0
    }
}

impl Digest {
    pub(super) fn of(shown: &str) -> Self {
        Self(Sha256::digest(shown).into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_begins_with_its_kind_and_is_read_back() {
        let secret = Secret::of(KeyKind::Secret, &[7; RANDOM_BYTES]);
        let text = secret.0.expose_secret().to_owned();
        assert_eq!(secret.shown(), "sk_BwcHBwcH");
        assert_eq!(text.len(), 46);
        let (kind, again) = Secret::read(&text).expect("it is one");
        assert_eq!((kind, again.digest()), (KeyKind::Secret, Digest::of(&text)));
        assert_ne!(Digest::of(&text), Secret::of(KeyKind::Publishable, &[7; RANDOM_BYTES]).digest());
        for wrong in [
            "",
            "sk_",
            "sk_short",
            "rk_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
            "sk_ 7777777777777777777777777777777777",
        ] {
            assert!(Secret::read(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_secret_is_read_as_it_was_made(random in any::<[u8; RANDOM_BYTES]>(), is_secret in any::<bool>()) {
            let kind = if is_secret { KeyKind::Secret } else { KeyKind::Publishable };
            let made = Secret::of(kind, &random);
            let (read, again) = Secret::read(made.0.expose_secret()).expect("it is one");
            prop_assert_eq!((read, again.digest()), (kind, made.digest()));
        }

        #[test]
        fn any_text_is_a_secret_of_plain_characters_or_none(text in "(sk_|pk_)?[A-Za-z0-9_-]{0,60}|(sk_|pk_)\\PC{0,60}") {
            if let Some((kind, secret)) = Secret::read(&text) {
                prop_assert!(text.starts_with(kind.prefix()) && text.len() >= KeyKind::PREFIX + RANDOM_BYTES);
                prop_assert!(text.is_ascii());
                prop_assert_eq!(secret.digest(), Digest::of(&text));
            }
        }
    }
}
