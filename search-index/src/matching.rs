//! From what was typed to what Tantivy looks up.
//!
//! Products with all the words come first. Only where they are few do those with some of the words
//! follow, and only in order of relevance: a list sorted by price would begin with the cheapest
//! guess. What is decided depends on the text alone, never on filters, so that facet counts hold
//! when they are clicked.

use tantivy::Term;
use tantivy::collector::Count;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::analysis::question_words;
use crate::document::code_term;
use crate::page::Matching;
use crate::ranking::{ALL_WORDS, EXACT_CODE, FULL_MATCHES_ENOUGH, OTHER_FIELDS, field_weights};
use crate::schema::Fields;
use crate::snapshot::Snapshot;

pub(crate) struct Matched {
    pub(crate) query: Box<dyn Query>,
    pub(crate) matching: Matching,
}

pub(crate) fn matched(snapshot: &Snapshot, store: &str, text: &str, by_relevance: bool) -> tantivy::Result<Matched> {
    let fields = &snapshot.store.fields;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Matched { query: in_store(fields, store), matching: Matching::Everything });
    }
    let words = question_words(text);
    let full = vec![boosted(EXACT_CODE, exact(fields.code, &code_term(text))), all_words(fields, &words)];
    let full = within(fields, store, BooleanQuery::union(full));
    if words.len() < 2 {
        return Ok(Matched { query: full, matching: Matching::AllWords });
    }
    let enough = if by_relevance { FULL_MATCHES_ENOUGH } else { 1 };
    if snapshot.searcher.search(&*full, &Count)? as u64 >= enough {
        return Ok(Matched { query: full, matching: Matching::AllWords });
    }
    let some = vec![
        boosted(EXACT_CODE, exact(fields.code, &code_term(text))),
        boosted(ALL_WORDS, all_words(fields, &words)),
        any_word(fields, &words),
    ];
    let query = within(fields, store, BooleanQuery::union(some));
    Ok(Matched { query, matching: Matching::SomeWords })
}

fn all_words(fields: &Fields, words: &[String]) -> Box<dyn Query> {
    Box::new(BooleanQuery::intersection(words.iter().map(|word| anywhere(fields, word)).collect()))
}

fn any_word(fields: &Fields, words: &[String]) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(words.iter().map(|word| anywhere(fields, word)).collect()))
}

/// A word in any field, each with its weight.
fn anywhere(fields: &Fields, word: &str) -> Box<dyn Query> {
    let clauses = field_weights(fields).map(|(field, weight)| {
        let term = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
        Box::new(BoostQuery::new(Box::new(term), weight)) as Box<dyn Query>
    });
    Box::new(DisjunctionMaxQuery::with_tie_breaker(clauses.into(), OTHER_FIELDS))
}

fn boosted(score: f32, query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn in_store(fields: &Fields, store: &str) -> Box<dyn Query> {
    boosted(0.0, exact(fields.store, store))
}

fn within(fields: &Fields, store: &str, query: BooleanQuery) -> Box<dyn Query> {
    let clauses = vec![(Occur::Must, in_store(fields, store)), (Occur::Must, Box::new(query) as Box<dyn Query>)];
    Box::new(BooleanQuery::new(clauses))
}

fn exact(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}
