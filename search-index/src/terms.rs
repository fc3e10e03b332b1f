//! The facet terms of a segment's documents, spoken in the dictionary's numbers.

use std::collections::HashMap;
use std::sync::Arc;

use tantivy::{DocId, SegmentReader};

use crate::dictionary::{Dictionary, Vocabulary};

/// In memory and in a row, for a search with facets looks at all of them for every document it finds.
pub(crate) struct Terms {
    /// Where the numbers of each document begin, and where those of the last end.
    starts: Box<[u32]>,
    numbers: Box<[u32]>,
    /// The documents that have each number, in their order, dead ones among them. Attributes' values are many, and nobody asks.
    documents: HashMap<u32, Box<[DocId]>>,
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
            terms.documents = terms.by_number(reader.max_doc());
        }
        Ok(terms)
    }

    pub(crate) fn of(&self, doc: DocId) -> &[u32] {
        let from = self.starts[doc as usize] as usize;
        let to = self.starts[doc as usize + 1] as usize;
        &self.numbers[from..to]
    }

    /// The living documents that have one of these numbers at least, in their order.
    pub(crate) fn documents_with(&self, numbers: &[u32], reader: &SegmentReader) -> Vec<DocId> {
        let lists = numbers.iter().filter_map(|number| self.documents.get(number));
        let is_alive = |doc: &DocId| reader.alive_bitset().is_none_or(|alive| alive.is_alive(*doc));
        let mut documents: Vec<DocId> = lists.flatten().copied().filter(is_alive).collect();
        if numbers.len() > 1 {
            documents.sort_unstable();
            documents.dedup();
        }
        documents
    }

    /// Dead ones among them.
    pub(crate) fn products_with(&self, number: u32) -> u64 {
        self.documents.get(&number).map_or(0, |documents| documents.len() as u64)
    }

    /// Adds how many living documents have each number: as they were counted when they were opened, but for the dead.
    pub(crate) fn count_living(&self, reader: &SegmentReader, counts: &mut [u64]) {
        for (number, documents) in &self.documents {
            counts[*number as usize] += documents.len() as u64;
        }
        if let Some(alive) = reader.alive_bitset() {
            let dead = (0..reader.max_doc()).filter(|doc| alive.is_deleted(*doc));
            dead.flat_map(|doc| self.of(doc)).for_each(|number| counts[*number as usize] -= 1);
        }
    }

    fn by_number(&self, documents: DocId) -> HashMap<u32, Box<[DocId]>> {
        let mut by_number = HashMap::<u32, Vec<DocId>>::new();
        for doc in 0..documents {
            self.of(doc).iter().for_each(|number| by_number.entry(*number).or_default().push(doc));
        }
        by_number.into_iter().map(|(number, documents)| (number, documents.into())).collect()
    }
}

fn position(len: usize) -> u32 {
    u32::try_from(len).expect("a segment has fewer values than 32 bits count")
}
