//! `POST /api/v1/admin/keys`

use actix_web::HttpResponse;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use identity::access::{KeyDraft, KeyKind, Scope};
use serde::Deserialize;
use utoipa::ToSchema;

use super::may_hand_out;
use super::view::{IssuedView, issued};
use crate::description::words;
use crate::error::{ApiError, FieldError};
use crate::extract::needs::KeysWrite;
use crate::extract::{Body, Query, Staff};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApiKeyDraft)]
pub(super) struct Request {
    /// For people: where it is used.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `secret`: a machine keeps it to itself. `publishable`: a storefront shows it to everybody.
    #[schema(value_type = words::KeyKind)]
    kind: String,
    #[schema(min_items = 1, example = json!(["stock:read", "stock:write"]))]
    scopes: Vec<String>,
    /// Left out: never.
    expires_at: Option<DateTime<Utc>>,
}

/// Makes a key. Its secret is in this answer and nowhere else.
///
/// Nobody gives a key what they may not do themselves. The answer is not kept, so a repeated request makes another key:
/// whoever got no answer looks for the key in the list and revokes it.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys",
    tag = "admin: keys",
    security(("account" = ["keys:write"]), ("key" = ["keys:write"])),
    request_body = Request,
    responses((status = 201, body = IssuedView))
)]
pub(super) async fn handler(
    staff: Staff<KeysWrite>,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let draft = draft(body.value)?;
    may_hand_out(&staff, draft.kind, &draft.scopes)?;
    let keys = state.identity.keys().on_behalf_of(staff.actor());
    Ok(issued(keys.create(staff.store, draft).await?))
}

fn draft(request: Request) -> Result<KeyDraft, ApiError> {
    let kind = request.kind.parse::<KeyKind>().map_err(|error| ApiError::invalid("/kind", error.to_string()))?;
    let scope = |(n, text): (usize, &String)| {
        let unknown = |error: identity::access::UnknownScope| {
            FieldError::new(format!("/scopes/{n}"), "unknown", error.to_string())
        };
        text.parse::<Scope>().map_err(|error| ApiError::validation(vec![unknown(error)]))
    };
    let scopes = request.scopes.iter().enumerate().map(scope).collect::<Result<_, _>>()?;
    Ok(KeyDraft { name: request.name, kind, scopes, expires_at: request.expires_at })
}
