//! The token of a guest of one store: a random id and an expiry, signed for that store. Nothing is stored: whoever shows a token that we signed is
//! that guest.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use engine::id::{PrincipalId, StoreId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// Says what kind of token it is: a customer's begins otherwise.
pub(super) const PREFIX: &str = "guest_";
const ID: usize = 16;
const EXPIRY: usize = 8;
const MAC: usize = 32;

/// Issues and checks tokens. Tokens live as long as the secret is known.
pub struct GuestTokens {
    // Keyed once: a clone is cheaper than deriving the pads again. The first signs, all are believed.
    keyed: Vec<Hmac<Sha256>>,
    lifetime: TimeDelta,
}

/// Who a token belongs to, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GuestToken {
    pub principal: PrincipalId,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    #[error("not a token of ours")]
    NotOurs,
    #[error("expired")]
    Expired,
}

impl GuestTokens {
    /// `previous`: secrets that signed before.
    pub fn new<'a>(secret: &'a [u8], previous: impl IntoIterator<Item = &'a [u8]>, lifetime: TimeDelta) -> Self {
        let keyed = |secret| Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
        Self { keyed: std::iter::once(secret).chain(previous).map(keyed).collect(), lifetime }
    }

    /// A token for a principal whose id is fresh.
    pub fn issue(&self, store: StoreId, principal: PrincipalId, now: Timestamp) -> (GuestToken, String) {
        // Whole milliseconds, so that what is shown is what is signed.
        let expires_ms = (now + self.lifetime).timestamp_millis();
        let expires_at = DateTime::from_timestamp_millis(expires_ms).expect("a time plus a configured duration");
        let token = GuestToken { principal, expires_at };
        (token, self.sign(store, token))
    }

    /// A token of another store is none of ours.
    pub fn verify(&self, store: StoreId, text: &str, now: Timestamp) -> Result<GuestToken, InvalidToken> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidToken::NotOurs)?;
        let mut bytes = [0; ID + EXPIRY + MAC];
        match BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes) {
            Ok(length) if length == bytes.len() => {}
            Ok(_) | Err(_) => return Err(InvalidToken::NotOurs),
        }
        let (signed, mac) = bytes.split_at(ID + EXPIRY);
        let has_signed = |keyed: &Hmac<Sha256>| {
            let mut expected = keyed.clone();
            expected.update(signed);
            expected.update(of_store(&store));
            expected.verify_slice(mac).is_ok()
        };
        if !self.keyed.iter().any(has_signed) {
            return Err(InvalidToken::NotOurs);
        }

        let (id, expiry) = signed.split_at(ID);
        let id = Uuid::from_slice(id).expect("sixteen bytes");
        let expires_ms = i64::from_be_bytes(expiry.try_into().expect("eight bytes"));
        let expires_at = DateTime::from_timestamp_millis(expires_ms).ok_or(InvalidToken::NotOurs)?;
        if expires_at <= now {
            return Err(InvalidToken::Expired);
        }
        Ok(GuestToken { principal: PrincipalId::from_uuid(id), expires_at })
    }

    fn sign(&self, store: StoreId, token: GuestToken) -> String {
        let mut bytes = Vec::with_capacity(ID + EXPIRY + MAC);
        bytes.extend_from_slice(token.principal.uuid().as_bytes());
        bytes.extend_from_slice(&token.expires_at.timestamp_millis().to_be_bytes());
        let mut mac = self.keyed[0].clone();
        mac.update(&bytes);
        mac.update(of_store(&store));
        bytes.extend_from_slice(&mac.finalize().into_bytes());
        format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// What is signed beside what is shown. Nothing for the main store, whose tokens are older than the others.
fn of_store(store: &StoreId) -> &[u8] {
    if *store == StoreId::MAIN { &[] } else { store.as_bytes() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn a_token_is_its_guest_until_it_expires_and_only_where_it_was_signed() {
        let tokens = GuestTokens::new(b"one secret", [], TimeDelta::hours(1));
        let guest = PrincipalId::from_uuid(Uuid::from_u128(7));
        let (issued, text) = tokens.issue(StoreId::MAIN, guest, at(1_000));
        assert_eq!(issued.expires_at, at(4_600));
        assert_eq!(tokens.verify(StoreId::MAIN, &text, at(4_599)), Ok(issued));
        assert_eq!(tokens.verify(StoreId::MAIN, &text, at(4_600)), Err(InvalidToken::Expired));
        let next_door = StoreId::from_uuid(Uuid::from_u128(9));
        assert_eq!(tokens.verify(next_door, &text, at(1_000)), Err(InvalidToken::NotOurs));
        let (_, theirs) = tokens.issue(next_door, guest, at(1_000));
        assert_eq!(tokens.verify(StoreId::MAIN, &theirs, at(1_000)), Err(InvalidToken::NotOurs));
        assert!(tokens.verify(next_door, &theirs, at(1_000)).is_ok());
        let others = GuestTokens::new(b"another secret", [], TimeDelta::hours(1));
        assert_eq!(others.verify(StoreId::MAIN, &text, at(1_000)), Err(InvalidToken::NotOurs));
        let rotated = GuestTokens::new(b"another secret", [b"one secret".as_slice()], TimeDelta::hours(1));
        assert_eq!(rotated.verify(StoreId::MAIN, &text, at(1_000)), Ok(issued));
        assert!(
            others.verify(StoreId::MAIN, &rotated.issue(StoreId::MAIN, guest, at(1_000)).1, at(1_000)).is_ok(),
            "the new one signs"
        );
    }

    #[test]
    fn a_token_that_was_touched_is_not_ours() {
        let tokens = GuestTokens::new(b"one secret", [], TimeDelta::hours(1));
        let (_, text) = tokens.issue(StoreId::MAIN, PrincipalId::from_uuid(Uuid::from_u128(7)), at(1_000));
        for position in PREFIX.len()..text.len() {
            let mut touched = text.clone().into_bytes();
            touched[position] = if touched[position] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).expect("ASCII");
            assert_eq!(tokens.verify(StoreId::MAIN, &touched, at(1_000)), Err(InvalidToken::NotOurs), "at {position}");
        }
        let longer = format!("{text}AAAA");
        for wrong in ["", "guest_", &text[..text.len() - 1], &longer, "guest_\u{e9}"] {
            assert_eq!(tokens.verify(StoreId::MAIN, wrong, at(1_000)), Err(InvalidToken::NotOurs), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_guest_is_known_by_their_token_and_nobody_by_another_text(id in any::<u128>(), other in "(guest_)?[A-Za-z0-9_-]{0,90}|\\PC{0,40}") {
            let tokens = GuestTokens::new(b"one secret", [], TimeDelta::hours(1));
            let guest = PrincipalId::from_uuid(Uuid::from_u128(id));
            let (issued, text) = tokens.issue(StoreId::MAIN, guest, at(1_000));
            prop_assert_eq!(tokens.verify(StoreId::MAIN, &text, at(1_000)), Ok(issued));
            prop_assert_eq!(tokens.verify(StoreId::MAIN, &other, at(1_000)), Err(InvalidToken::NotOurs));
        }
    }
}
