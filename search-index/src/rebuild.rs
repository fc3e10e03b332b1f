//! A whole new index beside the old one: fill it, then swap. Dropped before `finish`, it leaves
//! nothing behind and the old index in charge.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tantivy::{IndexWriter, TantivyDocument, Term};

use crate::document::ProductDocument;
use crate::error::Error;
use crate::index::Shared;
use crate::snapshot::{Store, payload};

/// Larger than the everyday writer's, so that a shop fits into few segments.
const MEMORY_BYTES: usize = 128 << 20;

pub struct Rebuild {
    // In this order of dropping: the writer leaves the directory before the directory is removed.
    tantivy: Option<IndexWriter<TantivyDocument>>,
    store: Arc<Store>,
    running: Running,
    added: u64,
}

/// There is one rebuild at a time; this is the proof, returned when dropped.
struct Running {
    shared: Arc<Shared>,
}

impl Rebuild {
    pub(crate) fn start(shared: Arc<Shared>) -> Result<Rebuild, Error> {
        if shared.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(Error::RebuildRunning);
        }
        let running = Running { shared };
        let generation = Arc::new(running.shared.layout.create_next()?);
        let store = Arc::new(Store::create(generation)?);
        let tantivy = store.tantivy.writer_with_num_threads(1, MEMORY_BYTES)?;
        Ok(Rebuild { tantivy: Some(tantivy), store, running, added: 0 })
    }

    /// Adds a product. Of several with one id, the last stays.
    pub fn add(&mut self, document: &ProductDocument) -> Result<(), Error> {
        document.check()?;
        let writer = self.tantivy.as_mut().expect("only finish takes the writer");
        writer.delete_term(Term::from_field_text(self.store.fields.id, &document.id));
        writer.add_document(document.to_tantivy(&self.store.fields))?;
        self.added += 1;
        Ok(())
    }

    /// Products added so far.
    pub fn added(&self) -> u64 {
        self.added
    }

    /// Puts the new generation in charge, on disk and for this process. Searches that run go on in
    /// the old one, whose directory goes with the last of them.
    ///
    /// The watermark is how far the caller's events were when it began to read its products: the
    /// next writer goes on from there, and what it then meets twice is ignored by version.
    pub fn finish(mut self, watermark: &str) -> Result<(), Error> {
        let mut writer = self.tantivy.take().expect("only finish takes the writer");
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&payload(watermark));
        commit.commit()?;
        writer.wait_merging_threads()?;
        self.running.shared.replace(self.store.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.end_rebuild();
    }
}
