//! A whole new index beside the old one: fill it, settle it, add what happened meanwhile, then swap. Dropped before
//! `finish`, it leaves nothing behind and the old index in charge, which is written all the while.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tantivy::merge_policy::NoMergePolicy;
use tantivy::{IndexWriter, TantivyDocument, Term};

use crate::document::{ProductDocument, tombstone};
use crate::error::Error;
use crate::index::Shared;
use crate::snapshot::{Snapshot, Store, payload};

/// For what is added after settling: little.
const LATE_MEMORY_BYTES: usize = 16 << 20;

pub struct Rebuild {
    // In this order of dropping: the writer leaves the directory before the directory is removed.
    tantivy: Option<IndexWriter<TantivyDocument>>,
    store: Arc<Store>,
    /// As it was when it was settled: opening what is in it takes long too.
    prepared: Option<Snapshot>,
    running: Running,
    /// Hashes of the ids that are in it. What is added for the first time has nothing to replace, and a million deletions that
    /// meet nothing would be kept in memory until they had met every document.
    seen: Hashes,
    /// Of those, the ones that were taken away last.
    deleted: Hashes,
}

type Hashes = HashSet<u64, BuildHasherDefault<DefaultHasher>>;

/// There is one rebuild at a time; this is the proof, returned when dropped.
struct Running {
    shared: Arc<Shared>,
}

impl Rebuild {
    /// Larger than the everyday writer's, so that a shop fits into few segments.
    pub(crate) const MEMORY_BYTES: usize = 128 << 20;

    pub(crate) fn start(shared: Arc<Shared>, memory_bytes: usize) -> Result<Rebuild, Error> {
        if shared.rebuilding.swap(true, Ordering::AcqRel) {
            return Err(Error::RebuildRunning);
        }
        let running = Running { shared };
        let generation = Arc::new(running.shared.layout.create_next()?);
        let store = Arc::new(Store::create(generation)?);
        let tantivy = store.tantivy.writer_with_num_threads(1, memory_bytes)?;
        let (seen, deleted) = (Hashes::default(), Hashes::default());
        Ok(Rebuild { tantivy: Some(tantivy), store, prepared: None, running, seen, deleted })
    }

    /// Adds a product. Of several with one id, the last stays.
    pub fn add(&mut self, document: &ProductDocument) -> Result<(), Error> {
        document.check()?;
        let hash = self.replace(&document.id, document.to_tantivy(&self.store.fields))?;
        self.deleted.remove(&hash);
        Ok(())
    }

    /// Takes away a product that was added, or may be, as of a version.
    pub fn delete(&mut self, id: &str, version: u64) -> Result<(), Error> {
        let hash = self.replace(id, tombstone(&self.store.fields, id, version))?;
        self.deleted.insert(hash);
        Ok(())
    }

    fn replace(&mut self, id: &str, document: TantivyDocument) -> Result<u64, Error> {
        let writer = self.tantivy.as_mut().expect("nothing is added after settling has failed");
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(id);
        if !self.seen.insert(hash) {
            writer.delete_term(Term::from_field_text(self.store.fields.id, id));
        }
        writer.add_document(document)?;
        Ok(hash)
    }

    /// How many products are in it so far.
    pub fn products(&self) -> u64 {
        (self.seen.len() - self.deleted.len()) as u64
    }

    /// Writes what was added and merges it, which takes long; what is added later is little, and finishing takes a moment.
    /// The generation counts as unfinished still: it has no watermark.
    pub fn settle(&mut self) -> Result<(), Error> {
        let mut writer = self.tantivy.take().expect("nothing is added after settling has failed");
        writer.commit()?;
        writer.wait_merging_threads()?;
        let late = self.store.tantivy.writer_with_num_threads(1, LATE_MEMORY_BYTES)?;
        late.set_merge_policy(Box::new(NoMergePolicy));
        self.tantivy = Some(late);
        self.prepared = Some(self.running.shared.prepare(self.store.clone())?);
        Ok(())
    }

    /// Puts the new generation in charge, on disk and for this process. Searches that run go on in
    /// the old one, which stays on disk until the next one is put in charge.
    ///
    /// The watermark is how far the caller's events are in what was added: the next writer goes on
    /// from there, and what it then meets twice is ignored by version.
    pub fn finish(mut self, watermark: &str) -> Result<(), Error> {
        let mut writer = self.tantivy.take().expect("nothing is finished after settling has failed");
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&payload(watermark));
        commit.commit()?;
        // Merges that run are given up; the next writer sees to them, beside its work.
        drop(writer);
        self.running.shared.replace(self.store.clone(), self.prepared.as_ref())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.end_rebuild();
    }
}
