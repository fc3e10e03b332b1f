//! What of a segment's matches is a result: counted, filtered and compared with the best so far.
//!
//! A frequent word matches hundreds of thousands of documents. They are looked at some at a time, and these at one column
//! after the other, which is read in a row then.

use tantivy::{DocAddress, DocId};

use crate::filter::{ActiveFilters, Aspect, Verdict};
use crate::nearest::Nearest;
use crate::order::{After, Best, Order};
use crate::promotion::Promoted;
use crate::ranking::Ruled;
use crate::segment::Segment;

/// Looked at together.
const SOME: usize = 1024;

/// The documents of a segment that are counted: those that pass all filters, and those that one filter alone holds back.
#[derive(Default)]
pub(crate) struct Sifted {
    pub(crate) passing: Vec<DocId>,
    pub(crate) held_back: Vec<(Aspect, Vec<DocId>)>,
}

/// Which documents are kept, to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    None,
    Passing,
    /// Those as well that one filter alone holds back.
    HeldBackToo,
}

pub(crate) struct Sieve<'a> {
    pub(crate) segment: &'a Segment,
    pub(crate) segment_ord: u32,
    pub(crate) order: &'a Order,
    pub(crate) filters: &'a ActiveFilters,
    pub(crate) promoted: &'a Promoted<'a>,
    pub(crate) after: Option<After>,
    pub(crate) nearest: &'a mut Nearest,
    pub(crate) kept: Kept,
    pub(crate) state: State,
}

/// What came of the documents that were looked at.
pub(crate) struct State {
    pub(crate) best: Best,
    pub(crate) sifted: Sifted,
    /// How many match the text; without one, how many were looked at.
    pub(crate) matching: u64,
    /// How many of them, with those that are pinned, the filters let pass.
    pub(crate) passing: u64,
    /// What no rule moves and is worth no more by its words stands behind all that are kept.
    hopeless: Option<f32>,
    docs: Vec<DocId>,
    scores: Vec<f32>,
    verdicts: Vec<Verdict>,
}

impl State {
    pub(crate) fn new(wanted: usize, filters: &ActiveFilters) -> State {
        let held_back = filters.aspects().iter().map(|aspect| (*aspect, Vec::new())).collect();
        State {
            best: Best::new(wanted),
            sifted: Sifted { passing: Vec::new(), held_back },
            matching: 0,
            passing: 0,
            hopeless: None,
            docs: Vec::with_capacity(SOME),
            scores: Vec::with_capacity(SOME),
            verdicts: Vec::with_capacity(SOME),
        }
    }
}

impl Sieve<'_> {
    /// The living documents that match, in their order.
    pub(crate) fn add(&mut self, doc: DocId, text_score: f32) {
        self.state.docs.push(doc);
        self.state.scores.push(text_score);
        if self.state.docs.len() == SOME {
            self.sift();
        }
    }

    pub(crate) fn finish(mut self) -> State {
        self.sift();
        self.state
    }

    fn sift(&mut self) {
        let mut docs = std::mem::take(&mut self.state.docs);
        let mut scores = std::mem::take(&mut self.state.scores);
        let mut verdicts = std::mem::take(&mut self.state.verdicts);
        self.filters.judge(self.segment, &docs, &mut verdicts);
        let is_ruled = !self.promoted.is_neutral();
        for ((&doc, &text_score), &verdict) in docs.iter().zip(&scores).zip(&verdicts) {
            let ruled = if is_ruled { self.promoted.of(self.segment, doc) } else { Ruled::NEUTRAL };
            if ruled.factor <= 0.0 && ruled.pinned.is_none() {
                continue;
            }
            // What the shop pinned is there whether it matches or not.
            if ruled.pinned.is_none() || text_score > 0.0 {
                self.state.matching += 1;
                if self.nearest.is_wanted() {
                    self.nearest.offer(text_score, DocAddress::new(self.segment_ord, doc));
                }
            }
            match verdict {
                Verdict::PASSES => self.pass(doc, text_score, ruled),
                Verdict::MISSES => {}
                held_back if self.kept == Kept::HeldBackToo => {
                    self.state.sifted.held_back[held_back.place()].1.push(doc)
                }
                _ => {}
            }
        }
        docs.clear();
        scores.clear();
        (self.state.docs, self.state.scores, self.state.verdicts) = (docs, scores, verdicts);
    }

    fn pass(&mut self, doc: DocId, text_score: f32, ruled: Ruled) {
        let state = &mut self.state;
        state.passing += 1;
        if self.kept != Kept::None {
            state.sifted.passing.push(doc);
        }
        // Most are told from their words alone to be too bad, and are spared a look at their signals.
        let is_neutral = ruled == Ruled::NEUTRAL;
        if is_neutral && state.hopeless.is_some_and(|hopeless| text_score <= hopeless) {
            return;
        }
        if self.order.is_hopeless(text_score, ruled, &state.best) {
            if is_neutral {
                state.hopeless = Some(text_score);
            }
            return;
        }
        if self.order.is_unwanted(self.segment, doc, text_score, ruled, &state.best) {
            return;
        }
        let candidate = self.order.candidate(self.segment, doc, text_score, ruled);
        if self.after.is_none_or(|after| after.admits(&candidate)) {
            state.best.offer(candidate);
        }
    }
}
