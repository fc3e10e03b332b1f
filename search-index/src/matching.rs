//! From a question to what Tantivy looks up.
//!
//! Products with all the words come first. Only where they are few do those with some of the words
//! follow, and only in order of relevance: a list sorted by price would begin with the cheapest
//! guess. What is decided depends on the text alone, never on filters, so that facet counts hold
//! when they are clicked.
#![expect(clippy::float_arithmetic, reason = "scores are statistics; no money is near")]

use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::anywhere::Anywhere;
use crate::document::exact_terms;
use crate::question::{Form, Group, Question};
use crate::ranking::{ALL_WORDS, ALWAYS_LOOKED_UP, COMMON, EXACT, LOOKED_UP_MAX, OTHER_FIELDS, fields};
use crate::schema::Fields;
use crate::vocabulary::{StoreWords, Vocabulary as _};

/// The ways to look a text up.
pub(crate) struct Lookups<'a> {
    fields: &'a Fields,
    words: &'a StoreWords<'a>,
    exact: Option<Box<dyn Query>>,
    groups: Vec<Box<dyn Query>>,
    /// The words of each group that has several.
    parts: Vec<Vec<Box<dyn Query>>>,
    pins: Vec<Box<dyn Query>>,
}

impl<'a> Lookups<'a> {
    pub(crate) fn new(
        fields: &'a Fields,
        words: &'a StoreWords<'a>,
        text: &str,
        question: &Question,
        pinned: &[&str],
    ) -> Lookups<'a> {
        let mut lookups =
            Lookups { fields, words, exact: None, groups: Vec::new(), parts: Vec::new(), pins: Vec::new() };
        let exact = exact_terms(&words.scope, text, std::iter::once(text));
        // What nobody has would still be asked for beside every match.
        let exact = exact.iter().filter(|term| words.has_exact(term));
        let exact: Vec<_> = exact.map(|term| term_query(fields.exact, term)).collect();
        lookups.exact = (!exact.is_empty()).then(|| constant(EXACT, any(exact)));
        lookups.groups = question.groups.iter().map(|group| lookups.group(group)).collect();
        let parts = |group: &Group| group.parts.iter().map(|word| lookups.anywhere(word, 1.0)).collect();
        lookups.parts = question.groups.iter().map(parts).collect();
        // Found whatever their words; where they stand is decided with the rules.
        let pin = |id: &&str| constant(0.0, all(vec![term_query(fields.id, id), lookups.everything()]));
        lookups.pins = pinned.iter().map(pin).collect();
        lookups
    }

    /// Every product of the store; nobody asks for its score.
    pub(crate) fn everything(&self) -> Box<dyn Query> {
        term_query(self.fields.scope, &self.words.scope)
    }

    pub(crate) fn all_words(&self) -> Box<dyn Query> {
        self.with_the_first(vec![all(copies(&self.groups))])
    }

    /// Those with more of the words stand first. What many products have says little: it counts where something rarer is
    /// met too, and is enough by itself only where nothing rarer is known. Of many words, the most frequent are left out.
    pub(crate) fn some_words(&self, question: &Question) -> tantivy::Result<Box<dyn Query>> {
        let words = self.groups.iter().zip(&self.parts).flat_map(|(group, parts)| [group].into_iter().chain(parts));
        let frequencies = self.frequencies(question)?;
        let are_looked_up = looked_up(&frequencies);
        let (mut telling, mut common) = (Vec::new(), Vec::new());
        let mut is_told = false;
        for ((query, frequency), is_looked_up) in words.into_iter().zip(frequencies).zip(are_looked_up) {
            if !is_looked_up {
                continue;
            }
            let is_common = frequency * COMMON > self.words.documents;
            is_told |= !is_common && frequency > 0;
            if is_common { &mut common } else { &mut telling }.push(query.box_clone());
        }
        let all = constant(ALL_WORDS, all(copies(&self.groups)));
        if !is_told {
            return Ok(self.with_the_first([all].into_iter().chain(telling).chain(common).collect()));
        }
        let rest = common.into_iter().chain([all]).map(|query| (Occur::Should, query));
        let some = BooleanQuery::new([(Occur::Must, any(telling))].into_iter().chain(rest).collect());
        Ok(self.with_the_first(vec![Box::new(some)]))
    }

    /// Of each group, and of each of its parts after it.
    fn frequencies(&self, question: &Question) -> tantivy::Result<Vec<u64>> {
        let mut frequencies = Vec::new();
        for group in &question.groups {
            frequencies.push(group.frequency(self.words)?);
            for word in &group.parts {
                frequencies.push(self.words.frequency(word)?);
            }
        }
        Ok(frequencies)
    }

    /// Which of each group, and of each of its parts after it, `some_words` looks up.
    pub(crate) fn looked_up(&self, question: &Question) -> tantivy::Result<Vec<bool>> {
        Ok(looked_up(&self.frequencies(question)?))
    }

    /// What meets each group, by itself.
    pub(crate) fn groups(&self) -> &[Box<dyn Query>] {
        &self.groups
    }

    /// What meets the parts of each group, by itself.
    pub(crate) fn parts(&self) -> &[Vec<Box<dyn Query>>] {
        &self.parts
    }

    /// A word in any field, each with its weight; all of them times `weight`.
    fn anywhere(&self, word: &str, weight: f32) -> Box<dyn Query> {
        let in_field = |(_, field, of_field)| (self.words.term(field, word), of_field * weight);
        Box::new(Anywhere::new(fields(self.fields).map(in_field), OTHER_FIELDS))
    }

    fn group(&self, group: &Group) -> Box<dyn Query> {
        let mut forms: Vec<Box<dyn Query>> = group.forms.iter().map(|form| self.form(form)).collect();
        match forms.len() {
            1 => forms.remove(0),
            // A product is not the better for being called by several of them.
            _ => Box::new(DisjunctionMaxQuery::new(forms)),
        }
    }

    fn form(&self, form: &Form) -> Box<dyn Query> {
        all(form.words.iter().map(|word| self.anywhere(word, form.weight)).collect())
    }

    fn with_the_first(&self, mut alternatives: Vec<Box<dyn Query>>) -> Box<dyn Query> {
        alternatives.extend(self.exact.as_ref().map(|exact| exact.box_clone()));
        alternatives.extend(copies(&self.pins));
        any(alternatives)
    }
}

