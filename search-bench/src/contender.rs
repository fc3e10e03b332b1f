//! Who is asked: anything that holds products and finds them by a text.

use anyhow::Context;
use search_index::{Index, Paging, ProductDocument, Query};
use tempfile::TempDir;

/// Of all documents that are made here.
pub(crate) const STORE: &str = "1";

pub(crate) trait Contender {
    fn name(&self) -> &str;

    /// Ids of the products that fit best, the best first.
    fn best(&mut self, text: &str, limit: usize) -> anyhow::Result<Vec<String>>;
}

/// This project's index, in a folder that goes with it.
pub(crate) struct Ours {
    index: Index,
    _dir: TempDir,
}

impl Ours {
    pub(crate) fn holding(documents: impl Iterator<Item = ProductDocument>) -> anyhow::Result<Ours> {
        let dir = tempfile::tempdir().context("a folder for the index")?;
        let index = Index::open(dir.path())?;
        let mut rebuild = index.rebuild()?;
        for document in documents {
            rebuild.add(&document)?;
        }
        rebuild.finish("")?;
        Ok(Ours { index, _dir: dir })
    }
}

impl Contender for Ours {
    fn name(&self) -> &str {
        "search-index"
    }

    fn best(&mut self, text: &str, limit: usize) -> anyhow::Result<Vec<String>> {
        let paging = Paging::Page { page: 1, limit };
        let query = Query { store: STORE.to_owned(), text: text.to_owned(), paging, ..Query::default() };
        let page = self.index.search(&query)?;
        Ok(page.hits.into_iter().map(|hit| hit.id).collect())
    }
}
