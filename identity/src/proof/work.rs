//! Computing time: a number is looked for with which the SHA-256 of challenge and number begins with enough zero bits.
//!
//! A challenge is signed and not stored; that it is used once is remembered for as long as it lives, over all servers where
//! there is a Redis. Checking costs two hashes, and a wrong one is known before anything is looked up.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use engine::clock::Timestamp;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::used::Used;
use super::{Challenge, Invalid, Task, Verifier};
use crate::redis::Redis;

pub const LIFETIME_MAX_S: u32 = 3600;

const PREFIX: &str = "pow_";
const TASK: usize = 1;
const BITS: usize = 1;
const EXPIRY: usize = 8;
const ID: usize = 16;
const SIGNED: usize = TASK + BITS + EXPIRY + ID;
const MAC: usize = 32;
/// As many digits as a number may need that nobody will ever reach.
const ANSWER_MAX: usize = 20;

pub struct Work {
    keyed: Hmac<Sha256>,
    bits: u8,
    lifetime: TimeDelta,
    used: Mutex<Used>,
    redis: Option<Redis>,
}

/// What a challenge says.
struct Signed {
    bits: u8,
    expires_ms: i64,
    id: Uuid,
}

impl Work {
    /// `bits`: each one more takes twice as long. `secret`: the same on all servers.
    pub fn new(secret: &[u8], bits: u8, lifetime_s: u32, redis: Option<Redis>) -> Self {
        let lifetime = TimeDelta::seconds(lifetime_s.clamp(1, LIFETIME_MAX_S).into());
        Self {
            keyed: Hmac::new_from_slice(secret).expect("HMAC takes a key of any length"),
            bits,
            lifetime,
            used: Mutex::new(Used::new(lifetime.num_milliseconds())),
            redis,
        }
    }

    fn sign(&self, signed: &[u8], subject: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        mac.update(b"proof of work\0");
        mac.update(signed);
        mac.update(subject);
        mac
    }

    /// What the challenge says, if it is ours, this subject's, and for this.
    fn read(&self, challenge: &str, task: Task, subject: &[u8]) -> Result<Signed, Invalid> {
        let encoded = challenge.strip_prefix(PREFIX).ok_or(Invalid::NotYours)?;
        let mut bytes = [0; SIGNED + MAC];
        match BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes) {
            Ok(length) if length == bytes.len() => {}
            Ok(_) | Err(_) => return Err(Invalid::NotYours),
        }
        let (signed, mac) = bytes.split_at(SIGNED);
        self.sign(signed, subject).verify_slice(mac).map_err(|_| Invalid::NotYours)?;
        if signed[0] != letter(task) {
            return Err(Invalid::NotYours);
        }
        let (expiry, id) = signed[TASK + BITS..].split_at(EXPIRY);
        Ok(Signed {
            bits: signed[TASK],
            expires_ms: i64::from_be_bytes(expiry.try_into().expect("eight bytes")),
            id: Uuid::from_slice(id).expect("sixteen bytes"),
        })
    }

    async fn use_up(&self, id: Uuid, now_ms: i64) -> Result<(), Invalid> {
        let here = self.used.lock().unwrap_or_else(PoisonError::into_inner).first_time(id, now_ms);
        if !here {
            return Err(Invalid::Used);
        }
        if let Some(redis) = &self.redis {
            let kept = Duration::from_millis(self.lifetime.num_milliseconds().unsigned_abs());
            // Away: it was not used here, and that is all that is known.
            if let Ok(false) = redis.first_time(redis.key("proof", id.as_bytes()), kept).await {
                return Err(Invalid::Used);
            }
        }
        Ok(())
    }
}

impl Verifier for Work {
    fn challenge(&self, task: Task, subject: &[u8], id: Uuid, now: Timestamp) -> Challenge {
        // Whole milliseconds, so that what is shown is what is signed.
        let expires_ms = (now + self.lifetime).timestamp_millis();
        let mut bytes = vec![letter(task), self.bits];
        bytes.extend_from_slice(&expires_ms.to_be_bytes());
        bytes.extend_from_slice(id.as_bytes());
        let mac = self.sign(&bytes, subject).finalize().into_bytes();
        bytes.extend_from_slice(&mac);
        Challenge {
            text: format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)),
            algorithm: "sha-256",
            difficulty: self.bits.into(),
            expires_at: DateTime::from_timestamp_millis(expires_ms).expect("a time plus an hour at most"),
        }
    }

    fn check<'a>(
        &'a self,
        shown: &'a str,
        task: Task,
        subject: &'a [u8],
        now: Timestamp,
    ) -> BoxFuture<'a, Result<(), Invalid>> {
        async move {
            let (challenge, answer) = shown.split_once(':').ok_or(Invalid::Unreadable)?;
            if answer.is_empty() || answer.len() > ANSWER_MAX || !answer.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Invalid::Unreadable);
            }
            let Signed { bits, expires_ms, id } = self.read(challenge, task, subject)?;
            let now_ms = now.timestamp_millis();
            if expires_ms <= now_ms {
                return Err(Invalid::Expired);
            }
            if leading_zero_bits(&Sha256::digest(shown.as_bytes()).into()) < u32::from(bits) {
                return Err(Invalid::Wrong);
            }
            self.use_up(id, now_ms).await
        }
        .boxed()
    }
}

