//! Access tokens: JWT (RFC 7519), signed with HMAC-SHA256, for a quarter of an hour.
//!
//! Checked at every request of a sale, so without a library's generality: we read only what we wrote. The header must be,
//! letter by letter, one that we write (`alg`, `typ`, `kid`), which also ends every talk of other algorithms; then the
//! signature, in constant time; and only then are the claims read, without a copy of their texts.

use std::borrow::Cow;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use engine::id::{AccountId, SessionId, StoreId};
use serde::{Deserialize, Serialize};

use super::keyring::{Key, Keyring};
use crate::access::Role;

/// Whom the tokens are for.
const AUDIENCE: &str = "doorbuster-api";
/// Ours have less than half of it.
const PAYLOAD_MAX: usize = 1024;
const MAC: usize = 32;

/// Issues and checks tokens.
pub struct AccessTokens {
    signers: Vec<Signer>,
    issuer: String,
    lifetime: TimeDelta,
}

struct Signer {
    /// The first part of its tokens, which is the same in all of them.
    header: String,
    key: Key,
}

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    pub account: AccountId,
    pub session: SessionId,
    pub store: StoreId,
    pub role: Role,
    /// Whether a second factor was shown.
    pub second_factor: bool,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("not a token of ours")]
    NotOurs,
    #[error("expired")]
    Expired,
    #[error("of a session that has ended")]
    Ended,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Claims<'a> {
    #[serde(borrow)]
    iss: Cow<'a, str>,
    aud: &'a str,
    sub: &'a str,
    sid: &'a str,
    store: &'a str,
    role: &'a str,
    mfa: bool,
    iat: i64,
    exp: i64,
}

impl AccessTokens {
    pub fn new(keyring: &Keyring, issuer: &str, lifetime: TimeDelta) -> Self {
        let signer = |key: Key| {
            let header = Header { alg: "HS256", typ: "JWT", kid: &key.id };
            let header = serde_json::to_vec(&header).expect("plain texts are JSON");
            Signer { header: BASE64_URL_SAFE_NO_PAD.encode(header), key }
        };
        let signers = keyring.derive("access token").into_iter().map(signer).collect();
        Self { signers, issuer: issuer.to_owned(), lifetime }
    }

    /// A token that says what `access` says, for as long as tokens live, but not beyond `access.expires_at`. Returns what it
    /// says, and the token.
    pub fn issue(&self, access: Access, now: Timestamp) -> (Access, String) {
        // Whole seconds, so that what is shown is what is signed.
        let exp = (now + self.lifetime).min(access.expires_at).timestamp();
        let access = Access { expires_at: DateTime::from_timestamp(exp, 0).unwrap_or(now), ..access };
        let (sub, sid, store) = (access.account.to_string(), access.session.to_string(), access.store.to_string());
        let claims = Claims {
            iss: Cow::Borrowed(&self.issuer),
            aud: AUDIENCE,
            sub: &sub,
            sid: &sid,
            store: &store,
            role: access.role.name(),
            mfa: access.second_factor,
            iat: now.timestamp(),
            exp,
        };
        let claims = serde_json::to_vec(&claims).expect("plain texts and numbers are JSON");
        let Signer { header, key } = &self.signers[0];
        let mut token = format!("{header}.");
        BASE64_URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let mac = key.sign(&[token.as_bytes()]);
        token.push('.');
        BASE64_URL_SAFE_NO_PAD.encode_string(mac, &mut token);
        (access, token)
    }

