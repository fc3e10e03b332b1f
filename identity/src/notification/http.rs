//! SMS through a provider that takes one over HTTP.
//!
//! ```text
//! POST url    Authorization: Bearer token    Idempotency-Key: msg_...
//!             webhook-id, webhook-timestamp, webhook-signature: v1,base64(HMAC-SHA256(id.timestamp.body))   if signed
//! { "id": "msg_...", "to": "+919876543210", "from": "SHOP", "text": "..." }
//! ```
//!
//! A 2xx took it. 408, 429 and 5xx may take it later, and so may 401 and 403, once somebody has mended our token; every other
//! answer refuses it for good. The signature is that of Standard Webhooks, so that what receives it can be anything that
//! understands those.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use engine::clock::Clock;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::delivery::{Reason, ShortMessage, Texter, Undelivered};

pub(super) struct HttpTexter {
    client: Client,
    clock: Arc<dyn Clock>,
    url: Url,
    token: SecretString,
    signer: Option<hmac::Key>,
    sender: String,
}

#[derive(Debug, thiserror::Error)]
pub enum HttpSettingsError {
    #[error("sms.url is not a web address")]
    Url,
    /// What is wrong with it is not told: it is a secret.
    #[error("sms.signing_secret begins with whsec_, and what follows is not base64")]
    SigningSecret,
    #[error("an HTTP client cannot be made: {0}")]
    Client(reqwest::Error),
}

#[derive(Serialize)]
struct Body<'a> {
    id: String,
    to: &'a str,
    from: &'a str,
    text: &'a str,
}

impl HttpTexter {
    pub(super) fn new(
        url: &str,
        token: SecretString,
        signing_secret: &SecretString,
        sender: String,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, HttpSettingsError> {
        let url: Url = url.parse().map_err(|_| HttpSettingsError::Url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(HttpSettingsError::Url);
        }
        // A provider that sends us elsewhere would have us show the token there.
        let client = Client::builder()
            .redirect(Policy::none())
            .connect_timeout(timeout.min(Duration::from_secs(5)))
            .timeout(timeout)
            .build()
            .map_err(HttpSettingsError::Client)?;
        let signer = signer(signing_secret.expose_secret())?;
        Ok(Self { client, clock, url, token, signer, sender })
    }
}

impl Texter for HttpTexter {
    fn send(&self, message: ShortMessage) -> BoxFuture<'_, Result<(), Undelivered>> {
        async move {
            let id = message.id.to_string();
            let body = Body { id: id.clone(), to: message.to.as_str(), from: &self.sender, text: &message.text };
            let body = serde_json::to_vec(&body).expect("four texts");
            let mut request = self
                .client
                .post(self.url.clone())
                .header(CONTENT_TYPE, "application/json")
                .header("idempotency-key", &id);
            if !self.token.expose_secret().is_empty() {
                request = request.bearer_auth(self.token.expose_secret());
            }
            if let Some(signer) = &self.signer {
                let timestamp = self.clock.now().timestamp();
                let signature = sign(signer, &id, timestamp, &body);
                request = request
                    .header("webhook-id", &id)
                    .header("webhook-timestamp", timestamp)
                    .header("webhook-signature", signature);
            }
            match request.body(body).send().await {
                Ok(answer) => judge(answer.status()),
                Err(error) if error.is_timeout() => Err(Undelivered::ForNow(Reason::TimedOut)),
                Err(error) if error.is_builder() => Err(Undelivered::ForGood(Reason::Unsendable)),
                Err(_) => Err(Undelivered::ForNow(Reason::NoConnection)),
            }
        }
        .boxed()
    }
}

/// A secret as Standard Webhooks write it is `whsec_` and the key in base64. Any other is the key itself; empty: none.
fn signer(secret: &str) -> Result<Option<hmac::Key>, HttpSettingsError> {
    let key = match secret.strip_prefix("whsec_") {
        Some(written) => STANDARD.decode(written).ok().filter(|key| !key.is_empty()),
        None => Some(secret.as_bytes().to_vec()),
    };
    let key = key.ok_or(HttpSettingsError::SigningSecret)?;
    Ok((!key.is_empty()).then(|| hmac::Key::new(hmac::HMAC_SHA256, &key)))
}

fn sign(signer: &hmac::Key, id: &str, timestamp: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(signer);
    context.update(format!("{id}.{timestamp}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}

fn judge(status: StatusCode) -> Result<(), Undelivered> {
    let reason = Reason::Answered(status.as_u16());
    match status.as_u16() {
        200..=299 => Ok(()),
        // Not let in, too many, or not at home.
        401 | 403 | 408 | 429 | 500..=599 => Err(Undelivered::ForNow(reason)),
        _ => Err(Undelivered::ForGood(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_standard_webhooks() {
        // As `openssl dgst -sha256 -hmac secret -binary` makes it of `msg_1.1767268800.{}`.
        let key = signer("secret").expect("a good one").expect("a key");
        assert_eq!(sign(&key, "msg_1", 1_767_268_800, b"{}"), "v1,R0pnOvF8BOnXfOhQrPCrxgJEg7k31I8BZa14FWyTYgE=");
        // The vector that the libraries of Standard Webhooks are tested with; openssl makes the same.
        let key = signer("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a good one").expect("a key");
        let signed = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_that_cannot_be_read_is_refused_and_an_empty_one_signs_nothing() {
        assert!(signer("").is_ok_and(|signer| signer.is_none()));
        for bad in ["whsec_", "whsec_MfKQ9r8", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "whsec_ MfKQ"] {
            let refused = signer(bad).expect_err(bad).to_string();
            assert!(refused.contains("sms.signing_secret") && !refused.contains("MfKQ"), "{refused}");
        }
    }

    #[test]
    fn an_answer_says_whether_to_try_again() {
        let judged = |code: u16| judge(StatusCode::from_u16(code).expect("a status"));
        assert_eq!((judged(200), judged(202)), (Ok(()), Ok(())));
        for again in [401, 408, 429, 500, 503] {
            assert_eq!(judged(again), Err(Undelivered::ForNow(Reason::Answered(again))));
        }
        for never in [302, 400, 404, 422] {
            assert_eq!(judged(never), Err(Undelivered::ForGood(Reason::Answered(never))));
        }
    }
}
