//! What a browser carries while it is at the provider: what was asked for, sealed, so that it comes back as it left.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use engine::clock::Timestamp;
use engine::id::{AccountId, PrincipalId, SessionId, StoreId};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::error::Error;
use super::return_to::ReturnTo;
use crate::seal::{Purpose, Sealer};

pub(super) const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// Who leaves for a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Traveller {
    /// Whoever comes back signs in. What this guest has in the cart comes along: a browser that a provider sends back does not
    /// show the guest's cookie.
    Guest(Option<PrincipalId>),
    /// Who is signed in, and wants to be known as whoever comes back. Only while that session goes on.
    Account { id: AccountId, session: SessionId },
}

#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) provider: String,
    pub(super) store: StoreId,
    /// Comes back beside the code: who brings it asked for it.
    pub(super) state: String,
    /// Comes back inside the ID token: it was made for this very attempt.
    pub(super) nonce: String,
    /// Of PKCE: nobody else can exchange the code.
    pub(super) verifier: String,
    pub(super) redirect_uri: String,
    pub(super) return_to: String,
    pub(super) traveller: Traveller,
    pub(super) expires_at: Timestamp,
}

/// What the provider sends the browser back with.
#[derive(Default)]
pub struct Callback {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    /// Who sends it (RFC 9207), where that is said.
    pub issuer: Option<String>,
}

impl Attempt {
    pub(super) fn seal(&self, sealer: &Sealer) -> String {
        let plain = serde_json::to_vec(self).expect("texts and ids are JSON");
        BASE64_URL_SAFE_NO_PAD.encode(sealer.seal(Purpose::SignInElsewhere, self.provider.as_bytes(), &plain))
    }

    /// What left for `provider`, if it was here, in this store, and not too long ago.
    pub(super) fn open(
        sealer: &Sealer,
        store: StoreId,
        provider: &str,
        sealed: &str,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).map_err(|_| Error::NotAsked)?;
        let plain = sealer.open(Purpose::SignInElsewhere, provider.as_bytes(), &sealed).map_err(|_| Error::NotAsked)?;
        let attempt: Self = serde_json::from_slice(&plain).map_err(|_| Error::NotAsked)?;
        let is_this = attempt.provider == provider && attempt.store == store && attempt.expires_at > now;
        is_this.then_some(attempt).ok_or(Error::NotAsked)
    }

    /// The code, if the provider answers this very question.
    pub(super) fn code(&self, callback: Callback) -> Result<String, Error> {
        let state = callback.state.ok_or(Error::NotAsked)?;
        if !bool::from(state.as_bytes().ct_eq(self.state.as_bytes())) {
            return Err(Error::NotAsked);
        }
        if callback.error.is_some() {
            return Err(Error::Declined);
        }
        callback.code.filter(|code| !code.is_empty()).ok_or(Error::Declined)
    }

    pub(super) fn return_to(&self) -> ReturnTo {
        ReturnTo::parse(&self.return_to).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_767_268_800 + seconds, 0).expect("a time")
    }

    fn attempt() -> Attempt {
        Attempt {
            provider: "google".to_owned(),
            store: StoreId::MAIN,
            state: "state".to_owned(),
            nonce: "nonce".to_owned(),
            verifier: "verifier".to_owned(),
            redirect_uri: "https://shop.example/back".to_owned(),
            return_to: "/account".to_owned(),
            traveller: Traveller::Guest(None),
            expires_at: at(0) + LIFETIME,
        }
    }

    fn callback(state: Option<&str>, code: Option<&str>, error: Option<&str>) -> Callback {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Callback { code: text(code), state: text(state), error: text(error), issuer: None }
    }

    #[test]
    fn what_comes_back_is_what_left_and_in_time() {
        let sealer = Sealer::new(&"a secret".into(), &[]);
        let sealed = attempt().seal(&sealer);
        let open = |store, provider, sealed: &str, second| {
            Attempt::open(&sealer, store, provider, sealed, at(second)).map(|attempt| attempt.verifier).ok()
        };
        assert_eq!(open(StoreId::MAIN, "google", &sealed, 599).as_deref(), Some("verifier"));
        assert_eq!(open(StoreId::MAIN, "google", &sealed, 600), None, "too late");
        assert_eq!(open(StoreId::MAIN, "other", &sealed, 0), None, "another provider");
        assert_eq!(open(StoreId::from_uuid(uuid::Uuid::nil()), "google", &sealed, 0), None, "another store");
        assert_eq!(open(StoreId::MAIN, "google", "AAAA", 0), None);
        assert!(!sealed.contains("verifier"));
    }

    #[test]
    fn a_code_counts_with_its_state_alone() {
        let told = |callback| match attempt().code(callback) {
            Ok(code) => code,
            Err(error) => error.to_string(),
        };
        assert_eq!(told(callback(Some("state"), Some("code"), None)), "code");
        for wrong in [None, Some("State"), Some(""), Some("state2")] {
            assert_eq!(told(callback(wrong, Some("code"), None)), Error::NotAsked.to_string(), "{wrong:?}");
        }
        assert_eq!(told(callback(Some("state"), None, Some("access_denied"))), Error::Declined.to_string());
        assert_eq!(told(callback(Some("state"), None, None)), Error::Declined.to_string());
    }
}
