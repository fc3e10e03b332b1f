//! The body that has a code, and the answer that has ten.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use identity::second_factor::{RecoveryCode, Shown};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SecondFactorCode)]
pub(super) struct CodeShown {
    /// Six digits of the app, or a recovery code.
    #[schema(max_length = 40, example = "123456")]
    code: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RecoveryCodes)]
pub(super) struct RecoveryCodesView {
    /// To be kept on paper: each signs in once without the app. They are not shown again.
    #[schema(example = json!(["4k2m-9qxw-0t7h-z3rc"]))]
    recovery_codes: Vec<String>,
}

impl CodeShown {
    pub(super) fn parse(self) -> Result<Shown, ApiError> {
        Shown::parse(&self.code).map_err(|error| ApiError::invalid("/code", error.to_string()))
    }
}

impl RecoveryCodesView {
    pub(super) fn respond(codes: &[RecoveryCode]) -> HttpResponse {
        let recovery_codes = codes.iter().map(RecoveryCode::to_string).collect();
        HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
            .json(Self { recovery_codes })
    }
}