    /// Whether the session has ended is not looked at here.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Access, InvalidToken> {
        let access = self.read(token).ok_or(InvalidToken::NotOurs)?;
        if access.expires_at <= now {
            return Err(InvalidToken::Expired);
        }
        Ok(access)
    }

    fn read(&self, token: &str) -> Option<Access> {
        let (signed, mac_text) = token.rsplit_once('.')?;
        let (header, payload_text) = signed.split_once('.')?;
        let signer = self.signers.iter().find(|signer| signer.header == header)?;
        // A byte more than there is, so that what is too long is seen to be.
        let mut mac = [0; MAC + 1];
        if BASE64_URL_SAFE_NO_PAD.decode_slice(mac_text, &mut mac).ok()? != MAC {
            return None;
        }
        let mac: &[u8; MAC] = mac.first_chunk().expect("it has one more");
        if !signer.key.has_signed(&[signed.as_bytes()], mac) {
            return None;
        }
        let mut payload = [0; PAYLOAD_MAX];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(payload_text, &mut payload).ok()?;
        let claims: Claims<'_> = serde_json::from_slice(&payload[..length]).ok()?;
        if claims.iss != self.issuer || claims.aud != AUDIENCE {
            return None;
        }
        Some(Access {
            account: claims.sub.parse().ok()?,
            session: claims.sid.parse().ok()?,
            store: claims.store.parse().ok()?,
            role: claims.role.parse().ok()?,
            second_factor: claims.mfa,
            expires_at: DateTime::from_timestamp(claims.exp, 0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("a time")
    }

    fn tokens(secrets: &[&'static str]) -> AccessTokens {
        let keyring = Keyring::new(secrets[0].into(), secrets[1..].iter().map(|&secret| secret.into()));
        AccessTokens::new(&keyring, "a \"shop\"", TimeDelta::minutes(15))
    }

    fn access() -> Access {
        Access {
            account: AccountId::from_uuid(Uuid::from_u128(1)),
            session: SessionId::from_uuid(Uuid::from_u128(2)),
            store: StoreId::MAIN,
            role: Role::Support,
            second_factor: true,
            expires_at: at(1_000_000),
        }
    }

    #[test]
    fn it_says_what_it_was_issued_for_until_it_runs_out() {
        let tokens = tokens(&["secret"]);
        let (issued, token) = tokens.issue(access(), at(0));
        assert_eq!(issued.expires_at, at(900));
        assert_eq!(tokens.verify(&token, at(899)), Ok(issued));
        assert_eq!(tokens.verify(&token, at(900)), Err(InvalidToken::Expired));
        let (issued, _) = tokens.issue(Access { expires_at: at(60), ..access() }, at(0));
        assert_eq!(issued.expires_at, at(60), "not longer than the session");
    }

    #[test]
    fn it_is_a_jwt_as_others_read_and_write_them() {
        let tokens = tokens(&["secret"]);
        let (issued, token) = tokens.issue(access(), at(0));
        let secret = Keyring::new("secret".into(), []);
        // The same derivation, so that the library can have the key's bytes.
        let derived = {
            use hmac::{Hmac, KeyInit, Mac};
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"secret").expect("a key");
            mac.update(b"key access token");
            mac.finalize().into_bytes()
        };
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&["a \"shop\""]);
        let read = jsonwebtoken::decode::<Value>(&token, &DecodingKey::from_secret(&derived), &validation);
        let read = read.expect("the library reads it");
        let id = &secret.derive("access token")[0].id;
        assert_eq!(read.header.kid.as_ref(), Some(id));
        let expected = json!({
            "iss": "a \"shop\"", "aud": AUDIENCE, "sub": issued.account.to_string(), "sid": issued.session.to_string(),
            "store": issued.store.to_string(), "role": "support", "mfa": true,
            "iat": at(0).timestamp(), "exp": at(900).timestamp(),
        });
        assert_eq!(read.claims, expected);
        // What the library signs with the right key under another header is none of ours.
        let header = jsonwebtoken::Header::new(Algorithm::HS512);
        let foreign = jsonwebtoken::encode(&header, &read.claims, &EncodingKey::from_secret(&derived));
        let foreign = foreign.expect("the library writes it");
        assert_eq!(tokens.verify(&foreign, at(0)), Err(InvalidToken::NotOurs));
    }

    #[test]
    fn secrets_are_exchanged_without_throwing_anybody_out() {
        let (old, both, new) = (tokens(&["old"]), tokens(&["new", "old"]), tokens(&["new"]));
        let (issued, token) = old.issue(access(), at(0));
        assert_eq!(both.verify(&token, at(1)), Ok(issued));
        assert_eq!(new.verify(&token, at(1)), Err(InvalidToken::NotOurs));
        let (issued, token) = both.issue(access(), at(0));
        assert_eq!(new.verify(&token, at(1)), Ok(issued));
        assert_eq!(old.verify(&token, at(1)), Err(InvalidToken::NotOurs));
    }

    #[test]
    fn nothing_else_is_a_token() {
        let tokens = tokens(&["secret"]);
        let (_, token) = tokens.issue(access(), at(0));
        let (signed, mac) = token.rsplit_once('.').expect("three parts");
        let (header, payload) = signed.split_once('.').expect("three parts");
        for index in 0..token.len() {
            let mut altered = token.clone().into_bytes();
            altered[index] ^= 1;
            let altered = String::from_utf8_lossy(&altered).into_owned();
            assert_eq!(tokens.verify(&altered, at(0)), Err(InvalidToken::NotOurs), "letter {index}");
        }
        let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for wrong in [
            "",
            ".",
            "..",
            "...",
            "guest_x",
            header,
            signed,
            &format!("{signed}."),
            &format!("{signed}.{mac}A"),
            &format!("{signed}.{mac}="),
            &format!("{none}.{payload}."),
            &format!("{none}.{payload}.{mac}"),
            &format!("{header}.{}.{mac}", "A".repeat(9_000)),
            &format!("{header}.{payload}.{}", "A".repeat(9_000)),
            &format!("{token}\u{fffd}"),
        ] {
            assert_eq!(tokens.verify(wrong, at(0)), Err(InvalidToken::NotOurs), "{wrong:?}");
        }
        let other = AccessTokens::new(&Keyring::new("secret".into(), []), "another shop", TimeDelta::minutes(15));
        assert_eq!(tokens.verify(&other.issue(access(), at(0)).1, at(0)), Err(InvalidToken::NotOurs), "the issuer");
    }

    proptest! {
        #[test]
        fn whatever_is_issued_is_read_and_nothing_else_is(
            account in any::<u128>(),
            session in any::<u128>(),
            role in prop::sample::select(Role::ALL.as_slice()),
            second_factor in any::<bool>(),
            place in any::<prop::sample::Index>(),
            other in "[A-Za-z0-9_.=-]{0,3}",
            taken in 0_usize..3,
        ) {
            let tokens = tokens(&["secret"]);
            let wanted = Access {
                account: AccountId::from_uuid(Uuid::from_u128(account)),
                session: SessionId::from_uuid(Uuid::from_u128(session)),
                role,
                second_factor,
                ..access()
            };
            let (issued, token) = tokens.issue(wanted, at(0));
            prop_assert_eq!(tokens.verify(&token, at(0)), Ok(issued));
            let place = place.index(token.len());
            let touched = format!("{}{other}{}", &token[..place], &token[(place + taken).min(token.len())..]);
            prop_assume!(touched != token);
            prop_assert_eq!(tokens.verify(&touched, at(0)), Err(InvalidToken::NotOurs));
        }

        #[test]
        fn no_other_text_is_a_token(text in "(eyJ[A-Za-z0-9_-]{0,40}[.]){0,4}[A-Za-z0-9_-]{0,60}|\\PC{0,60}") {
            prop_assert_eq!(tokens(&["secret"]).verify(&text, at(0)), Err(InvalidToken::NotOurs));
        }
    }
}
