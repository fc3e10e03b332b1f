//! The index next to the database, document by document: what `reindex` would change, and what was not heard of stock.

use std::collections::HashSet;

use search_index::{Index, Indexed};

use crate::id::ProductId;

use super::error::Error;
use super::languages::Languages;
use super::sources::Sources;
use super::store;

/// Each product by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// How many are as the database has them.
    pub same: u64,
    /// To be found, and not in the index.
    pub missing: Vec<String>,
    /// In the index, and not to be found.
    pub left_over: Vec<String>,
    /// Of another version, shown otherwise, or in stock otherwise.
    pub different: Vec<String>,
}

impl Comparison {
    pub fn is_equal(&self) -> bool {
        self.missing.is_empty() && self.left_over.is_empty() && self.different.is_empty()
    }
}

const PAGE: usize = 500;

/// Exact while nothing changes; in a shop that is open, what was changed in the last second may differ.
pub async fn compare(index: &Index, sources: &Sources) -> Result<Comparison, Error> {
    let mut comparison = Comparison::default();
    let mut to_be_found = HashSet::<String>::new();
    let stores = sources
        .database
        .run(|mut connection| async move { Ok::<_, Error>(store::stores(&mut connection).await?) })
        .await?;
    for store in stores {
        let mut after: Option<ProductId> = None;
        loop {
            let page = sources.page_ahead(store, after, PAGE).await.map_err(|_| Error::Stopped)??;
            let Some(last) = page.last() else { break };
            after = Some(last);
            for product in sources.projected(page, Languages::default().of(store)) {
                let Some(document) = product.document else { continue };
                let id = product.id.to_string();
                let expected =
                    Indexed { version: product.version, availability: document.availability, stored: document.stored };
                match index.get(&id)? {
                    None => comparison.missing.push(id.clone()),
                    Some(indexed) if indexed == expected => comparison.same += 1,
                    Some(_) => comparison.different.push(id.clone()),
                }
                to_be_found.insert(id);
            }
        }
    }
    index.each_id(|id| {
        if !to_be_found.contains(id) {
            comparison.left_over.push(id.to_owned());
        }
    })?;
    Ok(comparison)
}
