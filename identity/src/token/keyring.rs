//! The keys of this installation, derived from the configuration's secrets: the first signs, all are believed. So a secret
//! is changed without anybody being thrown out: the new one is put first, the old one stays for as long as what it signed.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Never empty.
pub struct Keyring(Vec<SecretString>);

/// One key for one purpose.
pub(crate) struct Key {
    /// Says which secret it comes from, and nothing about it.
    pub(crate) id: String,
    // Keyed once: a clone is cheaper than deriving the pads again.
    keyed: Hmac<Sha256>,
}

impl Keyring {
    pub fn new(current: SecretString, previous: impl IntoIterator<Item = SecretString>) -> Self {
        let mut secrets = vec![current];
        secrets.extend(previous);
        Self(secrets)
    }

    /// The keys for `purpose`, the one that signs first. No key tells anything about another purpose's.
    pub(crate) fn derive(&self, purpose: &str) -> Vec<Key> {
        let derive = |secret: &SecretString| {
            let key = digest(secret.expose_secret().as_bytes(), &[b"key ", purpose.as_bytes()]);
            let id = digest(secret.expose_secret().as_bytes(), &[b"id ", purpose.as_bytes()]);
            let id = id[..6].iter().map(|byte| format!("{byte:02x}")).collect();
            Key { id, keyed: keyed(&key) }
        };
        self.0.iter().map(derive).collect()
    }
}

impl Key {
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// In constant time.
    pub(crate) fn has_signed(&self, parts: &[&[u8]], mac: &[u8; 32]) -> bool {
        self.over(parts).verify_slice(mac).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        parts.iter().for_each(|part| mac.update(part));
        mac
    }
}

fn digest(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = keyed(secret);
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_and_every_secret_has_a_key_of_its_own() {
        let ring = Keyring::new("one".into(), ["two".into()]);
        let (access, refresh) = (ring.derive("access"), ring.derive("refresh"));
        let signed: Vec<_> = access.iter().chain(&refresh).map(|key| key.sign(&[b"it"])).collect();
        let ids: std::collections::HashSet<_> = access.iter().chain(&refresh).map(|key| &key.id).collect();
        for (index, mac) in signed.iter().enumerate() {
            assert_eq!(signed.iter().filter(|other| *other == mac).count(), 1, "{index}");
        }
        assert_eq!(ids.len(), 4);
        assert!(access[0].has_signed(&[b"i", b"t"], &signed[0]) && !access[1].has_signed(&[b"it"], &signed[0]));
    }
}
