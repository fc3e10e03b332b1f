//! The secret that is shared with an authenticator app, and the codes that follow from it: SHA-1, six digits, 30 seconds,
//! which is what every such app expects. A clock that is one step off is forgiven.

use engine::clock::Timestamp;
use totp_rs::{Builder, Secret, Totp};

pub(super) struct Authenticator {
    secret: Secret,
    totp: Totp,
}

impl Authenticator {
    /// With a new secret of 160 bits.
    pub(super) fn fresh() -> Self {
        Self::of(Secret::generate())
    }

    pub(super) fn with_secret(bytes: Vec<u8>) -> Self {
        Self::of(Secret::from(bytes))
    }

    fn of(secret: Secret) -> Self {
        let totp = Builder::new().with_secret(secret.clone()).build();
        Self { secret, totp: totp.expect("20 bytes are a good secret, and the rest is as the RFC has it") }
    }

    pub(super) fn secret(&self) -> &[u8] {
        self.secret.as_ref()
    }

    /// As it is typed in where there is no camera.
    pub(super) fn in_base32(&self) -> String {
        self.secret.to_base32()
    }

    /// What apps read from a QR code. `shop` and `account` stand beside the codes in the app.
    pub(super) fn url(&self, shop: &str, account: &str) -> String {
        // A colon parts the two.
        let name = |text: &str| text.replace(':', " ");
        let named = Builder::new().with_secret(self.secret.clone()).with_issuer(Some(name(shop)));
        let totp = named.with_account_name(name(account)).build().expect("as above, with names that have no colon");
        totp.to_url().expect("the account has a name without a colon")
    }

    /// The step whose code it is, counted in spans of 30 seconds since 1970, if it is one of now or next to it.
    pub(super) fn step_of(&self, code: &str, now: Timestamp) -> Option<i64> {
        let step = self.totp.check(code, u64::try_from(now.timestamp()).ok()?)?;
        i64::try_from(step).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(seconds: i64) -> Timestamp {
        DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    /// The test vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes_are_those_of_every_app() {
        let app = Authenticator::with_secret(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(app.step_of(code, at(seconds)), Some(seconds / 30), "{code}");
            assert_eq!(app.step_of(code, at(seconds + 30)), Some(seconds / 30), "a clock that is slow");
            assert_eq!(app.step_of(code, at(seconds - 30)), Some(seconds / 30), "a clock that is fast");
            assert_eq!(app.step_of(code, at(seconds + 60)), None, "but not two steps");
        }
    }

    #[test]
    fn an_app_reads_secret_and_names_from_the_url() {
        let app = Authenticator::with_secret(b"12345678901234567890".to_vec());
        let url = app.url("Doors: 24/7", "ann@example.com");
        assert!(url.starts_with("otpauth://totp/Doors"), "{url}");
        assert!(url.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && url.contains("issuer="), "{url}");
        assert_eq!(app.in_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let (one, two) = (Authenticator::fresh(), Authenticator::fresh());
        assert_eq!(one.secret().len(), 20);
        assert_ne!(one.secret(), two.secret());
    }
}
