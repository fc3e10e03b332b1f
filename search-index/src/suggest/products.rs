//! Words and products that go with what was typed.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::query::{BooleanQuery, ConstScoreQuery, EnableScoring, Query, TermQuery};
use tantivy::schema::{IndexRecordOption, Value as _};
use tantivy::{DocAddress, TERMINATED, TantivyDocument};

use super::fit::{Typed, distance, written};
use super::{SuggestedProduct, SuggestedScope};
use crate::analysis::{is_in_pairs, sort_key};
use crate::document::Availability;
use crate::snapshot::Snapshot;
use crate::vocabulary::{Like, StoreWords, Vocabulary};

/// Words that an unfinished one may become.
const BECOMES_MAX: usize = 24;
/// Products that are looked at for the best of them, and for where they lie; some of each segment.
const LOOKED_AT_MAX: usize = 10_000;
const SCOPES_LOOKED_AT: usize = 4_000;
const FROM_EACH_SEGMENT: u64 = 100;
const COUNTED_MAX: usize = 2_000;
/// One letter begins too much.
const PRODUCTS_FROM_CHARS: usize = 2;
/// A category is worth a suggestion of its own that holds neither nearly none nor nearly all, in percent.
const SCOPE_PERCENT: std::ops::RangeInclusive<u64> = 5..=90;
const SCOPES_SHOWN: usize = 3;

pub(super) struct Products<'a> {
    snapshot: &'a Snapshot,
    words: &'a StoreWords<'a>,
    /// What each typed word may be, the likeliest first.
    may_be: Vec<Vec<Like>>,
    /// Whether the last word is too short to say what it may be, and is not among these.
    is_left_open: bool,
}

