//! One segment, opened for searching: its columns, their terms translated into the dictionary's
//! numbers, and the availability of its documents, which is memory and not file.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tantivy::columnar::{BytesColumn, Column, StrColumn};
use tantivy::index::SegmentId;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

use crate::beginnings::Beginnings;
use crate::dictionary::{Dictionary, Vocabulary};
use crate::document::Availability;
use crate::embedding::Embedding;
use crate::terms::{Lists, Terms};

/// What is known of availability beyond the documents themselves: product id -> last word.
pub(crate) type AvailabilityNews = HashMap<Box<str>, Availability>;

pub(crate) struct Segment {
    pub(crate) id: SegmentId,
    pub(crate) ids: StrColumn,
    pub(crate) titles: Option<StrColumn>,
    pub(crate) prices: Column<i64>,
    pub(crate) discounts: Column<u64>,
    pub(crate) popularity: Column<u64>,
    pub(crate) ratings: Column<u64>,
    pub(crate) created_at: Column<i64>,
    /// None: of no document.
    embeddings: Option<BytesColumn>,
    pub(crate) brands: Terms,
    pub(crate) categories: Terms,
    pub(crate) in_categories: Lists,
    pub(crate) attributes: Terms,
    pub(crate) beginnings: Beginnings,
    versions: Column<u64>,
    availability: Box<[AtomicU8]>,
}

impl Segment {
    pub(crate) fn open(
        reader: &SegmentReader,
        dictionary: &mut Arc<Dictionary>,
        news: &AvailabilityNews,
    ) -> tantivy::Result<Segment> {
        let columns = reader.fast_fields();
        let ids = columns.str("id")?.ok_or_else(|| missing("id"))?;
        let availability = availability_of(reader, &ids, news)?;
        let categories = Terms::open(reader, "category_facet", Vocabulary::Categories, dictionary)?;
        Ok(Segment {
            id: reader.segment_id(),
            titles: columns.str("title_key")?,
            prices: columns.i64("price")?,
            discounts: columns.u64("discount")?,
            popularity: columns.u64("popularity")?,
            ratings: columns.u64("rating")?,
            created_at: columns.i64("created_at")?,
            embeddings: columns.bytes("embedding")?,
            brands: Terms::open(reader, "brand_facet", Vocabulary::Brands, dictionary)?,
            in_categories: Lists::of(&categories),
            categories,
            attributes: Terms::open(reader, "attribute_facet", Vocabulary::Attributes, dictionary)?,
            beginnings: Beginnings::default(),
            versions: columns.u64("version")?,
            ids,
            availability,
        })
    }

    pub(crate) fn availability(&self, doc: DocId) -> Availability {
        Availability::from_u8(self.availability[doc as usize].load(Ordering::Relaxed))
    }

    pub(crate) fn set_availability(&self, doc: DocId, availability: Availability) {
        self.availability[doc as usize].store(availability.to_u8(), Ordering::Relaxed);
    }

    pub(crate) fn version(&self, doc: DocId) -> u64 {
        self.versions.first(doc).unwrap_or(0)
    }

    pub(crate) fn id_of(&self, doc: DocId) -> tantivy::Result<String> {
        let ord = self.ids.ords().first(doc).ok_or_else(|| missing("id"))?;
        Ok(self.ids_at(&[ord])?.remove(0))
    }

    pub(crate) fn ids_at(&self, ords: &[u64]) -> tantivy::Result<Vec<String>> {
        texts(&self.ids, ords)
    }

    /// What these documents mean, as far as it is known.
    pub(crate) fn embeddings_of(&self, docs: &[DocId]) -> tantivy::Result<Vec<Option<Embedding>>> {
        let mut embeddings = vec![None; docs.len()];
        let Some(column) = &self.embeddings else { return Ok(embeddings) };
        let known = docs.iter().enumerate().filter_map(|(place, doc)| Some((column.ords().first(*doc)?, place)));
        let (ords, places): (Vec<u64>, Vec<usize>) = known.unzip();
        each_term(column, &ords, |at, bytes| embeddings[places[at]] = Embedding::from_bytes(bytes).ok())?;
        Ok(embeddings)
    }

    pub(crate) fn titles_at(&self, ords: &[u64]) -> tantivy::Result<Vec<String>> {
        match &self.titles {
            Some(titles) => texts(titles, ords),
            None => Ok(vec![String::new(); ords.len()]),
        }
    }
}

/// The living document with this id, if the segment has it.
pub(crate) fn find_by_id(reader: &SegmentReader, field: Field, id: &str) -> tantivy::Result<Option<DocId>> {
    let term = Term::from_field_text(field, id);
    let index = reader.inverted_index(field)?;
    let Some(mut postings) = index.read_postings(&term, IndexRecordOption::Basic)? else {
        return Ok(None);
    };
    // A product that was written twice between two commits leaves dead documents before the living.
    let mut doc = postings.doc();
    while doc != TERMINATED {
        if !reader.is_deleted(doc) {
            return Ok(Some(doc));
        }
        doc = postings.advance();
    }
    Ok(None)
}

fn availability_of(
    reader: &SegmentReader,
    ids: &StrColumn,
    news: &AvailabilityNews,
) -> tantivy::Result<Box<[AtomicU8]>> {
    let indexed = reader.fast_fields().u64("availability")?;
    let news_by_ord = if news.is_empty() { Vec::new() } else { news_by_ord(ids, news)? };
    let of_doc = |doc: DocId| {
        let told = ids.ords().first(doc).and_then(|ord| {
            news_by_ord.get(usize::try_from(ord).expect("ordinals count terms in memory")).copied().flatten()
        });
        let number = match told {
            Some(availability) => availability.to_u8(),
            None => indexed.first(doc).and_then(|number| u8::try_from(number).ok()).unwrap_or(0),
        };
        AtomicU8::new(number)
    };
    Ok((0..reader.max_doc()).map(of_doc).collect())
}

/// The ids of a segment are read once, in their order, instead of looked up one by one.
fn news_by_ord(ids: &StrColumn, news: &AvailabilityNews) -> tantivy::Result<Vec<Option<Availability>>> {
    let mut by_ord = Vec::with_capacity(ids.dictionary().num_terms());
    let mut terms = ids.dictionary().stream()?;
    while terms.advance() {
        let id = String::from_utf8_lossy(terms.key());
        by_ord.push(news.get(&*id).copied());
    }
    Ok(by_ord)
}

fn texts(column: &StrColumn, ords: &[u64]) -> tantivy::Result<Vec<String>> {
    let mut texts = vec![String::new(); ords.len()];
    each_term(column, ords, |at, term| texts[at] = String::from_utf8_lossy(term).into_owned())?;
    Ok(texts)
}

/// Tells the terms of these ordinals, each with its place among them. Terms lie in compressed blocks: read in their order, each
/// block is opened once.
fn each_term(column: &BytesColumn, ords: &[u64], mut tell: impl FnMut(usize, &[u8])) -> tantivy::Result<()> {
    let mut by_ord: Vec<usize> = (0..ords.len()).collect();
    by_ord.sort_unstable_by_key(|place| ords[*place]);
    let sorted: Vec<u64> = by_ord.iter().map(|place| ords[*place]).collect();
    let mut places = by_ord.into_iter();
    column.dictionary().sorted_ords_to_term_cb(&sorted, |term| {
        if let Some(place) = places.next() {
            tell(place, term);
        }
    })?;
    Ok(())
}

fn missing(field: &str) -> tantivy::TantivyError {
    tantivy::TantivyError::SchemaError(format!("a segment has no column {field}"))
}
