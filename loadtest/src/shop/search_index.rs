//! The shop's search index, as the admin sees it.

use serde::Deserialize;
use serde_json::json;

use super::Admin;

const PATH: &str = "/api/v1/admin/search/index";

#[derive(Deserialize)]
pub(crate) struct SearchIndex {
    /// How often it was made anew; nothing where none serves.
    pub(crate) generation: Option<u64>,
    pub(crate) documents: Option<u64>,
    pub(crate) rebuild: Option<Rebuild>,
}

/// A new one that is being made.
#[derive(Deserialize)]
pub(crate) struct Rebuild {
    /// Products added.
    pub(crate) done: u64,
}

impl SearchIndex {
    pub(crate) fn is_being_made(&self) -> bool {
        self.rebuild.is_some()
    }
}

impl Admin {
    pub(crate) async fn search_index(&self) -> anyhow::Result<SearchIndex> {
        self.get(PATH).await
    }

    /// It begins in a moment; nobody is told when it has ended.
    pub(crate) async fn order_rebuild(&self) -> anyhow::Result<()> {
        let key = uuid::Uuid::new_v4().to_string();
        self.post(&format!("{PATH}/rebuild"), &key, &json!({})).await?;
        Ok(())
    }
}
