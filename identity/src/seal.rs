//! Secrets that have to be read again, such as that of a second factor, are sealed: AES-256-GCM under keys that derive from
//! the configuration's token secret.
//!
//! What is sealed names the key it was sealed under, so that the token secret can be rotated: the current one seals, the
//! current and the previous ones open. It also belongs to a purpose and a context (whose it is), and opens for no other.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf;
use aws_lc_rs::rand;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const KEY_ID: usize = 4;
const HEAD: usize = 1 + KEY_ID + NONCE_LEN;

/// What a sealed thing is for: one of them never passes for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The secret of an authenticator app.
    SecondFactor,
    /// What a browser carries while it signs in elsewhere.
    SignInElsewhere,
    /// What stands in a message that is not sent yet.
    Message,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    /// The first one seals.
    keys: Arc<[Key]>,
}

struct Key {
    id: [u8; KEY_ID],
    key: LessSafeKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not sealed by this shop, or not for this")]
pub struct NotOurs;

impl Sealer {
    /// `current` seals; what was sealed under one of the `previous` can still be read.
    pub fn new(current: &SecretString, previous: &[SecretString]) -> Self {
        let keys =
            std::iter::once(current).chain(previous).map(|secret| Key::derived(secret.expose_secret().as_bytes()));
        Self { keys: keys.collect() }
    }

    pub fn seal(&self, purpose: Purpose, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let current = self.keys.first().expect("there is always a current key");
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).expect("the system has random numbers");
        let mut body = plain.to_vec();
        current
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(purpose, context), &mut body)
            .expect("it is far shorter than the most that can be sealed");
        let mut sealed = Vec::with_capacity(HEAD + body.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&current.id);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&body);
        sealed
    }

    pub fn open(&self, purpose: Purpose, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(NotOurs)?;
        let (id, nonce) = head[1..].split_at(KEY_ID);
        let key = self.keys.iter().find(|key| key.id == id).ok_or(NotOurs)?;
        if head[0] != VERSION {
            return Err(NotOurs);
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| NotOurs)?;
        let mut body = body.to_vec();
        let plain = key.key.open_in_place(nonce, bound_to(purpose, context), &mut body).map_err(|_| NotOurs)?;
        Ok(plain.to_vec())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", self.keys.len())
    }
}

impl Key {
    fn derived(secret: &[u8]) -> Self {
        let key = derive(secret, "seal");
        let id: [u8; KEY_ID] = Sha256::digest(key)[..KEY_ID].try_into().expect("a digest is longer");
        let key = UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes are a key of AES-256");
        Self { id, key: LessSafeKey::new(key) }
    }
}

/// A key of its own for each use of a secret (HKDF, RFC 5869), so that what is done with one says nothing about another.
pub(crate) fn derive(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"doorbuster")
        .extract(secret)
        .expand(&[purpose.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|material| material.fill(&mut key))
        .expect("32 bytes are what HKDF gives with SHA-256");
    key
}

fn bound_to(purpose: Purpose, context: &[u8]) -> Aad<Vec<u8>> {
    let mut bound = vec![match purpose {
        Purpose::SecondFactor => 1,
        Purpose::SignInElsewhere => 2,
        Purpose::Message => 3,
    }];
    bound.extend_from_slice(context);
    Aad::from(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(current: &str, previous: &[&str]) -> Sealer {
        let secret = |text: &str| SecretString::from(text);
        Sealer::new(&secret(current), &previous.iter().map(|text| secret(text)).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_whose_it_is() {
        let ours = sealer("one", &[]);
        let sealed = ours.seal(Purpose::SecondFactor, b"ann", b"hush");
        assert_eq!(ours.open(Purpose::SecondFactor, b"ann", &sealed), Ok(b"hush".to_vec()));
        assert_eq!(ours.open(Purpose::SignInElsewhere, b"ann", &sealed), Err(NotOurs));
        assert_eq!(ours.open(Purpose::SecondFactor, b"bob", &sealed), Err(NotOurs));
        assert_eq!(sealer("two", &[]).open(Purpose::SecondFactor, b"ann", &sealed), Err(NotOurs));
        assert_ne!(ours.seal(Purpose::SecondFactor, b"ann", b"hush"), sealed, "never twice the same");
        assert!(!sealed.windows(4).any(|window| window == b"hush"));
    }

    #[test]
    fn the_secret_can_be_rotated() {
        let sealed = sealer("old", &[]).seal(Purpose::Message, b"", b"hush");
        let after = sealer("new", &["older", "old"]);
        assert_eq!(after.open(Purpose::Message, b"", &sealed), Ok(b"hush".to_vec()));
        let anew = after.seal(Purpose::Message, b"", b"hush");
        assert_eq!(sealer("old", &[]).open(Purpose::Message, b"", &anew), Err(NotOurs));
    }

    #[test]
    fn what_was_touched_does_not_open() {
        let ours = sealer("one", &[]);
        let sealed = ours.seal(Purpose::SecondFactor, b"ann", b"hush");
        for position in 0..sealed.len() {
            let mut touched = sealed.clone();
            touched[position] ^= 1;
            assert_eq!(ours.open(Purpose::SecondFactor, b"ann", &touched), Err(NotOurs), "at {position}");
        }
        for length in 0..sealed.len() {
            assert_eq!(ours.open(Purpose::SecondFactor, b"ann", &sealed[..length]), Err(NotOurs), "{length}");
        }
    }
}