const fn letter(task: Task) -> u8 {
    match task {
        Task::Registration => b'r',
        Task::Cart => b'c',
    }
}

fn leading_zero_bits(digest: &[u8; 32]) -> u32 {
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    8 * zeros as u32 + digest.get(zeros).map_or(0, |byte| byte.leading_zeros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANN: &[u8] = b"ann";

    fn at(second: i64) -> Timestamp {
        DateTime::from_timestamp(1_000 + second, 0).expect("a time")
    }

    fn work(bits: u8) -> Work {
        Work::new(b"a secret", bits, 120, None)
    }

    /// As a client does it.
    fn solve(challenge: &Challenge) -> String {
        let answers = (0_u64..).map(|answer| format!("{}:{answer}", challenge.text));
        let is_solved = |shown: &String| leading_zero_bits(&Sha256::digest(shown).into()) >= challenge.difficulty;
        answers.into_iter().find(is_solved).expect("there is one")
    }

    fn check(work: &Work, shown: &str, task: Task, subject: &[u8], second: i64) -> Result<(), Invalid> {
        work.check(shown, task, subject, at(second)).now_or_never().expect("without Redis nothing is waited for")
    }

    #[test]
    fn a_proof_counts_once_for_whom_and_what_it_was_asked() {
        let work = work(8);
        let challenge = work.challenge(Task::Cart, ANN, Uuid::from_u128(7), at(0));
        assert_eq!((challenge.difficulty, challenge.expires_at), (8, at(120)));
        let shown = solve(&challenge);
        for (shown, task, subject, second, answer) in [
            (shown.as_str(), Task::Cart, &b"bob"[..], 0, Err(Invalid::NotYours)),
            (&shown, Task::Registration, ANN, 0, Err(Invalid::NotYours)),
            (&shown, Task::Cart, ANN, 120, Err(Invalid::Expired)),
            (&format!("{}:", challenge.text), Task::Cart, ANN, 0, Err(Invalid::Unreadable)),
            (&format!("{}:-1", challenge.text), Task::Cart, ANN, 0, Err(Invalid::Unreadable)),
            (&format!("{shown}00000000000000000000"), Task::Cart, ANN, 0, Err(Invalid::Unreadable)),
            (&challenge.text, Task::Cart, ANN, 0, Err(Invalid::Unreadable)),
            ("", Task::Cart, ANN, 0, Err(Invalid::Unreadable)),
            ("pow_:1", Task::Cart, ANN, 0, Err(Invalid::NotYours)),
            (&shown, Task::Cart, ANN, 119, Ok(())),
            (&shown, Task::Cart, ANN, 119, Err(Invalid::Used)),
        ] {
            assert_eq!(check(&work, shown, task, subject, second), answer, "{shown} {task:?} {second}");
        }
        let wrong = (0..).map(|answer| format!("{}:{answer}", challenge.text));
        let mut wrong = wrong.filter(|shown| Sha256::digest(shown)[0] != 0);
        assert_eq!(check(&work, &wrong.next().expect("most are"), Task::Cart, ANN, 0), Err(Invalid::Wrong));
        let other = Work::new(b"another secret", 8, 120, None);
        assert_eq!(check(&other, &shown, Task::Cart, ANN, 0), Err(Invalid::NotYours));
    }

    #[test]
    fn nobody_makes_it_easier() {
        let (easy, hard) = (work(1), work(20));
        let mut text = hard.challenge(Task::Cart, ANN, Uuid::from_u128(7), at(0)).text.into_bytes();
        let signed = BASE64_URL_SAFE_NO_PAD.decode(&text[PREFIX.len()..]).expect("as it was encoded");
        let mut forged = signed;
        forged[TASK] = 0;
        text.truncate(PREFIX.len());
        text.extend_from_slice(BASE64_URL_SAFE_NO_PAD.encode(forged).as_bytes());
        let shown = format!("{}:1", String::from_utf8(text).expect("ASCII"));
        assert_eq!(check(&hard, &shown, Task::Cart, ANN, 0), Err(Invalid::NotYours));
        // What was asked before it became harder is worth what was asked.
        let shown = solve(&easy.challenge(Task::Cart, ANN, Uuid::from_u128(8), at(0)));
        assert_eq!(check(&hard, &shown, Task::Cart, ANN, 0), Ok(()));
    }

    #[test]
    fn bits_are_counted_from_the_left() {
        for (begin, bits) in [(&[0xff_u8][..], 0), (&[0x01], 7), (&[0, 0x80], 8), (&[0, 0x1f], 11), (&[0; 32], 256)] {
            let mut digest = [0; 32];
            digest[..begin.len()].copy_from_slice(begin);
            assert_eq!(leading_zero_bits(&digest), bits, "{begin:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_shown_is_refused(shown in "\\PC{0,120}", tail in "[ -~]{0,120}") {
            let work = work(1);
            let challenge = work.challenge(Task::Cart, ANN, Uuid::from_u128(7), at(0)).text;
            for shown in [shown, format!("pow_{tail}"), format!("{challenge}{tail}!:1")] {
                prop_assert!(check(&work, &shown, Task::Cart, ANN, 0).is_err());
            }
        }
    }
}
