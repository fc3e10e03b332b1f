//! A tax class as the shop sees it.

use engine::catalog::TaxClass;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminTaxClass)]
pub(super) struct TaxClassView {
    #[schema(example = "standard")]
    code: String,
    name: String,
    /// Basis points: 1800 is 18 %.
    rate_bp: u32,
    /// Prices contain it already; otherwise it is added to them.
    inclusive: bool,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<TaxClass> for TaxClassView {
    fn from(class: TaxClass) -> Self {
        Self {
            code: class.code.to_string(),
            name: class.name.to_string(),
            rate_bp: class.rate.rate_bp,
            inclusive: class.rate.inclusive,
            version: class.version,
            archived_at: class.archived_at.map(rfc3339),
            created_at: rfc3339(class.created_at),
            updated_at: rfc3339(class.updated_at),
        }
    }
}

impl Thing for TaxClassView {
    const COLLECTION: &'static str = "/api/v1/admin/tax-classes";

    fn name(&self) -> String {
        self.code.clone()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