/// Which of words that are so frequent are looked up: each is as much work as it is frequent, and tells the less.
fn looked_up(frequencies: &[u64]) -> Vec<bool> {
    let mut rarest_first: Vec<usize> = (0..frequencies.len()).filter(|&word| frequencies[word] > 0).collect();
    rarest_first.sort_by_key(|&word| frequencies[word]);
    let mut are_looked_up: Vec<bool> = frequencies.iter().map(|&frequency| frequency == 0).collect();
    let mut products = 0;
    for (place, word) in rarest_first.into_iter().enumerate() {
        products += frequencies[word];
        are_looked_up[word] = place < ALWAYS_LOOKED_UP || products <= LOOKED_UP_MAX;
    }
    are_looked_up
}

fn copies(queries: &[Box<dyn Query>]) -> Vec<Box<dyn Query>> {
    queries.iter().map(|query| query.box_clone()).collect()
}

fn all(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::intersection(queries)) }
}

fn any(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.len() == 1 { queries.remove(0) } else { Box::new(BooleanQuery::union(queries)) }
}

fn constant(score: f32, query: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

fn term_query(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_words_the_most_frequent_are_left_out() {
        let check = |frequencies: &[u64], answer: &str| {
            let told: String = looked_up(frequencies).into_iter().map(|is| if is { 'x' } else { '-' }).collect();
            assert_eq!(told, answer, "{frequencies:?}");
        };
        check(&[], "");
        check(&[0, 7], "xx");
        // However frequent, where they are few; what nobody has is none of them.
        check(&[900_000, 800_000, 1_000_000], "xxx");
        check(&[0, 0, 0, 0, 300_000], "xxxxx");
        check(&[100_000, 90_000, 10_000, 50_000], "xxxx");
        check(&[100_000, 90_000, 10_000, 50_001], "-xxx");
        check(&[1, 1, 1, 1, 250_000, 2], "xxxx-x");
        check(&[900_000; 6], "xxx---");
    }
}
