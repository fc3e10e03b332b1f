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
