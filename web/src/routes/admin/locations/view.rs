//! A location as the shop sees it.

use engine::catalog::Location;
use engine::id::LocationId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = AdminLocation)]
pub(super) struct LocationView {
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: LocationId,
    #[schema(example = "main")]
    code: String,
    name: String,
    /// The shop sells from it.
    is_default: bool,
    version: i64,
    #[schema(format = DateTime)]
    archived_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Location> for LocationView {
    fn from(location: Location) -> Self {
        Self {
            id: location.id,
            code: location.code.to_string(),
            name: location.name.to_string(),
            is_default: location.is_default,
            version: location.version,
            archived_at: location.archived_at.map(rfc3339),
            created_at: rfc3339(location.created_at),
            updated_at: rfc3339(location.updated_at),
        }
    }
}

impl Thing for LocationView {
    const COLLECTION: &'static str = "/api/v1/admin/locations";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
