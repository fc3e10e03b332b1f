//! A brand as the shop sees it.

use engine::catalog::Brand;
use engine::id::BrandId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminBrand)]
pub(super) struct BrandView {
    #[schema(value_type = String, example = "brand_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: BrandId,
    slug: String,
    name: String,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Brand> for BrandView {
    fn from(brand: Brand) -> Self {
        Self {
            id: brand.id,
            slug: brand.slug.to_string(),
            name: brand.name.to_string(),
            version: brand.version,
            archived_at: brand.archived_at.map(rfc3339),
            created_at: rfc3339(brand.created_at),
            updated_at: rfc3339(brand.updated_at),
        }
    }
}

impl Thing for BrandView {
    const COLLECTION: &'static str = "/api/v1/admin/brands";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
