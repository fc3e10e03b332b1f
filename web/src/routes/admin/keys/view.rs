//! A key as the shop sees it; and, once, its secret.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LOCATION};
use engine::id::ApiKeyId;
use identity::access::{ApiKey, Issued, Scope};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::description::words::KeyKind;
use crate::routes::admin::thing::Thing;
use crate::view::{etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct KeyView {
    #[schema(value_type = String, example = "key_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: ApiKeyId,
    name: String,
    #[schema(value_type = KeyKind)]
    kind: &'static str,
    /// How its secret begins.
    #[schema(example = "sk_BwcHBwcH")]
    prefix: String,
    #[schema(value_type = Vec<String>, example = json!(["stock:read", "stock:write"]))]
    scopes: Vec<Scope>,
    version: i64,
    /// Null: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Written down at most once a minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// Whose place it takes.
    #[schema(value_type = Option<String>, example = "key_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    rotated_from: Option<ApiKeyId>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// A key with its secret, which is told here and never again.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedApiKey)]
pub(super) struct IssuedView {
    #[serde(flatten)]
    key: KeyView,
    #[schema(example = "sk_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc")]
    secret: String,
}

impl From<ApiKey> for KeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            kind: key.kind.name(),
            prefix: key.prefix,
            scopes: key.scopes,
            version: key.version,
            expires_at: key.expires_at.map(rfc3339),
            last_used_at: key.last_used_at.map(rfc3339),
            revoked_at: key.revoked_at.map(rfc3339),
            rotated_from: key.rotated_from,
            created_at: rfc3339(key.created_at),
            updated_at: rfc3339(key.updated_at),
        }
    }
}

impl Thing for KeyView {
    const COLLECTION: &'static str = "/api/v1/admin/keys";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}

/// Nobody on the way may keep it.
pub(super) fn issued(issued: Issued) -> HttpResponse {
    let Issued { key, secret } = issued;
    let view = IssuedView { key: KeyView::from(key), secret: secret.expose_secret().to_owned() };
    HttpResponse::Created()
        .insert_header((ETAG, etag(view.key.version)))
        .insert_header((LOCATION, format!("{}/{}", KeyView::COLLECTION, view.key.name())))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(view)
}
