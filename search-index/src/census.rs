//! What is in the index, document by document: for whoever compares it with what it was made from.

use tantivy::schema::Value as _;
use tantivy::{DocAddress, TantivyDocument};

use crate::document::Availability;
use crate::error::Error;
use crate::index::Index;
use crate::snapshot::Snapshot;

/// A product as it lies in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    pub version: u64,
    /// As it was last told.
    pub availability: Availability,
    /// What the document carried.
    pub stored: String,
}

impl Index {
    /// The product of this id; what was deleted is not there.
    pub fn get(&self, id: &str) -> Result<Option<Indexed>, Error> {
        self.shared.reading(|snapshot| {
            let Some(address) = snapshot.find(id)? else { return Ok(None) };
            let Some(stored) = stored(snapshot, address)? else { return Ok(None) };
            let segment = &snapshot.segments[address.segment_ord as usize];
            let availability = segment.availability(address.doc_id);
            Ok(Some(Indexed { version: segment.version(address.doc_id), availability, stored }))
        })
    }

    /// Calls `visit` with the id of each product there is, in no order.
    pub fn each_id(&self, mut visit: impl FnMut(&str)) -> Result<(), Error> {
        self.shared.reading(|snapshot| {
            for (segment_ord, reader) in (0u32..).zip(snapshot.searcher.segment_readers()) {
                for doc_id in reader.doc_ids_alive() {
                    let address = DocAddress::new(segment_ord, doc_id);
                    let document: TantivyDocument = snapshot.searcher.doc(address)?;
                    if document.get_first(snapshot.store.fields.stored).is_some() {
                        let segment = &snapshot.segments[segment_ord as usize];
                        let id = segment.ids.ords().first(doc_id).map(|ord| segment.ids_at(&[ord])).transpose()?;
                        id.iter().flatten().for_each(|id| visit(id));
                    }
                }
            }
            Ok(())
        })
    }

    /// How much room the generation in charge takes on disk.
    pub fn bytes_on_disk(&self) -> u64 {
        self.shared.snapshot().map_or(0, |snapshot| snapshot.store.generation.bytes())
    }
}

/// None: only a mark left by a deleted product.
fn stored(snapshot: &Snapshot, address: DocAddress) -> Result<Option<String>, Error> {
    let document: TantivyDocument = snapshot.searcher.doc(address)?;
    let stored = document.get_first(snapshot.store.fields.stored);
    Ok(stored.and_then(|value| value.as_str()).map(str::to_owned))
}
