//! The order of results. Each document has up to three sort keys as numbers of which the larger
//! stands first, and its id to settle ties.
//!
//! Titles and ids are compared by their ordinals, which order a segment but mean nothing outside
//! it. So each segment keeps its own best, and the few that remain are compared by their values.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};
use tantivy::DocId;
use tantivy::columnar::{StrColumn, TermOrdHit};

use crate::error::{Error, QueryError};
use crate::query::{Query, SORTS_MAX, Sort};
use crate::ranking::{self, Gains, Ranking, Ruled, Signals};
use crate::segment::Segment;

const DAY_MS: i64 = 86_400_000;
/// In units of the last place of a score.
const ROUNDING: u64 = 16;

pub(crate) type Keys = [u64; SORTS_MAX];

/// Which orders apply, most weighty first.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    sorts: Vec<By>,
    ranking: Ranking,
    gains: Gains,
    /// The beginning of the day: within one, what is new stays as new as it is, and cursors lead back to their places.
    today_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Score,
    Recency,
    Price { ascending: bool },
    CreatedAt { ascending: bool },
    Title { ascending: bool },
}

/// The value of a sort key, the same in every segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Number(i64),
    Text(String),
}

/// Where a document stands among all; what a cursor remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) values: Vec<Value>,
    pub(crate) id: String,
}

/// A document and where it stands within its segment. The greater stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) keys: Keys,
    pub(crate) id_ord: Reverse<u64>,
    pub(crate) doc: DocId,
    /// What its words are worth, as bits: ids settle the order before they could.
    text_score: u32,
}

/// The best documents of a segment.
pub(crate) struct Best {
    capacity: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
}

impl Order {
    pub(crate) fn new(query: &Query) -> Order {
        let relevance = if query.is_without_text() { By::Recency } else { By::Score };
        let by = |sort: &Sort| match sort {
            Sort::Relevance => relevance,
            Sort::PriceAscending => By::Price { ascending: true },
            Sort::PriceDescending => By::Price { ascending: false },
            Sort::Oldest => By::CreatedAt { ascending: true },
            Sort::Newest => By::CreatedAt { ascending: false },
            Sort::TitleAscending => By::Title { ascending: true },
            Sort::TitleDescending => By::Title { ascending: false },
        };
        let mut sorts: Vec<By> = query.sort.iter().map(by).collect();
        if sorts.is_empty() {
            sorts.push(relevance);
        }
        Order {
            sorts,
            ranking: query.ranking,
            gains: Gains::at_most(&query.ranking),
            today_ms: query.now_ms.div_euclid(DAY_MS) * DAY_MS,
        }
    }

    /// Who asks for another order gets it: relevance may still decide between equals.
    pub(crate) fn is_by_relevance(&self) -> bool {
        matches!(self.sorts.first(), Some(By::Score | By::Recency))
    }

    pub(crate) fn needs_score(&self) -> bool {
        self.sorts.contains(&By::Score)
    }

    pub(crate) fn signals(&self, segment: &Segment, doc: DocId) -> Signals {
        Signals {
            availability: segment.availability(doc),
            popularity: segment.popularity.first(doc).unwrap_or(0),
            rating: segment.ratings.first(doc).unwrap_or(0),
            age_ms: self.today_ms.saturating_sub(segment.created_at.first(doc).unwrap_or(0)),
        }
    }

    pub(crate) fn candidate(&self, segment: &Segment, doc: DocId, score: f32, ruled: Ruled) -> Candidate {
        let mut keys = Keys::default();
        for (key, by) in keys.iter_mut().zip(&self.sorts) {
            *key = match *by {
                By::Score => {
                    let score = ranking::score(score, &self.signals(segment, doc), &self.ranking, ruled);
                    u64::from(score.to_bits())
                }
                By::Recency => {
                    let created_at = segment.created_at.first(doc).unwrap_or(0);
                    number_key(ranking::recency(created_at, segment.availability(doc), ruled), false)
                }
                By::Price { ascending } => number_key(segment.prices.first(doc).unwrap_or(0), ascending),
                By::CreatedAt { ascending } => number_key(segment.created_at.first(doc).unwrap_or(0), ascending),
                By::Title { ascending } => directed(title_ord(segment, doc), ascending),
            };
        }
        let id_ord = segment.ids.ords().first(doc).unwrap_or(u64::MAX);
        Candidate { keys, id_ord: Reverse(id_ord), doc, text_score: score.to_bits() }
    }

