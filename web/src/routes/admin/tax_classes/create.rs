//! `POST /api/v1/admin/tax-classes`

use actix_web::HttpResponse;
use engine::catalog::TaxClassDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::TaxClassView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SettingsWrite;
use crate::routes::admin::thing::{Create, created};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TaxClassDraft)]
pub(super) struct Request {
    /// What variants refer to it by; it stays as it is.
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z0-9][a-z0-9_-]*$", example = "reduced")]
    code: String,
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// Basis points: 1800 is 18 %.
    #[schema(minimum = 0, maximum = 100_000)]
    rate_bp: i64,
    /// Prices contain it already; otherwise it is added to them.
    inclusive: bool,
}

/// Makes a tax class.
#[utoipa::path(
    post,
    path = "/api/v1/admin/tax-classes",
    tag = "admin: tax classes",
    security(("account" = ["settings:write"]), ("key" = ["settings:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = TaxClassView))
)]
pub(super) async fn handler(create: Create<SettingsWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { code, name, rate_bp, inclusive } = body.value;
    let draft = TaxClassDraft { code, name, rate_bp, inclusive };
    let keyed = create.keyed::<_, TaxClassView>("POST /admin/tax-classes", &body.raw);
    created::<_, TaxClassView>(create.catalog().make_tax_class(create.staff.store, draft, keyed).await?)
}
