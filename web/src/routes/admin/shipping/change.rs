//! `PATCH /api/v1/admin/shipping`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::catalog::ShippingPatch;
use engine::money::Money;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::ShippingView;
use crate::error::ApiError;
use crate::extract::needs::SettingsWrite;
use crate::extract::{Body, IfMatch, Query, Staff, present};
use crate::state::State;
use crate::view::MoneyView;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ShippingPatch)]
pub(super) struct Request {
    #[schema(value_type = Option<MoneyView>)]
    flat: Option<Money>,
    /// `null`: never free.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MoneyView>)]
    free_from: Option<Option<Money>>,
    /// The code of one that is in use.
    tax_class: Option<String>,
}

/// Changes what shipping costs, for every quote from now on. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/shipping",
    tag = "admin: shipping",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(("If-Match" = String, Header)),
    request_body = Request,
    responses((status = 200, body = ShippingView))
)]
pub(super) async fn handler(
    staff: Staff<SettingsWrite>,
    version: IfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { flat, free_from, tax_class } = body.value;
    let patch = ShippingPatch { flat, free_from, tax_class };
    let catalog = state.engine.catalog().on_behalf_of(staff.actor());
    let shipping = catalog.change_shipping(staff.store, version.expected(), patch).await?;
    Ok(ShippingView::from(shipping).ok())
}
