//! The facet terms of a segment's documents, spoken in the dictionary's numbers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use crate::dictionary::{Dictionary, Vocabulary};

/// In memory and in a row, for a search with facets looks at all of them for every document it finds.
pub(crate) struct Terms {
    /// Where the numbers of each document begin, and where those of the last end.
    starts: Box<[u32]>,
    numbers: Box<[u32]>,
    /// How many documents have each number, dead ones among them; of attributes, whose values are many, nobody asks.
    documents: HashMap<u32, u32>,
}

/// The other way round: the documents that have each number, in their order, dead ones among them.
pub(crate) struct Lists {
    /// Where those of each number stand.
    places: HashMap<u32, Range<usize>>,
    documents: Box<[DocId]>,
}

impl Terms {
    pub(crate) fn open(
        reader: &SegmentReader,
        field: &str,
        vocabulary: Vocabulary,
        dictionary: &mut Arc<Dictionary>,
    ) -> tantivy::Result<Terms> {
        let Some(column) = reader.fast_fields().str(field)? else {
            let starts = vec![0; reader.max_doc() as usize + 1];
            return Ok(Terms { starts: starts.into(), numbers: Box::default(), documents: HashMap::new() });
        };
        let mut by_ord = Vec::with_capacity(column.dictionary().num_terms());
        let mut terms = column.dictionary().stream()?;
        while terms.advance() {
            by_ord.push(Dictionary::number_of(dictionary, vocabulary, &String::from_utf8_lossy(terms.key())));
        }
        let mut starts = Vec::with_capacity(reader.max_doc() as usize + 1);
        let mut numbers = Vec::new();
        for doc in 0..reader.max_doc() {
            starts.push(position(numbers.len()));
            let ords = column.ords().values_for_doc(doc);
            numbers.extend(ords.map(|ord| by_ord[usize::try_from(ord).expect("ordinals count terms in memory")]));
        }
        starts.push(position(numbers.len()));
        let mut terms = Terms { starts: starts.into(), numbers: numbers.into(), documents: HashMap::new() };
        if vocabulary == Vocabulary::Attributes {
            let products = (0..reader.max_doc()).map(|doc| terms.of(doc));
            let several = dictionary.attributes.newly_several(products);
            if !several.is_empty() {
                Arc::make_mut(dictionary).attributes.note_several(several);
            }
        } else {
            terms.numbers.iter().for_each(|number| *terms.documents.entry(*number).or_default() += 1);
        }
        Ok(terms)
    }

    pub(crate) fn of(&self, doc: DocId) -> &[u32] {
        let from = self.starts[doc as usize] as usize;
        let to = self.starts[doc as usize + 1] as usize;
        &self.numbers[from..to]
    }

    /// Dead ones among them.
    pub(crate) fn products_with(&self, number: u32) -> u64 {
        self.documents.get(&number).copied().unwrap_or(0).into()
    }

    /// Adds to `counts` how many living documents have each number.
    pub(crate) fn count_living(&self, reader: &SegmentReader, counts: &mut [u64]) {
        for (number, documents) in &self.documents {
            counts[*number as usize] += u64::from(*documents);
        }
        if let Some(alive) = reader.alive_bitset() {
            let dead = (0..reader.max_doc()).filter(|doc| alive.is_deleted(*doc));
            dead.flat_map(|doc| self.of(doc)).for_each(|number| counts[*number as usize] -= 1);
        }
    }
}

impl Lists {
    pub(crate) fn of(terms: &Terms) -> Lists {
        let mut next = 0;
        let mut places = HashMap::with_capacity(terms.documents.len());
        for (number, documents) in &terms.documents {
            places.insert(*number, next..next);
            next += *documents as usize;
        }
        let mut listed = vec![0; next];
        for (doc, of) in (0..).zip(terms.starts.windows(2)) {
            for number in &terms.numbers[of[0] as usize..of[1] as usize] {
                let place = places.get_mut(number).expect("each was counted");
                listed[place.end] = doc;
                place.end += 1;
            }
        }
        Lists { places, documents: listed.into() }
    }

    /// The living documents that have one of these numbers at least, in their order.
    pub(crate) fn living(&self, numbers: &[u32], reader: &SegmentReader) -> Vec<DocId> {
        let is_alive = |doc: &DocId| reader.alive_bitset().is_none_or(|alive| alive.is_alive(*doc));
        let listed = |number: &u32| self.places.get(number).map_or(&[][..], |place| &self.documents[place.clone()]);
        if let [number] = numbers {
            let mut documents: Vec<DocId> = listed(number).iter().copied().filter(is_alive).collect();
            // One that names a category twice stands there twice.
            documents.dedup();
            return documents;
        }
        // A category and what lies in it have much in common.
        let mut has = vec![false; reader.max_doc() as usize];
        numbers.iter().flat_map(listed).for_each(|doc| has[*doc as usize] = true);
        (0..reader.max_doc()).zip(has).filter(|(_, has)| *has).map(|(doc, _)| doc).filter(is_alive).collect()
    }
}

fn position(len: usize) -> u32 {
    u32::try_from(len).expect("a segment has fewer values than 32 bits count")
}
