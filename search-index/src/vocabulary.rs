//! The words that the products of one store have, in one language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};
use tantivy::Term;
use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy_fst::Automaton;

use crate::beginnings::{Frequent, after};
use crate::language::Language;
use crate::ranking::fields;
use crate::schema::scope;
use crate::snapshot::Snapshot;

/// What begins like three letters is a great part of all words: so many of each segment are looked at.
const BEGINNINGS_LOOKED_AT: usize = 2_000;

/// What a question asks about words. The rules of reading know nothing else of the index.
pub(crate) trait Vocabulary {
    /// How many products have a stemmed word in one of their texts, about.
    fn frequency(&self, word: &str) -> tantivy::Result<u64>;

    /// Written words that differ from this one by so many letters; or that begin with what does, but for the first letter,
    /// which people seldom get wrong.
    fn like(&self, word: &str, distance: u8, beginning: bool) -> tantivy::Result<Vec<Like>>;
}

/// A written word that is like another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Like {
    pub(crate) word: String,
    pub(crate) distance: u8,
    /// How many products are called by it.
    pub(crate) frequency: u64,
}

pub(crate) struct StoreWords<'a> {
    snapshot: &'a Snapshot,
    pub(crate) scope: String,
    /// How many products there are, about.
    pub(crate) documents: u64,
}

impl<'a> StoreWords<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, store: &str, language: Language) -> tantivy::Result<StoreWords<'a>> {
        let scope = scope(store, language);
        let everything = Term::from_field_text(snapshot.store.fields.scope, &scope);
        let documents = snapshot.searcher.doc_freq(&everything)?;
        Ok(StoreWords { snapshot, scope, documents })
    }

    pub(crate) fn term(&self, field: Field, word: &str) -> Term {
        Term::from_field_text(field, &format!("{}{word}", self.scope))
    }

    /// Whether some product has this code or whole title. When in doubt, it is worth a look.
    pub(crate) fn has_exact(&self, term: &str) -> bool {
        let term = Term::from_field_text(self.snapshot.store.fields.exact, term);
        self.snapshot.searcher.doc_freq(&term).map_or(true, |frequency| frequency > 0)
    }

    /// The most frequent written words that begin so, at most `limit`. Of each segment only its most frequent ones are
    /// compared with the others'.
    pub(crate) fn beginning_with(&self, beginning: &str, limit: usize) -> tantivy::Result<Vec<Like>> {
        let field = self.snapshot.store.fields.surface;
        let from = format!("{}{beginning}", self.scope);
        let mut found: BTreeMap<String, u64> = BTreeMap::new();
        for (reader, segment) in self.snapshot.searcher.segment_readers().iter().zip(&self.snapshot.segments) {
            for Frequent { documents, term } in segment.beginnings.of(reader, field, &from)?.iter() {
                if let Some(word) = word_of(term.0.as_bytes(), &self.scope) {
                    *found.entry(word.to_owned()).or_default() += u64::from(*documents);
                }
            }
        }
        let mut found: Vec<Like> =
            found.into_iter().map(|(word, frequency)| Like { word, distance: 0, frequency }).collect();
        found.sort_by(|a, b| b.frequency.cmp(&a.frequency).then_with(|| a.word.cmp(&b.word)));
        found.truncate(limit);
        Ok(found)
    }
}

impl StoreWords<'_> {
    /// How many products are called by a word as it is written, about.
    pub(crate) fn called(&self, word: &str) -> tantivy::Result<u64> {
        self.snapshot.searcher.doc_freq(&self.term(self.snapshot.store.fields.surface, word))
    }
}

/// By which words are weighed: as rare as a word is among the products of its own store and language. Lengths of texts are
/// compared with those of the whole index.
impl Bm25StatisticsProvider for StoreWords<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let searcher = &self.snapshot.searcher;
        let (tokens, all) = (searcher.total_num_tokens(field)?, searcher.total_num_docs()?.max(1));
        let own = u128::from(tokens) * u128::from(self.documents) / u128::from(all);
        Ok(u64::try_from(own).unwrap_or(u64::MAX))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // No rarer than there are products: Tantivy insists on it.
        Ok(self.snapshot.searcher.doc_freq(term)?.min(self.documents))
    }
}