    /// Whether a match can be told from its words alone to stand behind all that are kept. Most can, and are spared a look at
    /// their signals.
    pub(crate) fn is_hopeless(&self, text_score: f32, ruled: Ruled, best: &Best) -> bool {
        self.is_behind(text_score, self.gains, ruled, best)
    }

    /// The same from its words and how popular it is: of the signals the one that weighs most.
    pub(crate) fn is_unwanted(
        &self,
        segment: &Segment,
        doc: DocId,
        text_score: f32,
        ruled: Ruled,
        best: &Best,
    ) -> bool {
        let gains = self.gains.with_popularity(segment.popularity.first(doc).unwrap_or(0));
        self.is_behind(text_score, gains, ruled, best)
    }

    fn is_behind(&self, text_score: f32, gains: Gains, ruled: Ruled, best: &Best) -> bool {
        let (Some(By::Score), Some(worst)) = (self.sorts.first(), best.worst()) else { return false };
        let at_most = ranking::score_at_most(text_score, gains, ruled);
        // Products are rounded, so that equals may differ in the last places.
        u64::from(at_most.to_bits()) + ROUNDING < worst.keys[0]
    }

    /// The score among a candidate's keys; 0 where the order does not look at scores.
    pub(crate) fn score(&self, candidate: &Candidate) -> f32 {
        let key = self.sorts.iter().zip(candidate.keys).find(|(by, _)| **by == By::Score);
        let bits = key.map_or(0, |(_, key)| u32::try_from(key).expect("a score has 32 bits"));
        f32::from_bits(bits)
    }

    /// Where candidates of a segment stand among those of all.
    pub(crate) fn places(&self, segment: &Segment, candidates: &[Candidate]) -> tantivy::Result<Vec<Place>> {
        let ids = segment.ids_at(&candidates.iter().map(|candidate| candidate.id_ord.0).collect::<Vec<_>>())?;
        let mut places: Vec<Place> = ids.into_iter().map(|id| Place { values: Vec::new(), id }).collect();
        for (position, by) in self.sorts.iter().enumerate() {
            let keys = candidates.iter().map(|candidate| candidate.keys[position]);
            let values: Vec<Value> = match *by {
                By::Score => keys.map(|key| Value::Number(i64::try_from(key).expect("a score has 32 bits"))).collect(),
                By::Recency => keys.map(|key| Value::Number(key_number(key, false))).collect(),
                By::Price { ascending } | By::CreatedAt { ascending } => {
                    keys.map(|key| Value::Number(key_number(key, ascending))).collect()
                }
                By::Title { ascending } => {
                    let ords: Vec<u64> = keys.map(|key| directed(key, ascending)).collect();
                    segment.titles_at(&ords)?.into_iter().map(Value::Text).collect()
                }
            };
            places.iter_mut().zip(values).for_each(|(place, value)| place.values.push(value));
        }
        Ok(places)
    }

    /// Which of two places stands first.
    pub(crate) fn compare(&self, a: &Place, b: &Place) -> Ordering {
        for ((a, b), by) in a.values.iter().zip(&b.values).zip(&self.sorts) {
            let ordering = if by.is_ascending() { a.cmp(b) } else { b.cmp(a) };
            if ordering.is_ne() {
                return ordering;
            }
        }
        a.id.cmp(&b.id)
    }

    /// Where, in this segment, what follows the place begins.
    pub(crate) fn after(&self, segment: &Segment, place: &Place) -> Result<After, Error> {
        if place.values.len() != self.sorts.len() {
            return Err(QueryError::MalformedCursor.into());
        }
        let mut keys = Keys::default();
        for (position, (by, value)) in self.sorts.iter().zip(&place.values).enumerate() {
            keys[position] = match (*by, value) {
                (By::Score, Value::Number(bits)) => u64::try_from(*bits).map_err(|_| QueryError::MalformedCursor)?,
                (By::Recency, Value::Number(number)) => number_key(*number, false),
                (By::Price { ascending } | By::CreatedAt { ascending }, Value::Number(number)) => {
                    number_key(*number, ascending)
                }
                (By::Title { ascending }, Value::Text(title)) => match ord_or_next(segment.titles.as_ref(), title)? {
                    TermOrdHit::Exact(ord) => directed(ord, ascending),
                    TermOrdHit::Next(next) => {
                        return Ok(After::gap(keys, position, next, ascending));
                    }
                },
                (By::Title { .. }, Value::Number(_))
                | (By::Score | By::Recency | By::Price { .. } | By::CreatedAt { .. }, Value::Text(_)) => {
                    return Err(QueryError::MalformedCursor.into());
                }
            };
        }
        let id_from = match ord_or_next(Some(&segment.ids), &place.id)? {
            TermOrdHit::Exact(ord) => ord + 1,
            TermOrdHit::Next(next) => next,
        };
        Ok(After { keys, id_from })
    }
}

