//! Who is asked: anything that holds products and finds them.

use anyhow::Context;
use search_index::{Index, Paging, ProductDocument, Query};
use tempfile::TempDir;

/// Of all documents that are made here.
pub(crate) const STORE: &str = "1";

pub(crate) trait Contender {
    fn name(&self) -> &'static str;

    /// Ids of the products that fit best, the best first. Where the query wants facets, they are counted as well.
    fn best(&mut self, query: &Query) -> anyhow::Result<Vec<String>>;
}

/// The best products for a text, nothing else.
pub(crate) fn plain(text: &str, limit: usize) -> Query {
    let paging = Paging::Page { page: 1, limit };
    Query { store: STORE.to_owned(), text: text.to_owned(), paging, ..Query::default() }
}

/// This project's index, in a folder that goes with it.
pub(crate) struct Ours {
    index: Index,
    #[cfg_attr(not(feature = "peers"), expect(dead_code, reason = "it is there for as long as the index"))]
    dir: TempDir,
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
        Ok(Ours { index, dir })
    }

    #[cfg(feature = "peers")]
    pub(crate) fn bytes(&self) -> anyhow::Result<u64> {
        Ok(crate::measure::size(self.dir.path())?)
    }
}

impl Contender for Ours {
    fn name(&self) -> &'static str {
        "search-index"
    }

    fn best(&mut self, query: &Query) -> anyhow::Result<Vec<String>> {
        let page = self.index.search(query)?;
        Ok(page.hits.into_iter().map(|hit| hit.id).collect())
    }
}
