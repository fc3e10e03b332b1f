//! The most frequent words of a segment by how they begin. A beginning of two letters may have tens of thousands; a segment
//! never changes, so what took long to find is remembered.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::SegmentReader;
use tantivy::schema::Field;

/// Of each beginning. What is frequent in all segments is among them.
const WORDS_KEPT: usize = 96;
/// More words than this took long.
const LONG: usize = 500;
/// A few megabytes at most. Of longer beginnings there are many, and each has few words.
const BEGINNINGS_KEPT: usize = 256;

#[derive(Default)]
pub(crate) struct Beginnings {
    known: Mutex<HashMap<String, Arc<[Frequent]>>>,
}

/// A term, and how many documents have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Frequent {
    pub(crate) documents: u32,
    pub(crate) term: Reverse<Box<str>>,
}

impl Beginnings {
    /// The terms that begin so, the most frequent of them in no particular order.
    pub(crate) fn of(&self, reader: &SegmentReader, field: Field, beginning: &str) -> tantivy::Result<Arc<[Frequent]>> {
        if let Some(known) = self.lock().get(beginning) {
            return Ok(known.clone());
        }
        let (looked_at, frequent) = most_frequent(reader, field, beginning)?;
        let frequent: Arc<[Frequent]> = frequent.into();
        if looked_at > LONG {
            let mut known = self.lock();
            if known.len() >= BEGINNINGS_KEPT {
                known.clear();
            }
            known.insert(beginning.to_owned(), frequent.clone());
        }
        Ok(frequent)
    }

    /// The map stays whole whatever happens to a thread that holds it: each change is one insert.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<[Frequent]>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// After a look at how many terms.
fn most_frequent(reader: &SegmentReader, field: Field, beginning: &str) -> tantivy::Result<(usize, Vec<Frequent>)> {
    let index = reader.inverted_index(field)?;
    let mut terms = index.terms().range().ge(beginning).lt(after(beginning)).into_stream()?;
    let mut most: BinaryHeap<Reverse<Frequent>> = BinaryHeap::with_capacity(WORDS_KEPT + 1);
    let mut looked_at = 0;
    while terms.advance() {
        looked_at += 1;
        let documents = terms.value().doc_freq;
        let is_full = most.len() >= WORDS_KEPT;
        if is_full && most.peek().is_some_and(|Reverse(least)| least.documents >= documents) {
            continue;
        }
        if let Ok(term) = std::str::from_utf8(terms.key()) {
            most.push(Reverse(Frequent { documents, term: Reverse(term.into()) }));
            if is_full {
                most.pop();
            }
        }
    }
    Ok((looked_at, most.into_iter().map(|Reverse(frequent)| frequent).collect()))
}

/// What stands behind all that begins so.
pub(crate) fn after(beginning: &str) -> Vec<u8> {
    let mut bytes = beginning.as_bytes().to_vec();
    // No byte of a text is the largest there is.
    if let Some(last) = bytes.last_mut() {
        *last += 1;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use tantivy::schema::{STRING, Schema};
    use tantivy::{Index, IndexWriter, TantivyDocument};

    use super::*;

    #[test]
    fn the_most_frequent_are_found_and_remembered() {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("word", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 20 << 20).expect("a writer");
        let add = |word: String| {
            let mut document = TantivyDocument::default();
            document.add_text(field, word);
            let _: u64 = writer.add_document(document).expect("it is added");
        };
        (0..2_000).for_each(|number| add(format!("lamp{number}")));
        ["lamp7", "lamp7", "lamp1999", "lan", "lamq", "l"].into_iter().for_each(|word| add(word.to_owned()));
        writer.commit().expect("a commit");
        let searcher = index.reader().expect("a reader").searcher();
        let beginnings = Beginnings::default();
        let of = |beginning: &str| {
            let frequent = beginnings.of(searcher.segment_reader(0), field, beginning).expect("it is read");
            let mut frequent = frequent.to_vec();
            frequent.sort_unstable_by(|a, b| b.cmp(a));
            let first: Vec<_> = frequent.iter().take(3).map(|of| format!("{} {}", of.term.0, of.documents)).collect();
            (frequent.len(), first.join(", "))
        };
        for _ in 0..2 {
            assert_eq!(of("lamp"), (WORDS_KEPT, "lamp7 3, lamp1999 2, lamp0 1".to_owned()));
        }
        assert_eq!(of("lam").0, WORDS_KEPT);
        assert_eq!(of("lan"), (1, "lan 1".to_owned()));
        assert_eq!(of("chair"), (0, String::new()));
        let known: Vec<String> = beginnings.lock().keys().cloned().collect();
        assert_eq!(known.len(), 2, "{known:?}");
        for number in 0..BEGINNINGS_KEPT {
            beginnings.lock().insert(number.to_string(), Arc::from([]));
        }
        assert_eq!(of("la").0, WORDS_KEPT);
        assert_eq!(beginnings.lock().len(), 1);
    }
}
