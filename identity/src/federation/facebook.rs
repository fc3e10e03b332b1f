//! Facebook: OAuth 2 with PKCE, and its Graph API instead of an ID token. It does not say whether an address was proved, so
//! none of its addresses counts as proved.

use hmac::{Hmac, KeyInit, Mac};
use openidconnect::HttpRequest;
use openidconnect::http::header::{ACCEPT, CONTENT_TYPE};
use openidconnect::http::{Method, Request, StatusCode};
use openidconnect::url::{Url, form_urlencoded};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

use super::attempt::Attempt;
use super::claim::Claim;
use super::error::Error;
use super::outbound::Outbound;
use super::provider::{Fresh, InvalidProvider, url};
use super::settings::ProviderSettings;

const DIALOG: &str = "https://www.facebook.com/v21.0/dialog/oauth";
const GRAPH: &str = "https://graph.facebook.com/v21.0";
/// Whose subjects they are, wherever its servers stand.
const ISSUER: &str = "https://www.facebook.com";
const JSON: &str = "application/json";

pub(super) struct Facebook {
    dialog: Url,
    graph: String,
    client_id: String,
    client_secret: SecretString,
    scopes: String,
    outbound: Outbound,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: SecretString,
}

#[derive(Deserialize)]
struct Profile {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    email: Option<String>,
}

impl Facebook {
    pub(super) fn new(settings: ProviderSettings, outbound: Outbound) -> Result<Self, InvalidProvider> {
        let or = |given: &str, known: &str| if given.is_empty() { known.to_owned() } else { given.to_owned() };
        let graph = or(&settings.graph_url, GRAPH);
        url(&graph)?;
        let scopes = settings.scopes.unwrap_or_else(|| vec!["email".to_owned(), "public_profile".to_owned()]);
        Ok(Self {
            dialog: url(&or(&settings.dialog_url, DIALOG))?,
            graph: graph.trim_end_matches('/').to_owned(),
            client_id: settings.client_id,
            client_secret: settings.client_secret,
            scopes: scopes.join(","),
            outbound,
        })
    }

    pub(super) fn departure(&self, fresh: &Fresh, redirect_uri: &str) -> Result<Url, Error> {
        let mut url = self.dialog.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.scopes)
            .append_pair("state", fresh.state.secret())
            .append_pair("code_challenge", fresh.challenge.as_str())
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    pub(super) async fn arrival(&self, code: String, attempt: &Attempt) -> Result<Claim, Error> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("client_id", &self.client_id)
            .append_pair("client_secret", self.client_secret.expose_secret())
            .append_pair("redirect_uri", &attempt.redirect_uri)
            .append_pair("code", &code)
            .append_pair("code_verifier", &attempt.verifier)
            .finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/oauth/access_token", self.graph))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let tokens: Tokens = self.ask(request.header(ACCEPT, JSON).body(form.into_bytes())).await?;
        let profile = self.profile(&tokens.access_token).await?;
        let claim =
            Claim::new(ISSUER, &profile.id).ok_or_else(|| Error::NotGood("nobody is called that".to_owned()))?;
        Ok(claim.with_email(profile.email.as_deref(), false).with_name(profile.name.as_deref()))
    }

    async fn profile(&self, access_token: &SecretString) -> Result<Profile, Error> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("fields", "id,name,email")
            .append_pair("appsecret_proof", &self.proof(access_token))
            .finish();
        let request = Request::builder()
            .uri(format!("{}/me?{query}", self.graph))
            .header("authorization", format!("Bearer {}", access_token.expose_secret()));
        self.ask(request.header(ACCEPT, JSON).body(Vec::new())).await
    }

    /// That whoever shows the token also knows the app's secret.
    fn proof(&self, access_token: &SecretString) -> String {
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(self.client_secret.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(access_token.expose_secret().as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        request: Result<HttpRequest, openidconnect::http::Error>,
    ) -> Result<T, Error> {
        let request = request.map_err(unavailable)?;
        let response = self.outbound.ask(request).await.map_err(unavailable)?;
        match response.status() {
            StatusCode::OK => serde_json::from_slice(response.body()).map_err(unreadable),
            // Whatever was sent was not good: a code that was used, as a rule.
            StatusCode::BAD_REQUEST => Err(Error::NotGood("the code is used, too old or not for us".to_owned())),
            other => Err(Error::Unavailable(format!("it answered {other}"))),
        }
    }
}

fn unavailable(error: impl std::error::Error) -> Error {
    Error::Unavailable(error.to_string())
}

/// What stands there is not for the log.
fn unreadable(error: serde_json::Error) -> Error {
    Error::Unavailable(format!("unreadable at {}:{}", error.line(), error.column()))
}