/// Bounds what follows a place within a segment: lesser keys, or equal keys and an id from here on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct After {
    keys: Keys,
    id_from: u64,
}

impl After {
    pub(crate) fn admits(&self, candidate: &Candidate) -> bool {
        match candidate.keys.cmp(&self.keys) {
            Ordering::Less => true,
            Ordering::Equal => candidate.id_ord.0 >= self.id_from,
            Ordering::Greater => false,
        }
    }

    /// No document has the title: it would stand before `next`, and those on its far side follow,
    /// whatever their other keys are.
    fn gap(mut keys: Keys, position: usize, next: u64, ascending: bool) -> After {
        keys[position] = directed(next, ascending);
        let (rest, id_from) = if ascending { (u64::MAX, 0) } else { (0, u64::MAX) };
        keys[position + 1..].fill(rest);
        After { keys, id_from }
    }
}

impl Candidate {
    pub(crate) fn text_score(&self) -> f32 {
        f32::from_bits(self.text_score)
    }
}

impl Best {
    pub(crate) fn new(capacity: usize) -> Best {
        Best { capacity, heap: BinaryHeap::with_capacity(capacity + 1) }
    }

    pub(crate) fn offer(&mut self, candidate: Candidate) {
        if self.heap.len() < self.capacity {
            self.heap.push(Reverse(candidate));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && worst.0 < candidate
        {
            *worst = Reverse(candidate);
        }
    }

    /// The last of the kept, if another would push it out.
    fn worst(&self) -> Option<&Candidate> {
        let is_full = self.heap.len() >= self.capacity;
        self.heap.peek().filter(|_| is_full).map(|Reverse(worst)| worst)
    }

    /// In no particular order.
    pub(crate) fn into_candidates(self) -> impl Iterator<Item = Candidate> {
        self.heap.into_iter().map(|Reverse(candidate)| candidate)
    }
}

impl By {
    fn is_ascending(self) -> bool {
        match self {
            By::Score | By::Recency => false,
            By::Price { ascending } | By::CreatedAt { ascending } | By::Title { ascending } => ascending,
        }
    }
}

fn title_ord(segment: &Segment, doc: DocId) -> u64 {
    segment.titles.as_ref().and_then(|titles| titles.ords().first(doc)).unwrap_or(0)
}

fn ord_or_next(column: Option<&StrColumn>, text: &str) -> std::io::Result<TermOrdHit> {
    match column {
        Some(column) => column.dictionary().term_ord_or_next(text),
        None => Ok(TermOrdHit::Next(0)),
    }
}

/// Keys grow towards the front of the results.
fn directed(key: u64, ascending: bool) -> u64 {
    if ascending { !key } else { key }
}

/// Unsigned numbers in the order of the signed ones.
fn number_key(number: i64, ascending: bool) -> u64 {
    directed(number.cast_unsigned() ^ (1 << 63), ascending)
}

fn key_number(key: u64, ascending: bool) -> i64 {
    (directed(key, ascending) ^ (1 << 63)).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_the_order_of_numbers_and_give_them_back() {
        let numbers = [i64::MIN, -1, 0, 1, 99_900, i64::MAX];
        for ascending in [false, true] {
            assert!(numbers.iter().all(|n| key_number(number_key(*n, ascending), ascending) == *n));
            let keys = numbers.map(|n| number_key(n, ascending));
            assert_eq!(keys.is_sorted(), !ascending);
            assert_eq!(keys.is_sorted_by(|a, b| a > b), ascending);
        }
    }

    #[test]
    fn the_best_are_kept() {
        let mut best = Best::new(2);
        for (key, id) in [(5, 1), (9, 7), (5, 0), (1, 0), (9, 6)] {
            best.offer(Candidate { keys: [key, 0, 0], id_ord: Reverse(id), doc: 0, text_score: 0 });
        }
        let mut kept: Vec<(u64, u64)> = best.into_candidates().map(|c| (c.keys[0], c.id_ord.0)).collect();
        kept.sort_unstable();
        assert_eq!(kept, [(9, 6), (9, 7)]);
    }
}
