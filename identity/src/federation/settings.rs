//! Who may vouch for people.

use secrecy::SecretString;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    #[serde(default)]
    pub kind: ProviderKind,
    /// Of OpenID Connect: where discovery begins. It is the very text that the provider's tokens bear.
    #[serde(default)]
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Beside `openid`.
    #[serde(default)]
    pub scopes: Option<Vec<String>>,
    /// Of Facebook alone: where its dialog and its Graph API are; empty: where they always are.
    #[serde(default)]
    pub dialog_url: String,
    #[serde(default)]
    pub graph_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    #[default]
    Oidc,
    Facebook,
}