impl<'a> Products<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        words: &'a StoreWords<'a>,
        typed: &Typed,
    ) -> tantivy::Result<Products<'a>> {
        let (mut may_be, mut is_left_open) = (Vec::new(), false);
        let is_short = |word: &String| word.chars().count() < PRODUCTS_FROM_CHARS;
        let is_all_short = typed.written.iter().all(is_short);
        for word in &typed.written {
            if is_short(word) {
                // A letter or a digit is itself, as in "t-shirt"; or it is the beginning of anything.
                let frequency = words.called(word)?;
                is_left_open = frequency == 0;
                match frequency {
                    0 if is_all_short => may_be.push(Vec::new()),
                    0 => {}
                    frequency => may_be.push(vec![Like { word: word.clone(), distance: 0, frequency }]),
                }
                continue;
            }
            is_left_open = false;
            // Also what is not the last may have been left unfinished: "mech keyb".
            let mut becomes = words.beginning_with(word, BECOMES_MAX)?;
            if let (true, Some(distance)) = (becomes.is_empty(), distance(word)) {
                becomes = words.like(word, distance, true)?;
                becomes.sort_by_key(|like| (like.distance, Reverse(like.frequency)));
                becomes.truncate(BECOMES_MAX);
            }
            may_be.push(becomes);
        }
        Ok(Products { snapshot, words, may_be, is_left_open })
    }

    /// Whether products have words that begin as it is typed.
    pub(super) fn are_as_typed(&self) -> bool {
        let is_as_typed = |likes: &Vec<Like>| likes.first().is_some_and(|like| like.distance == 0);
        !self.may_be.is_empty() && self.may_be.iter().all(is_as_typed)
    }

    /// The text with its last word finished, those that most products have first.
    pub(super) fn completions(&self, limit: usize) -> tantivy::Result<Vec<String>> {
        if self.is_left_open {
            // It would be less than what was typed.
            return Ok(Vec::new());
        }
        let Some((last, before)) = self.may_be.split_last() else { return Ok(Vec::new()) };
        let Some(beginning) = before.iter().map(|may_be| may_be.first()).collect::<Option<Vec<&Like>>>() else {
            return Ok(Vec::new());
        };
        let mut completed = Vec::new();
        for like in last.iter().take(limit * 2) {
            let chosen: Vec<Vec<Like>> =
                beginning.iter().copied().chain([like]).map(|like| vec![like.clone()]).collect();
            // How many products have a word is known for all of them, and whether they are still there is not.
            let living = self.count(&chosen)?;
            // What is not written in words is not completed word by word.
            if living > 0 && !chosen.iter().any(|chosen| is_in_pairs(&chosen[0].word)) {
                let text: Vec<&str> = chosen.iter().map(|chosen| chosen[0].word.as_str()).collect();
                completed.push((if before.is_empty() { like.frequency } else { living }, text.join(" ")));
            }
        }
        completed.sort_by_key(|(found, _)| Reverse(*found));
        Ok(completed.into_iter().map(|(_, text)| text).take(limit).collect())
    }

    /// The products that are wanted most, those that can be bought first.
    pub(super) fn best(&self, limit: usize) -> tantivy::Result<Vec<SuggestedProduct>> {
        let mut best: BinaryHeap<Reverse<(bool, u64, Reverse<DocAddress>)>> = BinaryHeap::new();
        self.visit(&self.may_be, LOOKED_AT_MAX, |address| {
            let segment = &self.snapshot.segments[address.segment_ord as usize];
            let can_be_bought = segment.availability(address.doc_id) != Availability::SoldOut;
            let popularity = segment.popularity.first(address.doc_id).unwrap_or(0);
            best.push(Reverse((can_be_bought, popularity, Reverse(address))));
            if best.len() > limit {
                best.pop();
            }
        })?;
        let best = best.into_sorted_vec();
        best.into_iter().map(|Reverse((_, _, Reverse(address)))| self.product(address)).collect()
    }

    /// Categories among which the products of a text are divided.
    pub(super) fn scoped(&self, text: Option<&String>, limit: usize) -> tantivy::Result<Vec<SuggestedScope>> {
        let Some(text) = text else { return Ok(Vec::new()) };
        let chosen: Vec<Vec<Like>> =
            written(text).into_iter().map(|word| vec![Like { word, distance: 0, frequency: 0 }]).collect();
        let folded = sort_key(text);
        let names = &self.snapshot.dictionary.categories;
        let mut found = 0;
        let mut counts = vec![0u64; names.len()];
        self.visit(&chosen, SCOPES_LOOKED_AT, |address| {
            found += 1;
            let segment = &self.snapshot.segments[address.segment_ord as usize];
            for category in segment.categories.of(address.doc_id) {
                counts[*category as usize] += 1;
            }
        })?;
        let says_more = |number: u32| !folded.split(' ').any(|word| names.get(number).folded.contains(word));
        let mut scopes: Vec<(u64, u32)> = counts
            .into_iter()
            .zip(0u32..)
            .filter(|(count, _)| *count > 0)
            .filter(|(count, number)| SCOPE_PERCENT.contains(&(count * 100 / found)) && says_more(*number))
            .collect();
        scopes.sort_by_key(|(count, number)| (Reverse(*count), &names.get(*number).slug));
        scopes.truncate(SCOPES_SHOWN.min(limit));
        let shown = scopes.into_iter().map(|(_, number)| {
            let name = names.get(number);
            SuggestedScope { text: text.clone(), slug: name.slug.to_string(), label: name.label.to_string() }
        });
        Ok(shown.collect())
    }

    fn count(&self, chosen: &[Vec<Like>]) -> tantivy::Result<u64> {
        let mut count = 0;
        self.visit(chosen, COUNTED_MAX, |_| count += 1)?;
        Ok(count)
    }

    /// Living products that are called by one of the words for each that was typed, at most so many of them.
    fn visit(&self, may_be: &[Vec<Like>], at_most: usize, mut visit: impl FnMut(DocAddress)) -> tantivy::Result<()> {
        if may_be.is_empty() || may_be.iter().any(Vec::is_empty) {
            return Ok(());
        }
        let field = self.snapshot.store.fields.surface;
        let any_of = |words: &Vec<Like>| -> Box<dyn Query> {
            let term = |like: &Like| -> Box<dyn Query> {
                Box::new(TermQuery::new(self.words.term(field, &like.word), IndexRecordOption::Basic))
            };
            Box::new(ConstScoreQuery::new(Box::new(BooleanQuery::union(words.iter().map(term).collect())), 0.0))
        };
        let all = BooleanQuery::intersection(may_be.iter().map(any_of).collect());
        let weight = all.weight(EnableScoring::disabled_from_searcher(&self.snapshot.searcher))?;
        let documents = self.snapshot.searcher.num_docs().max(1);
        for (segment_ord, reader) in (0u32..).zip(self.snapshot.searcher.segment_readers()) {
            let share = (at_most as u64 * u64::from(reader.num_docs())).div_ceil(documents);
            let mut left = share.max(FROM_EACH_SEGMENT);
            let mut docs = weight.scorer(reader, 1.0)?;
            let mut doc = docs.doc();
            while doc != TERMINATED && left > 0 {
                if !reader.is_deleted(doc) {
                    visit(DocAddress::new(segment_ord, doc));
                }
                left -= 1;
                doc = docs.advance();
            }
        }
        Ok(())
    }

    fn product(&self, address: DocAddress) -> tantivy::Result<SuggestedProduct> {
        let fields = &self.snapshot.store.fields;
        let document: TantivyDocument = self.snapshot.searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let segment = &self.snapshot.segments[address.segment_ord as usize];
        Ok(SuggestedProduct { id: segment.id_of(address.doc_id)?, stored: text(fields.stored) })
    }
}
