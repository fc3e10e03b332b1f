//! A provider of the configuration: where a browser is sent, and what comes of the code that it brings back.

use openidconnect::url::Url;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge};

use engine::clock::Timestamp;

use super::attempt::Attempt;
use super::claim::Claim;
use super::error::Error;
use super::facebook::Facebook;
use super::openid::OpenId;
use super::outbound::Outbound;
use super::settings::{ProviderKind, ProviderSettings};

pub(super) enum Provider {
    OpenId(Box<OpenId>),
    Facebook(Box<Facebook>),
}

/// What an attempt is made of, fresh each time.
pub(super) struct Fresh {
    pub(super) state: CsrfToken,
    pub(super) nonce: Nonce,
    pub(super) challenge: PkceCodeChallenge,
    pub(super) verifier: String,
}

#[derive(Debug, thiserror::Error)]
pub enum InvalidProvider {
    #[error("a provider's name has 1 to 32 letters, digits and hyphens")]
    Name,
    #[error("{0}: not a URL")]
    Url(String),
    #[error("a provider needs a client_id and a client_secret")]
    Client,
    #[error("no HTTP client: {0}")]
    Http(#[from] reqwest::Error),
}

impl Provider {
    pub(super) fn new(settings: ProviderSettings, outbound: Outbound) -> Result<Self, InvalidProvider> {
        use secrecy::ExposeSecret;
        if settings.client_id.is_empty() || settings.client_secret.expose_secret().is_empty() {
            return Err(InvalidProvider::Client);
        }
        Ok(match settings.kind {
            ProviderKind::Oidc => Self::OpenId(Box::new(OpenId::new(settings, outbound)?)),
            ProviderKind::Facebook => Self::Facebook(Box::new(Facebook::new(settings, outbound)?)),
        })
    }

    /// Where the browser is sent.
    pub(super) async fn departure(&self, fresh: &Fresh, redirect_uri: &str, now: Timestamp) -> Result<Url, Error> {
        match self {
            Self::OpenId(provider) => provider.departure(fresh, redirect_uri, now).await,
            Self::Facebook(provider) => provider.departure(fresh, redirect_uri),
        }
    }

    /// Who it is that brings the code.
    pub(super) async fn arrival(
        &self,
        code: String,
        attempt: &Attempt,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<Claim, Error> {
        match self {
            Self::OpenId(provider) => provider.arrival(code, attempt, issuer, now).await,
            Self::Facebook(provider) => provider.arrival(code, attempt).await,
        }
    }
}

impl Fresh {
    pub(super) fn new() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random(), Nonce::new_random());
        Self { state, nonce, challenge, verifier: verifier.into_secret() }
    }
}

pub(super) fn url(text: &str) -> Result<Url, InvalidProvider> {
    let refused = || InvalidProvider::Url(text.to_owned());
    let url = Url::parse(text).map_err(|_| refused())?;
    matches!(url.scheme(), "https" | "http").then_some(url).ok_or_else(refused)
}
