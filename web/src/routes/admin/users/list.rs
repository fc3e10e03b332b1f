//! `GET /api/v1/admin/users`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::AccountId;
use identity::access::Role;

use super::view::UserView;
use crate::error::ApiError;
use crate::extract::needs::StaffRead;
use crate::extract::{FromQuery, Parameters, Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    role: Option<Role>,
    page: After<AccountId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let known = |word: &str| match word.parse() {
            Ok(Role::Customer) | Err(_) => Err("one of seller, support, admin"),
            Ok(role) => Ok(role),
        };
        let role = parameters.parsed("role", known)?;
        let page = After::from_query(parameters)?;
        Ok(Self { role, page })
    }
}

/// The accounts of staff and sellers, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users",
    tag = "admin: users",
    security(("account" = ["staff:read"]), ("key" = ["staff:read"])),
    params(
        ("role" = Option<String>, Query, description = "seller, support or admin"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<UserView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<StaffRead>,
    Query(Request { role, page }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.identity.staff().after(staff.store, role, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, UserView::from))
}
