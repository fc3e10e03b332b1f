//! What a search sees: one generation at one commit. It never changes, apart from availability.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use tantivy::{DocAddress, IndexReader, ReloadPolicy, Searcher};

use crate::dictionary::Dictionary;
use crate::document::Availability;
use crate::error::{Error, RebuildReason};
use crate::generation::Generation;
use crate::schema::{self, Fields};
use crate::segment::{AvailabilityNews, Segment, find_by_id};

/// An opened generation: what snapshots are taken of.
pub(crate) struct Store {
    pub(crate) generation: Arc<Generation>,
    pub(crate) tantivy: tantivy::Index,
    pub(crate) fields: Fields,
    reader: IndexReader,
}

pub(crate) struct Snapshot {
    pub(crate) store: Arc<Store>,
    pub(crate) searcher: Searcher,
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) dictionary: Arc<Dictionary>,
    pub(crate) watermark: Option<String>,
    in_categories: OnceLock<Box<[u64]>>,
}

/// Travels with each commit, so that the documents and the watermark are durable together.
#[derive(Serialize, Deserialize)]
struct Payload {
    watermark: String,
    /// Says of a generation that it is whole, and by which schema it is to be read, where `CURRENT` cannot.
    #[serde(default)]
    schema: u32,
}

impl Store {
    pub(crate) fn create(generation: Arc<Generation>) -> Result<Store, Error> {
        let (schema, _) = schema::build();
        let tantivy = tantivy::Index::create_in_dir(&generation.path, schema)?;
        Store::with(generation, tantivy).map_err(Error::Engine)
    }

    /// Opens a generation written earlier. Every file is read and its checksum compared first, for
    /// what is cut short or overwritten must not be met in the middle of a search.
    pub(crate) fn open(generation: Arc<Generation>) -> Result<Store, RebuildReason> {
        let corrupt = |error: tantivy::TantivyError| RebuildReason::Corrupt(error.to_string());
        let tantivy = tantivy::Index::open_in_dir(&generation.path).map_err(corrupt)?;
        if tantivy.schema() != schema::build().0 {
            return Err(RebuildReason::Corrupt("its fields are not those of its schema version".to_owned()));
        }
        let written = payload_of(&tantivy).map_err(corrupt)?;
        match written.map(|payload| payload.schema) {
            Some(schema::VERSION) => {}
            Some(found) => return Err(RebuildReason::OtherSchema { found, expected: schema::VERSION }),
            None => return Err(RebuildReason::Corrupt("it was never finished".to_owned())),
        }
        let store = Store::with(generation, tantivy).map_err(corrupt)?;
        store.check()?;
        Ok(store)
    }

    /// Reads every file of the last commit and compares its checksum.
    pub(crate) fn check(&self) -> Result<(), RebuildReason> {
        let damaged = self.tantivy.validate_checksum().map_err(|error| RebuildReason::Corrupt(error.to_string()))?;
        match damaged.iter().min() {
            Some(file) => Err(RebuildReason::Corrupt(format!("{} fails its checksum", file.display()))),
            None => Ok(()),
        }
    }

    fn with(generation: Arc<Generation>, tantivy: tantivy::Index) -> tantivy::Result<Store> {
        let reader = tantivy.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, fields) = schema::build();
        Ok(Store { generation, tantivy, fields, reader })
    }
}

impl Snapshot {
    /// The state of the last commit. Segments known to the `previous` snapshot are taken over.
    pub(crate) fn take(
        store: Arc<Store>,
        previous: Option<&Snapshot>,
        news: &AvailabilityNews,
    ) -> tantivy::Result<Snapshot> {
        let previous = previous.filter(|previous| Arc::ptr_eq(&previous.store, &store));
        store.reader.reload()?;
        let searcher = store.reader.searcher();
        let mut dictionary = previous.map(|previous| previous.dictionary.clone()).unwrap_or_default();
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            let known = previous
                .and_then(|previous| previous.segments.iter().find(|segment| segment.id == reader.segment_id()));
            segments.push(match known {
                Some(segment) => segment.clone(),
                None => Arc::new(Segment::open(reader, &mut dictionary, news)?),
            });
        }
        let watermark = watermark(&store.tantivy)?;
        Ok(Snapshot { store, searcher, segments, dictionary, watermark, in_categories: OnceLock::new() })
    }

    /// How many products lie in each category, of all stores. Counted when it is first asked.
    pub(crate) fn in_categories(&self) -> &[u64] {
        self.in_categories.get_or_init(|| {
            let mut counts = vec![0; self.dictionary.categories.len()];
            for (segment, reader) in self.segments.iter().zip(self.searcher.segment_readers()) {
                segment.categories.count_living(reader, &mut counts);
            }
            counts.into()
        })
    }

    pub(crate) fn find(&self, id: &str) -> tantivy::Result<Option<DocAddress>> {
        for (segment_ord, reader) in (0u32..).zip(self.searcher.segment_readers()) {
            if let Some(doc) = find_by_id(reader, self.store.fields.id, id)? {
                return Ok(Some(DocAddress::new(segment_ord, doc)));
            }
        }
        Ok(None)
    }

    pub(crate) fn version_of(&self, id: &str) -> tantivy::Result<Option<u64>> {
        let found = self.find(id)?;
        Ok(found.map(|found| self.segments[found.segment_ord as usize].version(found.doc_id)))
    }

    pub(crate) fn set_availability(&self, id: &str, availability: Availability) -> tantivy::Result<()> {
        if let Some(found) = self.find(id)? {
            self.segments[found.segment_ord as usize].set_availability(found.doc_id, availability);
        }
        Ok(())
    }
}

pub(crate) fn payload(watermark: &str) -> String {
    let payload = Payload { watermark: watermark.to_owned(), schema: schema::VERSION };
    serde_json::to_string(&payload).expect("a string and a number are always JSON")
}

fn watermark(tantivy: &tantivy::Index) -> tantivy::Result<Option<String>> {
    Ok(payload_of(tantivy)?.map(|payload| payload.watermark))
}

fn payload_of(tantivy: &tantivy::Index) -> tantivy::Result<Option<Payload>> {
    let payload = tantivy.load_metas()?.payload;
    Ok(payload.and_then(|text| serde_json::from_str(&text).ok()))
}
