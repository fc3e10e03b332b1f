//! `POST /api/v1/admin/users`

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, LOCATION};
use actix_web::web::Data;
use identity::access::Role;
use identity::reach::Email;
use identity::staff::Invitation;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::UserView;
use crate::description::words::WorkingRole;
use crate::error::ApiError;
use crate::extract::needs::StaffWrite;
use crate::extract::{Body, Query, Staff, note};
use crate::routes::admin::thing::Thing;
use crate::state::State;
use crate::view::etag;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Invitation)]
pub(super) struct Request {
    #[schema(max_length = 254, example = "ann@example.com")]
    email: String,
    #[schema(min_length = 1, max_length = 500)]
    name: Option<String>,
    #[schema(value_type = WorkingRole)]
    role: String,
}

/// Invites somebody: makes an account without a password, and writes to its owner how to choose one. Until then nobody can
/// log in to it with a password.
///
/// An address that has an account already is told so (`already_exists`): staff may know. Whoever invites may do themselves what
/// the role may.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users",
    tag = "admin: users",
    security(("account" = ["staff:write"]), ("key" = ["staff:write"])),
    request_body = Request,
    responses((status = 201, body = UserView))
)]
pub(super) async fn handler(
    staff: Staff<StaffWrite>,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { email, name, role } = body.value;
    let invitation = Invitation { email: address(&email)?, name: note("/name", name)?, role: working_role(&role)? };
    staff.reach().check(invitation.role)?;
    let account = state.identity.staff().invite(staff.store, invitation, staff.actor()).await?;
    let view = UserView::from(account);
    let location = format!("{}/{}", UserView::COLLECTION, view.name());
    Ok(HttpResponse::Created()
        .insert_header((ETAG, etag(view.version())))
        .insert_header((LOCATION, location))
        .json(view))
}

pub(in crate::routes::admin) fn address(email: &str) -> Result<Email, ApiError> {
    Email::parse(email).map_err(|error| ApiError::invalid("/email", error.to_string()))
}

/// A customer makes their account themselves.
fn working_role(text: &str) -> Result<Role, ApiError> {
    match text.parse() {
        Ok(Role::Customer) | Err(_) => Err(ApiError::invalid("/role", "one of seller, support, admin")),
        Ok(role) => Ok(role),
    }
}