impl Vocabulary for StoreWords<'_> {
    fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        let mut frequency = 0;
        for (_, field, _) in fields(&self.snapshot.store.fields) {
            frequency = frequency.max(self.snapshot.searcher.doc_freq(&self.term(field, word))?);
        }
        Ok(frequency)
    }

    fn like(&self, word: &str, distance: u8, beginning: bool) -> tantivy::Result<Vec<Like>> {
        let field = self.snapshot.store.fields.surface;
        let automaton = Behind { scope: self.scope.as_bytes(), inner: automaton(word, distance, beginning) };
        let mut found: BTreeMap<String, Like> = BTreeMap::new();
        let first = word.chars().take(usize::from(beginning));
        let within = self.scope.chars().chain(first).collect::<String>();
        let looked_at = if beginning { BEGINNINGS_LOOKED_AT } else { usize::MAX };
        for reader in self.snapshot.searcher.segment_readers() {
            let index = reader.inverted_index(field)?;
            let mut terms = index.terms().search(&automaton).ge(&within).lt(after(&within)).into_stream()?;
            for _ in 0..looked_at {
                if !terms.advance() {
                    break;
                }
                let Some(word) = word_of(terms.key(), &self.scope) else { continue };
                let Distance::Exact(distance) = automaton.inner.eval(word) else { continue };
                let like = found.entry(word.to_owned()).or_insert_with(|| Like {
                    word: word.to_owned(),
                    distance,
                    frequency: 0,
                });
                like.frequency += u64::from(terms.value().doc_freq);
            }
        }
        Ok(found.into_values().collect())
    }
}

fn word_of<'a>(key: &'a [u8], scope: &str) -> Option<&'a str> {
    std::str::from_utf8(key).ok()?.strip_prefix(scope)
}

/// What accepts words that differ from this one by so many letters, one or two, or that begin with what does.
pub(crate) fn automaton(word: &str, distance: u8, beginning: bool) -> DFA {
    /// Milliseconds to make, the same for every word.
    static BUILDERS: LazyLock<[LevenshteinAutomatonBuilder; 2]> =
        LazyLock::new(|| [1, 2].map(|distance| LevenshteinAutomatonBuilder::new(distance, true)));
    let builder = &BUILDERS[usize::from(distance.clamp(1, 2)) - 1];
    if beginning { builder.build_prefix_dfa(word) } else { builder.build_dfa(word) }
}

/// Accepts a scope as it is, and behind it what the inner automaton accepts.
struct Behind<'a> {
    scope: &'a [u8],
    inner: DFA,
}

#[derive(Debug, Clone, Copy)]
enum At {
    Scope(usize),
    Inner(u32),
    Nowhere,
}

impl Automaton for &Behind<'_> {
    type State = At;

    fn start(&self) -> At {
        At::Scope(0)
    }

    fn is_match(&self, state: &At) -> bool {
        matches!(state, At::Inner(state) if matches!(self.inner.distance(*state), Distance::Exact(_)))
    }

    fn can_match(&self, state: &At) -> bool {
        match state {
            At::Scope(_) => true,
            At::Inner(state) => *state != levenshtein_automata::SINK_STATE,
            At::Nowhere => false,
        }
    }

    fn accept(&self, state: &At, byte: u8) -> At {
        match *state {
            At::Scope(at) if self.scope[at] == byte && at + 1 == self.scope.len() => {
                At::Inner(self.inner.initial_state())
            }
            At::Scope(at) if self.scope[at] == byte => At::Scope(at + 1),
            At::Scope(_) | At::Nowhere => At::Nowhere,
            At::Inner(state) => At::Inner(self.inner.transition(state, byte)),
        }
    }
}
