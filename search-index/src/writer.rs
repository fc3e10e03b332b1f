//! Changes to the generation in charge: written by one thread, visible and durable at commit.
//!
//! Writing is repeatable. A document or deletion with a lower version than the one known for its
//! id is ignored, so a consumer that starts again a little earlier does no harm.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::{IndexWriter, TantivyDocument, Term};

use crate::document::{ProductDocument, tombstone};
use crate::error::Error;
use crate::index::Shared;
use crate::snapshot::{Store, payload};

pub struct Writer {
    shared: Arc<Shared>,
    store: Arc<Store>,
    tantivy: IndexWriter<TantivyDocument>,
    /// Versions that the published snapshot does not show yet.
    uncommitted: HashMap<String, u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// Takes effect with the next commit.
    Accepted,
    /// Ignored, for the index knows a later version.
    Stale { indexed: u64 },
}

impl Writer {
    /// Enough for thousands of documents between two commits; more of them only flush a segment early.
    pub(crate) const MEMORY_BYTES: usize = 32 << 20;

    pub(crate) fn open(shared: Arc<Shared>, memory_bytes: usize) -> Result<Writer, Error> {
        let store = shared.snapshot()?.store.clone();
        let tantivy = store.tantivy.writer_with_num_threads(1, memory_bytes)?;
        // What a writer that was killed in a commit left lies where the next commit may want to write: it begins to count
        // from the last one again.
        tantivy.garbage_collect_files().wait()?;
        // A new writer gives its first operation the number of the last commit (Tantivy 0.27). A merge that begins before the
        // next commit takes it for done in some segments and passes over it in others, and what was to be deleted stays. So
        // the first operation is one that matters to nobody.
        tantivy.delete_term(Term::from_field_text(store.fields.id, ""));
        Ok(Writer { shared, store, tantivy, uncommitted: HashMap::new() })
    }

    pub fn upsert(&mut self, document: &ProductDocument) -> Result<Written, Error> {
        document.check()?;
        if let Some(indexed) = self.later_version(&document.id, document.version)? {
            return Ok(Written::Stale { indexed });
        }
        self.replace(&document.id, document.version, document.to_tantivy(&self.store.fields))?;
        self.shared.forget_older_news(&document.id, Some(document.availability))?;
        Ok(Written::Accepted)
    }

    /// Removes a product as of a version: a later write of an older version stays ignored.
    pub fn delete(&mut self, id: &str, version: u64) -> Result<Written, Error> {
        if let Some(indexed) = self.later_version(id, version)? {
            return Ok(Written::Stale { indexed });
        }
        self.replace(id, version, tombstone(&self.store.fields, id, version))?;
        self.shared.forget_older_news(id, None)?;
        Ok(Written::Accepted)
    }

    /// How many products wait for the next commit.
    pub fn waiting(&self) -> usize {
        self.uncommitted.len()
    }

    /// Makes all that was written durable together with the watermark, and then visible.
    ///
    /// After an error nothing of it may be relied on: drop the writer, open another, and go on from
    /// the watermark in [`Status`](crate::Status).
    pub fn commit(&mut self, watermark: &str) -> Result<(), Error> {
        let committed = self.try_commit(watermark);
        committed.inspect_err(|error| self.shared.suspect(error))
    }

    fn try_commit(&mut self, watermark: &str) -> Result<(), Error> {
        self.check_in_charge()?;
        let mut commit = self.tantivy.prepare_commit()?;
        commit.set_payload(&payload(watermark));
        commit.commit()?;
        self.shared.publish(&self.store)?;
        self.uncommitted.clear();
        Ok(())
    }

    fn later_version(&self, id: &str, version: u64) -> Result<Option<u64>, Error> {
        self.check_in_charge()?;
        let known = match self.uncommitted.get(id) {
            Some(&version) => Some(version),
            None => self.shared.reading(|snapshot| Ok(snapshot.version_of(id)?))?,
        };
        Ok(known.filter(|&known| known > version))
    }

    fn replace(&mut self, id: &str, version: u64, document: TantivyDocument) -> Result<(), Error> {
        self.tantivy.delete_term(Term::from_field_text(self.store.fields.id, id));
        self.tantivy.add_document(document)?;
        self.uncommitted.insert(id.to_owned(), version);
        Ok(())
    }

    fn check_in_charge(&self) -> Result<(), Error> {
        if self.shared.is_in_charge(&self.store.generation) { Ok(()) } else { Err(Error::Superseded) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;

    use tantivy::Directory as _;
    use tantivy::merge_policy::NoMergePolicy;
    use tempfile::TempDir;

    use super::*;
    use crate::index::Index;

    /// An index without products, and what writes some to it, all of one version, in a writer of their own.
    fn empty() -> (TempDir, Index) {
        let dir = tempfile::tempdir().expect("a directory");
        let index = Index::open(dir.path()).expect("it is ours");
        index.rebuild().expect("there is no other").finish("0").expect("it is built");
        (dir, index)
    }

    fn write(index: &Index, ids: &[&str], version: u64, merges: bool) {
        let mut writer = index.writer().expect("there is no other");
        if !merges {
            writer.tantivy.set_merge_policy(Box::new(NoMergePolicy));
        }
        for id in ids {
            let (id, store) = ((*id).to_owned(), "main".to_owned());
            let document = ProductDocument { id, store, version, ..ProductDocument::default() };
            assert_eq!(writer.upsert(&document).expect("it is written"), Written::Accepted);
        }
        writer.commit(&version.to_string()).expect("a commit");
        writer.tantivy.wait_merging_threads().expect("they end");
    }

    /// Of all products that are there, as they are found by who opens it next.
    fn reopened(dir: &TempDir, index: Index) -> String {
        drop(index);
        let index = Index::open(dir.path()).expect("it is ours again");
        let mut living = Vec::new();
        index.each_id(|id| living.push(id.to_owned())).expect("it is read");
        living.sort_unstable();
        living.join(" ")
    }

    /// Whoever is killed leaves merges to the next, and these begin over its first words.
    #[test]
    fn what_is_written_first_replaces_also_what_is_being_merged() {
        let (dir, index) = empty();
        // Many segments, of which the first lost a document with the last commit.
        for ids in [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"], ["i", "j"], ["k", "l"], ["m", "n"]] {
            write(&index, &ids, 1, false);
        }
        write(&index, &["b"], 2, false);
        // The first word is about another document of that segment.
        write(&index, &["a"], 2, true);
        assert_eq!(reopened(&dir, index), "a b c d e f g h i j k l m n");
    }

    #[test]
    fn what_a_killed_writer_left_is_in_nobodys_way() {
        let (dir, index) = empty();
        write(&index, &["a", "b"], 1, false);
        let tantivy = index.shared.snapshot().expect("it serves").store.tantivy.clone();
        let metas = tantivy.load_metas().expect("it is written down");
        // Which documents of a segment are gone stands in a file that is named after the commit.
        for commit in metas.opstamp..metas.opstamp + 20 {
            let left = format!("{}.{commit}.del", metas.segments[0].id().uuid_string());
            tantivy.directory().open_write(Path::new(&left)).expect("it is not there").flush().expect("it is written");
        }
        write(&index, &["a"], 2, false);
        assert_eq!(reopened(&dir, index), "a b");
    }
}
