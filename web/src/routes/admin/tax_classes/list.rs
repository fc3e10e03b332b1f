//! `GET /api/v1/admin/tax-classes`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Code;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::needs::SettingsRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

/// All tax classes, archived ones too, by code.
#[utoipa::path(
    get,
    path = "/api/v1/admin/tax-classes",
    tag = "admin: tax classes",
    security(("account" = ["settings:read"]), ("key" = ["settings:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<TaxClassView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SettingsRead>,
    Query(page): Query<After<Code>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.engine.catalog().tax_classes_after(staff.store, page.after.clone(), page.wanted()).await?;
    Ok(page.respond(&request, read, TaxClassView::from))
}
