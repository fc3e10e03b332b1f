//! A provider of OpenID Connect: discovery, code flow with PKCE, ID token.
//!
//! What discovery says is kept for an hour. When the provider is away after that, the old document goes on for a day; when a
//! token was signed with a key that is not in it, it is read once more.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use engine::clock::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreIdTokenClaims, CoreProviderMetadata,
    CoreRequestTokenError, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::url::Url;
use openidconnect::{
    AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, TokenResponse,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use super::attempt::Attempt;
use super::claim::Claim;
use super::error::Error;
use super::outbound::{Outbound, Unanswered};
use super::provider::{Fresh, InvalidProvider, url};
use super::settings::ProviderSettings;

const FRESH_FOR: TimeDelta = TimeDelta::hours(1);
const GOOD_FOR: TimeDelta = TimeDelta::days(1);
/// A provider that did not answer is not asked again before.
const AGAIN_AFTER: TimeDelta = TimeDelta::seconds(5);
/// Nor for another key: who makes up tokens does not make us ask.
const KEYS_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

pub(super) struct OpenId {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: SecretString,
    scopes: Vec<Scope>,
    outbound: Outbound,
    /// Whoever needs what is not there waits for the one who asks.
    discovered: Mutex<Discovered>,
}

#[derive(Default)]
struct Discovered {
    known: Option<(Arc<CoreProviderMetadata>, Timestamp)>,
    failed: Option<(String, Timestamp)>,
}

impl OpenId {
    pub(super) fn new(settings: ProviderSettings, outbound: Outbound) -> Result<Self, InvalidProvider> {
        url(&settings.issuer)?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| InvalidProvider::Url(settings.issuer))?;
        let scopes = settings.scopes.unwrap_or_else(|| vec!["email".to_owned(), "profile".to_owned()]);
        Ok(Self {
            issuer,
            client_id: ClientId::new(settings.client_id),
            client_secret: settings.client_secret,
            scopes: scopes.into_iter().map(Scope::new).collect(),
            outbound,
            discovered: Mutex::default(),
        })
    }

    pub(super) async fn departure(&self, fresh: &Fresh, redirect_uri: &str, now: Timestamp) -> Result<Url, Error> {
        let client = self.client(now).await?;
        let redirect_uri = redirect(redirect_uri)?;
        let (state, nonce) = (fresh.state.clone(), fresh.nonce.clone());
        let request = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce);
        let request = request.add_scopes(self.scopes.iter().cloned()).set_pkce_challenge(fresh.challenge.clone());
        let (url, _, _) = request.set_redirect_uri(Cow::Owned(redirect_uri)).url();
        Ok(url)
    }

    pub(super) async fn arrival(
        &self,
        code: String,
        attempt: &Attempt,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<Claim, Error> {
        if issuer.is_some_and(|issuer| issuer != self.issuer.as_str()) {
            return Err(Error::NotGood("another provider sends it".to_owned()));
        }
        let client = self.client(now).await?;
        let tokens = self.exchange(&client, code, attempt).await?;
        let claims = match self.claims(&client, &tokens, attempt, now) {
            Err(error) if is_unknown_key(&error) => {
                self.forget_keys(now).await;
                self.claims(&self.client(now).await?, &tokens, attempt, now)
            }
            claims => claims,
        };
        let claims = claims.map_err(|error| Error::NotGood(error.to_string()))?;
        let claim = Claim::new(self.issuer.as_str(), claims.subject().as_str())
            .ok_or_else(|| Error::NotGood("nobody is called that".to_owned()))?;
        match claims.email() {
            Some(email) => {
                let name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
                Ok(claim.with_email(Some(email), claims.email_verified() == Some(true)).with_name(name))
            }
            None => self.more_about(&client, &tokens, claim, &claims).await,
        }
    }

    async fn exchange(&self, client: &Client, code: String, attempt: &Attempt) -> Result<CoreTokenResponse, Error> {
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Error::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .set_redirect_uri(Cow::Owned(redirect(&attempt.redirect_uri)?));
        request.request_async(&self.outbound).await.map_err(refused)
    }

    fn claims(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
        let none = || ClaimsVerificationError::Other("there is no ID token".to_owned());
        let token = tokens.id_token().ok_or_else(none)?;
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        token.claims(&verifier, &Nonce::new(attempt.nonce.clone())).cloned()
    }

    /// Many providers tell the address to who asks for it with the access token alone.
    async fn more_about(
        &self,
        client: &Client,
        tokens: &CoreTokenResponse,
        claim: Claim,
        claims: &CoreIdTokenClaims,
    ) -> Result<Claim, Error> {
        let subject = claims.subject().clone();
        let Ok(request) = client.user_info(tokens.access_token().clone(), Some(subject)) else { return Ok(claim) };
        let told: CoreUserInfoClaims =
            request.request_async(&self.outbound).await.map_err(|error| Error::Unavailable(error.to_string()))?;
        let name = told.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        let email = told.email().map(|email| email.as_str());
        Ok(claim.with_email(email, told.email_verified() == Some(true)).with_name(name))
    }

    async fn client(&self, now: Timestamp) -> Result<Client, Error> {
        let metadata = self.metadata(now).await?;
        let secret = ClientSecret::new(self.client_secret.expose_secret().to_owned());
        Ok(CoreClient::from_provider_metadata((*metadata).clone(), self.client_id.clone(), Some(secret)))
    }

    async fn metadata(&self, now: Timestamp) -> Result<Arc<CoreProviderMetadata>, Error> {
        let mut discovered = self.discovered.lock().await;
        if let Some((known, read_at)) = &discovered.known
            && now < *read_at + FRESH_FOR
        {
            return Ok(Arc::clone(known));
        }
        let resting = discovered.failed.as_ref().filter(|(_, at)| now < *at + AGAIN_AFTER).map(|(why, _)| why.clone());
        let began = Instant::now();
        let failed = match resting {
            Some(why) => why,
            None => match self.discover().await {
                Ok(metadata) => {
                    let metadata = Arc::new(metadata);
                    *discovered = Discovered { known: Some((Arc::clone(&metadata), now)), failed: None };
                    return Ok(metadata);
                }
                Err(why) => {
                    // Whoever waited meanwhile is not to wait as long once more.
                    let waited = TimeDelta::from_std(began.elapsed()).unwrap_or(TimeDelta::MAX);
                    discovered.failed = Some((why.clone(), now + waited));
                    why
                }
            },
        };
        match &discovered.known {
            Some((known, read_at)) if now < *read_at + GOOD_FOR => Ok(Arc::clone(known)),
            Some(_) | None => Err(Error::Unavailable(failed)),
        }
    }

    async fn discover(&self) -> Result<CoreProviderMetadata, String> {
        let discovered = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.outbound).await;
        discovered.map_err(|error| format!("discovery: {error}"))
    }

    /// The next who asks reads them anew, unless that was done a moment ago.
    async fn forget_keys(&self, now: Timestamp) {
        let mut discovered = self.discovered.lock().await;
        if let Some((_, read_at)) = &mut discovered.known
            && *read_at + KEYS_AGAIN_AFTER <= now
        {
            *read_at -= FRESH_FOR;
        }
    }
}

fn redirect(uri: &str) -> Result<RedirectUrl, Error> {
    RedirectUrl::new(uri.to_owned()).map_err(|_| Error::NotGood("this shop has no address to come back to".to_owned()))
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

/// A code that is refused is whose it is; everything else is for the shop to mend, or for the provider.
fn refused(error: CoreRequestTokenError<Unanswered>) -> Error {
    match error {
        RequestTokenError::ServerResponse(told) if *told.error() == CoreErrorResponseType::InvalidGrant => {
            Error::NotGood("the code is used, too old or not for us".to_owned())
        }
        RequestTokenError::ServerResponse(told) => Error::Unavailable(format!("it answered {}", told.error())),
        RequestTokenError::Request(error) => Error::Unavailable(error.to_string()),
        // What stands there is not for the log: only where.
        RequestTokenError::Parse(error, _) => Error::Unavailable(format!("unreadable at {}", error.path())),
        RequestTokenError::Other(why) => Error::Unavailable(why),
    }
}
