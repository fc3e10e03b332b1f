//! Refresh tokens: a session's number, how many came before it, and a signature over both and the session's seed. So any
//! token of a session can be made again, two tabs can be given the same one, and none has to be kept: a copy of the
//! database holds seeds and digests, and makes none.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use engine::id::SessionId;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::keyring::{Key, Keyring};

const PREFIX: &str = "rt_";
const ID: usize = 16;
const NUMBER: usize = 4;
const MAC: usize = 32;

pub(crate) struct RefreshTokens(Vec<Key>);

/// What somebody shows. Whether it is genuine, only the session's seed can say.
pub(crate) struct Shown {
    pub(crate) session: SessionId,
    pub(crate) number: i32,
    mac: [u8; MAC],
    hash: [u8; 32],
}

impl RefreshTokens {
    pub(crate) fn new(keyring: &Keyring) -> Self {
        Self(keyring.derive("refresh token"))
    }

    pub(crate) fn make(&self, session: SessionId, number: i32, seed: &[u8]) -> String {
        make(&self.0[0], session, number, seed)
    }

    /// The one that was made before, of which there is the digest. `None`: its key is gone.
    pub(crate) fn make_again(&self, session: SessionId, number: i32, seed: &[u8], digest: &[u8]) -> Option<String> {
        let again = self.0.iter().map(|key| make(key, session, number, seed));
        again.into_iter().find(|token| bool::from(hash(token).ct_eq(digest)))
    }

    /// Of the newest there is a digest; it stays genuine when its key is gone. Of the others there is not.
    pub(crate) fn is_genuine(&self, shown: &Shown, seed: &[u8], newest: i32, newest_hash: &[u8]) -> bool {
        if shown.number == newest {
            return shown.hash.ct_eq(newest_hash).into();
        }
        let number = shown.number.to_be_bytes();
        self.0.iter().any(|key| key.has_signed(&[shown.session.uuid().as_bytes(), &number, seed], &shown.mac))
    }
}

impl Shown {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        let mut bytes = [0; ID + NUMBER + MAC + 1];
        if BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()? != ID + NUMBER + MAC {
            return None;
        }
        let (id, rest) = bytes.split_first_chunk::<ID>().expect("it is longer");
        let (number, rest) = rest.split_first_chunk::<NUMBER>().expect("it is longer");
        let mac = *rest.first_chunk::<MAC>().expect("it is longer");
        let (session, number) = (SessionId::from_uuid(Uuid::from_bytes(*id)), i32::from_be_bytes(*number));
        Some(Self { session, number, mac, hash: hash(text) })
    }
}

/// What is kept of a token.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

fn make(key: &Key, session: SessionId, number: i32, seed: &[u8]) -> String {
    let number = number.to_be_bytes();
    let mac = key.sign(&[session.uuid().as_bytes(), &number, seed]);
    let mut bytes = [0; ID + NUMBER + MAC];
    bytes[..ID].copy_from_slice(session.uuid().as_bytes());
    bytes[ID..ID + NUMBER].copy_from_slice(&number);
    bytes[ID + NUMBER..].copy_from_slice(&mac);
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ring(current: &str, previous: &[&str]) -> RefreshTokens {
        RefreshTokens::new(&Keyring::new(current.into(), previous.iter().map(|&secret| secret.into())))
    }

    fn shown(token: &str) -> Shown {
        Shown::parse(token).expect("it has the form of one")
    }

    #[test]
    fn a_token_is_known_by_its_seed_and_its_secret() {
        let (session, tokens) = (SessionId::from_uuid(Uuid::from_u128(7)), ring("secret", &[]));
        let (first, second) = (tokens.make(session, 0, b"seed"), tokens.make(session, 1, b"seed"));
        assert_eq!((shown(&second).session, shown(&second).number), (session, 1));
        assert!(tokens.is_genuine(&shown(&first), b"seed", 1, &hash(&second)));
        assert!(tokens.is_genuine(&shown(&second), b"seed", 1, &hash(&second)));
        assert!(!tokens.is_genuine(&shown(&first), b"another", 1, &hash(&second)), "another seed");
        assert!(!ring("another", &[]).is_genuine(&shown(&first), b"seed", 1, &hash(&second)), "another secret");
        assert!(ring("new", &["secret"]).is_genuine(&shown(&first), b"seed", 1, &hash(&second)));
        let forged = ring("forger", &[]).make(session, 1, b"seed");
        assert!(!tokens.is_genuine(&shown(&forged), b"seed", 1, &hash(&second)));
    }

    #[test]
    fn the_same_is_made_again_whichever_secret_made_it() {
        let (session, old, both) = (SessionId::from_uuid(Uuid::from_u128(7)), ring("old", &[]), ring("new", &["old"]));
        let token = old.make(session, 3, b"seed");
        assert_eq!(both.make_again(session, 3, b"seed", &hash(&token)), Some(token.clone()));
        assert_eq!(ring("new", &[]).make_again(session, 3, b"seed", &hash(&token)), None);
        assert_ne!(both.make(session, 3, b"seed"), token);
    }

    #[test]
    fn what_is_no_token_is_told_apart_without_asking() {
        let token = ring("secret", &[]).make(SessionId::from_uuid(Uuid::from_u128(7)), 0, b"seed");
        assert!(Shown::parse(&token).is_some());
        for wrong in ["", "rt_", "rt_AAAA", "guest_x", &token[3..], &format!("{token}A"), &format!("{token}AAAA")] {
            assert!(Shown::parse(wrong).is_none(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_made_is_genuine_and_nothing_else_is(
            session in any::<u128>(),
            number in 0..i32::MAX,
            place in any::<prop::sample::Index>(),
            other in "[A-Za-z0-9_-]{0,3}",
            taken in 0_usize..3,
        ) {
            let (session, tokens) = (SessionId::from_uuid(Uuid::from_u128(session)), ring("secret", &[]));
            let (token, newest) = (tokens.make(session, number, b"seed"), tokens.make(session, number + 1, b"seed"));
            prop_assert!(tokens.is_genuine(&shown(&token), b"seed", number + 1, &hash(&newest)));
            let place = place.index(token.len());
            let touched = format!("{}{other}{}", &token[..place], &token[(place + taken).min(token.len())..]);
            prop_assume!(touched != token);
            let read = Shown::parse(&touched);
            prop_assert!(!read.is_some_and(|read| tokens.is_genuine(&read, b"seed", number + 1, &hash(&newest))));
        }

        #[test]
        fn whatever_is_shown_is_no_more_than_refused(text in ".{0,120}", encoded in "rt_[A-Za-z0-9_-]{60,80}") {
            let tokens = ring("secret", &[]);
            for text in [text, encoded] {
                let read = Shown::parse(&text);
                prop_assert!(!read.is_some_and(|read| tokens.is_genuine(&read, b"seed", 1, &hash("another"))));
            }
        }
    }
}
