//! PURE. What a device shows from which somebody signed in before: a random id and an expiry, signed for that account.
//!
//! Nothing is stored. It opens nothing by itself: it names a tally that strangers cannot fill.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use engine::clock::Timestamp;
use engine::id::StoreId;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::Attempt;

/// How long a device that is not used is known.
pub const LIFETIME: TimeDelta = TimeDelta::days(180);

const PREFIX: &str = "dev_";
const ID: usize = 16;
const EXPIRY: usize = 8;
const MAC: usize = 32;

pub(super) fn issue(keyed: &Hmac<Sha256>, store: StoreId, account: &str, id: Uuid, now: Timestamp) -> String {
    let mut bytes = Vec::with_capacity(ID + EXPIRY + MAC);
    bytes.extend_from_slice(id.as_bytes());
    bytes.extend_from_slice(&(now + LIFETIME).timestamp_millis().to_be_bytes());
    let mac = sign(keyed, store, account, &bytes).finalize().into_bytes();
    bytes.extend_from_slice(&mac);
    format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The id, if this device was signed in to the account that the attempt names.
pub(super) fn verify(keyed: &Hmac<Sha256>, shown: &str, attempt: &Attempt<'_>, now: Timestamp) -> Option<Uuid> {
    let mut bytes = [0; ID + EXPIRY + MAC];
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(shown.strip_prefix(PREFIX)?, &mut bytes).ok()?;
    let (signed, mac) = bytes.split_at(ID + EXPIRY);
    let (id, expiry) = signed.split_at(ID);
    let expires_ms = i64::from_be_bytes(expiry.try_into().ok()?);
    if length != ID + EXPIRY + MAC || expires_ms <= now.timestamp_millis() {
        return None;
    }
    sign(keyed, attempt.store, attempt.account, signed).verify_slice(mac).ok()?;
    Uuid::from_slice(id).ok()
}

fn sign(keyed: &Hmac<Sha256>, store: StoreId, account: &str, signed: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed.clone();
    mac.update(b"device\0");
    mac.update(store.uuid().as_bytes());
    mac.update(signed);
    mac.update(account.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use chrono::DateTime;
    use hmac::KeyInit;

    use super::*;

    #[test]
    fn a_device_is_known_to_its_account_alone_and_not_for_ever() {
        let keyed = Hmac::new_from_slice(b"a secret").expect("any length");
        let now = DateTime::from_timestamp(1_000, 0).expect("a time");
        let id = Uuid::from_u128(7);
        let shown = issue(&keyed, StoreId::MAIN, "ann@example.com", id, now);
        let ann = Attempt {
            store: StoreId::MAIN,
            account: "ann@example.com",
            address: Ipv4Addr::LOCALHOST.into(),
            device: None,
        };
        let known = |shown: &str, attempt: &Attempt<'_>, now| verify(&keyed, shown, attempt, now);
        assert_eq!(known(&shown, &ann, now), Some(id));
        assert_eq!(known(&shown, &ann, now + LIFETIME - TimeDelta::seconds(1)), Some(id));
        assert_eq!(known(&shown, &ann, now + LIFETIME), None);
        assert_eq!(known(&shown, &Attempt { account: "bob@example.com", ..ann }, now), None);
        let elsewhere = StoreId::from_uuid(Uuid::from_u128(8));
        assert_eq!(known(&shown, &Attempt { store: elsewhere, ..ann }, now), None);
        let anywhere = IpAddr::from([203, 0, 113, 9]);
        assert_eq!(known(&shown, &Attempt { address: anywhere, ..ann }, now), Some(id));
        for position in PREFIX.len()..shown.len() {
            let mut touched = shown.clone().into_bytes();
            touched[position] = if touched[position] == b'A' { b'B' } else { b'A' };
            let touched = String::from_utf8(touched).expect("ASCII");
            assert_eq!(known(&touched, &ann, now), None, "at {position}");
        }
        for wrong in ["", "dev_", &shown[..shown.len() - 1], &format!("{shown}A"), "guest_x"] {
            assert_eq!(known(wrong, &ann, now), None, "{wrong}");
        }
    }
}
