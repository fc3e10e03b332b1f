//! From what was typed to what Tantivy looks up.
//!
//! Products with all the words come first. Only where they are few do those with some of the words
//! follow, and only in order of relevance: a list sorted by price would begin with the cheapest
//! guess. What is decided depends on the text alone, never on filters, so that facet counts hold
//! when they are clicked.
//!
//! A word that no document has is read as those like it.

use tantivy::Term;
use tantivy::collector::Count;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, Query, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::analysis::{Word, question_words};
use crate::document::code_term;
use crate::page::Matching;
use crate::ranking::{ALL_WORDS, EXACT_CODE, FULL_MATCHES_ENOUGH, OTHER_FIELDS, SIMILAR, field_weights};
use crate::schema::Fields;
use crate::snapshot::Snapshot;

/// Shorter words have too many others like them.
const SIMILAR_FROM_CHARS: usize = 4;
const TWO_LETTERS_FROM_CHARS: usize = 8;

pub(crate) struct Matched {
    pub(crate) query: Box<dyn Query>,
    pub(crate) matching: Matching,
    pub(crate) unknown_words: Vec<String>,
}

pub(crate) fn matched(snapshot: &Snapshot, store: &str, text: &str, by_relevance: bool) -> tantivy::Result<Matched> {
    let fields = &snapshot.store.fields;
    let text = text.trim();
    if text.is_empty() {
        let query = in_store(fields, store);
        return Ok(Matched { query, matching: Matching::Everything, unknown_words: Vec::new() });
    }
    let mut unknown_words = Vec::new();
    let mut words = Vec::new();
    for word in question_words(text) {
        let is_known = is_known(snapshot, &word)?;
        words.push(if is_known { as_typed(fields, &word) } else { similar(fields, &word) });
        unknown_words.extend((!is_known).then_some(word.typed));
    }
    let code = boosted(EXACT_CODE, exact(fields.code, &code_term(text)));
    let full = within(fields, store, vec![code.box_clone(), all(&words)]);
    let enough = if by_relevance { FULL_MATCHES_ENOUGH } else { 1 };
    if words.len() < 2 || snapshot.searcher.search(&*full, &Count)? as u64 >= enough {
        return Ok(Matched { query: full, matching: Matching::AllWords, unknown_words });
    }
    let query = within(fields, store, vec![code, boosted(ALL_WORDS, all(&words)), any(&words)]);
    Ok(Matched { query, matching: Matching::SomeWords, unknown_words })
}

/// Whether any document has it. What has digits in it is a code or a size: there, similar is another thing, and an unknown
/// one stays unfound.
fn is_known(snapshot: &Snapshot, word: &Word) -> tantivy::Result<bool> {
    let ([part], None) = (word.parts.as_slice(), &word.joined) else { return Ok(true) };
    if part.chars().count() < SIMILAR_FROM_CHARS || !part.chars().all(char::is_alphabetic) {
        return Ok(true);
    }
    for (field, _) in field_weights(&snapshot.store.fields) {
        if snapshot.searcher.doc_freq(&Term::from_field_text(field, part))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

fn as_typed(fields: &Fields, word: &Word) -> Box<dyn Query> {
    let parts: Vec<Box<dyn Query>> = word.parts.iter().map(|part| anywhere(fields, part)).collect();
    let parts = all(&parts);
    match &word.joined {
        Some(joined) => any(&[parts, anywhere(fields, joined)]),
        None => parts,
    }
}

/// A word in any field, each with its weight.
fn anywhere(fields: &Fields, word: &str) -> Box<dyn Query> {
    best(field_weights(fields).map(|(field, weight)| {
        let term = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
        weighted(weight, Box::new(term))
    }))
}

/// Words that differ from it by a letter or two, where products are named rather than described.
fn similar(fields: &Fields, word: &Word) -> Box<dyn Query> {
    let word = word.parts.concat();
    let distance = if word.chars().count() < TWO_LETTERS_FROM_CHARS { 1 } else { 2 };
    best([fields.title, fields.brand, fields.category, fields.keywords].map(|field| {
        let weight = field_weights(fields).iter().find(|(known, _)| *known == field).map_or(1.0, |(_, weight)| *weight);
        let term = FuzzyTermQuery::new(Term::from_field_text(field, &word), distance, true);
        weighted(SIMILAR, weighted(weight, Box::new(term)))
    }))
}

fn all(words: &[Box<dyn Query>]) -> Box<dyn Query> {
    match words {
        [word] => word.box_clone(),
        _ => Box::new(BooleanQuery::intersection(words.iter().map(|word| word.box_clone()).collect())),
    }
}

fn any(words: &[Box<dyn Query>]) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(words.iter().map(|word| word.box_clone()).collect()))
}

fn best<const N: usize>(fields: [Box<dyn Query>; N]) -> Box<dyn Query> {
    Box::new(DisjunctionMaxQuery::with_tie_breaker(fields.into(), OTHER_FIELDS))
}

fn weighted(weight: f32, query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}

fn boosted(score: f32, query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn in_store(fields: &Fields, store: &str) -> Box<dyn Query> {
    boosted(0.0, exact(fields.store, store))
}

fn within(fields: &Fields, store: &str, alternatives: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    let matching: Box<dyn Query> = Box::new(BooleanQuery::union(alternatives));
    Box::new(BooleanQuery::new(vec![(Occur::Must, in_store(fields, store)), (Occur::Must, matching)]))
}

fn exact(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}
