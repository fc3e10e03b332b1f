//! `GET /api/v1/admin/customers`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::AccountId;
use identity::notification::Recipient;
use identity::reach::{Email, Phone};

use super::view::CustomerView;
use crate::error::ApiError;
use crate::extract::needs::CustomersRead;
use crate::extract::{FromQuery, Parameters, Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    reached: Option<Recipient>,
    page: After<AccountId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let email = parameters.parsed("email", |text| Email::parse(text).map_err(|error| error.to_string()))?;
        let phone = parameters.parsed("phone", |text| Phone::parse(text).map_err(|error| error.to_string()))?;
        let reached = match (email, phone) {
            (Some(_), Some(_)) => return Err(ApiError::bad_request("either an email or a phone")),
            (email, phone) => email.map(Recipient::Email).or(phone.map(Recipient::Phone)),
        };
        let page = After::from_query(parameters)?;
        Ok(Self { reached, page })
    }
}

/// Customers' accounts, by id; or the one with an address or a number.
#[utoipa::path(
    get,
    path = "/api/v1/admin/customers",
    tag = "admin: customers",
    security(("account" = ["customers:read"]), ("key" = ["customers:read"])),
    params(
        ("email" = Option<String>, Query, description = "whole, in letters of any size; either this or `phone`"),
        ("phone" = Option<String>, Query, description = "with its country code"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<CustomerView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<CustomersRead>,
    Query(Request { reached, page }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.identity.staff().customers(staff.store, reached, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, CustomerView::from))
}
