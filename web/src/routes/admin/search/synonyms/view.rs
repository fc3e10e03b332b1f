//! A synonym as staff see it.

use engine::id::SynonymId;
use engine::merchandising::{Phrase, Synonym};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::thing::Thing;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = Synonym)]
pub(super) struct SynonymView {
    #[schema(value_type = String, example = "syn_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: SynonymId,
    #[schema(example = json!(["sofa", "couch"]))]
    words: Vec<String>,
    /// Empty: two-way, each of the words stands for all of them.
    #[schema(example = json!([]))]
    means: Vec<String>,
    /// Send it as `If-Match`, in quotes.
    version: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<Synonym> for SynonymView {
    fn from(synonym: Synonym) -> Self {
        let texts = |phrases: &[Phrase]| phrases.iter().map(Phrase::to_string).collect();
        Self {
            id: synonym.id,
            words: texts(&synonym.words),
            means: texts(&synonym.means),
            version: synonym.version,
            created_at: rfc3339(synonym.created_at),
            updated_at: rfc3339(synonym.updated_at),
        }
    }
}

impl Thing for SynonymView {
    const COLLECTION: &'static str = "/api/v1/admin/search/synonyms";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn version(&self) -> i64 {
        self.version
    }
}
