//! The question that stands between a right password and a session: an id, signed, so that nobody asks the database about one
//! that was never asked.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use engine::clock::Timestamp;
use engine::id::ChallengeId;

use crate::token::{Key, Keyring};

pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);
pub const TRIES: i32 = 5;

/// What whoever showed a right password is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// To be sent back with the code.
    pub challenge: String,
    pub expires_at: Timestamp,
}

/// Signs ids and knows its own again; the current key first. Cheap to clone.
#[derive(Clone)]
pub(super) struct Signer(Arc<[Key]>);

impl Signer {
    pub(super) fn new(keyring: &Keyring) -> Self {
        Self(keyring.derive("second factor challenges").into())
    }

    /// `chal_0192….MAC`
    pub(super) fn sign(&self, id: ChallengeId) -> String {
        let current = self.0.first().expect("there is always a current key");
        format!("{id}.{}", BASE64_URL_SAFE_NO_PAD.encode(current.sign(&[id.uuid().as_bytes()])))
    }

    pub(super) fn verify(&self, text: &str) -> Option<ChallengeId> {
        let (id, signature) = text.split_once('.')?;
        let id: ChallengeId = id.parse().ok()?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
        self.0.iter().any(|key| key.has_signed(&[id.uuid().as_bytes()], &signature)).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_what_was_signed_here_is_known() {
        let signer = Signer::new(&Keyring::new("old".into(), []));
        let id = ChallengeId::from_uuid(Uuid::from_u128(7));
        let text = signer.sign(id);
        assert_eq!(signer.verify(&text), Some(id));
        assert_eq!(Signer::new(&Keyring::new("new".into(), [])).verify(&text), None);
        assert_eq!(Signer::new(&Keyring::new("new".into(), ["old".into()])).verify(&text), Some(id), "rotated");
        let other = text.replacen('7', "8", 1);
        for wrong in ["", "chal_", &id.to_string(), &format!("{id}."), &other, &format!("{text}A"), "a.b.c"] {
            assert_eq!(signer.verify(wrong), None, "{wrong}");
        }
    }
}
