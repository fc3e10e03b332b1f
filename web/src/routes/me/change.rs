//! `PATCH /api/v1/me`

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::ProfileView;
use crate::error::ApiError;
use crate::extract::{Body, Customer, IfMatch, Query, present};
use crate::state::State;
use crate::view::etag;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProfilePatch)]
pub(super) struct Request {
    /// `null`: none. Left out: as it is.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    name: Option<Option<String>>,
}

const NAME_MAX: usize = 200;

/// Changes your profile. What is left out stays as it is; address, number and password have ways of their own.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    tag = "me",
    security(("account" = [])),
    params(("If-Match" = String, Header, pattern = r#"^(\*|"[0-9]+")$"#, description = "the ETag you read, or *")),
    request_body = Request,
    responses((status = 200, body = ProfileView))
)]
pub(super) async fn handler(
    customer: Customer,
    expected: IfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    if let Some(name) = body.value.name {
        let is_one = |name: &String| {
            !name.trim().is_empty() && name.chars().count() <= NAME_MAX && !name.chars().any(char::is_control)
        };
        if name.as_ref().is_some_and(|name| !is_one(name)) {
            return Err(ApiError::invalid("/name", "1 to 200 characters on one line"));
        }
        let (store, account) = (customer.store, customer.account);
        state.identity.customers().rename(store, account, expected.expected(), name).await?;
    }
    let account = state.identity.accounts().find(customer.store, customer.account).await?;
    let account = account.ok_or_else(ApiError::session_ended)?;
    Ok(HttpResponse::Ok().insert_header((ETAG, etag(account.version))).json(ProfileView::from(&account)))
}
