//! Postings read block by block into a window of documents.
//!
//! What is done for each posting says `inline`: across files the compiler does not do it by itself, and a word takes half as long
//! again.
#![expect(clippy::float_arithmetic, reason = "scores are statistics; no money is near")]

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::Bm25Weight;
use tantivy::{DocId, Score};

/// A window's numbers fit into the nearest cache.
const WINDOW: u32 = 4096;
const BUCKETS: usize = WINDOW as usize / 64;

/// The postings of the word in one field, behind those that were taken.
pub(super) struct Cursor {
    pub(super) postings: BlockSegmentPostings,
    pub(super) at: usize,
    pub(super) scoring: Option<(FieldNormReader, Bm25Weight)>,
}

/// Documents in a row. Those that were visited leave nothing behind.
pub(super) struct Window {
    pub(super) from: DocId,
    pub(super) bucket: usize,
    waiting: [u64; BUCKETS],
    best: Box<[Score; WINDOW as usize]>,
    sum: Box<[Score; WINDOW as usize]>,
}

impl Cursor {
    /// None: there are no more.
    #[inline]
    pub(super) fn doc(&self) -> Option<DocId> {
        self.postings.docs().get(self.at).copied()
    }

    pub(super) fn seek(&mut self, target: DocId) {
        if self.doc().is_some_and(|doc| doc < target) {
            self.at = self.postings.seek(target);
        }
    }

    /// Goes on behind the current document; says what that is worth.
    pub(super) fn take(&mut self) -> Score {
        let doc = self.postings.doc(self.at);
        let score = match &self.scoring {
            Some((norms, similarity)) => similarity.score(norms.fieldnorm_id(doc), self.postings.freq(self.at)),
            None => 0.0,
        };
        self.leave(1);
        score
    }

    fn leave(&mut self, taken: usize) {
        self.at += taken;
        if self.at == self.postings.block_len() {
            self.postings.advance();
            self.at = 0;
        }
    }

    /// Adds what lies in the window to it.
    pub(super) fn gather(&mut self, window: &mut Window) {
        let end = window.from.saturating_add(WINDOW);
        while self.doc().is_some_and(|doc| doc < end) {
            let docs = &self.postings.docs()[self.at..];
            let inside = if docs[docs.len() - 1] < end { docs.len() } else { docs.partition_point(|doc| *doc < end) };
            let docs = &docs[..inside];
            match &self.scoring {
                Some((norms, similarity)) => {
                    for (&doc, &frequency) in docs.iter().zip(&self.postings.freqs()[self.at..]) {
                        window.add(doc - window.from, similarity.score(norms.fieldnorm_id(doc), frequency));
                    }
                }
                None => docs.iter().for_each(|doc| window.note(doc - window.from)),
            }
            self.leave(inside);
        }
    }
}

impl Window {
    pub(super) fn empty() -> Window {
        Window {
            from: 0,
            bucket: BUCKETS,
            waiting: [0; BUCKETS],
            best: Box::new([0.0; WINDOW as usize]),
            sum: Box::new([0.0; WINDOW as usize]),
        }
    }

    #[inline]
    fn note(&mut self, at: u32) {
        self.waiting[(at / 64) as usize] |= 1 << (at % 64);
    }

    #[inline]
    fn add(&mut self, at: u32, score: Score) {
        self.note(at);
        let (best, sum) = (&mut self.best[at as usize], &mut self.sum[at as usize]);
        *best = score.max(*best);
        *sum += score;
    }

    /// The next that waits, from the beginning of the window on.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<u32> {
        while self.bucket < BUCKETS {
            let waiting = &mut self.waiting[self.bucket];
            if *waiting != 0 {
                let bit = waiting.trailing_zeros();
                *waiting &= *waiting - 1;
                return Some(u32::try_from(self.bucket * 64).expect("a window is small") + bit);
            }
            self.bucket += 1;
        }
        None
    }

    #[inline]
    pub(super) fn take_score(&mut self, at: u32, share: f32) -> Score {
        let best = std::mem::take(&mut self.best[at as usize]);
        let sum = std::mem::take(&mut self.sum[at as usize]);
        combined(best, sum, share)
    }

    /// Forgets what waits before the target.
    pub(super) fn skip_to(&mut self, target: DocId) {
        while self.bucket < BUCKETS {
            let first = self.from + u32::try_from(self.bucket * 64).expect("a window is small");
            let before = match target.saturating_sub(first) {
                0 => break,
                few @ 1..=63 => (1 << few) - 1,
                _ => u64::MAX,
            };
            let mut gone = self.waiting[self.bucket] & before;
            self.waiting[self.bucket] &= !before;
            while gone != 0 {
                let at = self.bucket * 64 + gone.trailing_zeros() as usize;
                (self.best[at], self.sum[at]) = (0.0, 0.0);
                gone &= gone - 1;
            }
            if before != u64::MAX {
                break;
            }
            self.bucket += 1;
        }
    }

    /// Whether nothing waits any more.
    pub(super) fn is_over(&self) -> bool {
        self.waiting[self.bucket.min(BUCKETS)..].iter().all(|waiting| *waiting == 0)
    }
}

#[inline]
pub(super) fn combined(best: Score, sum: Score, share: f32) -> Score {
    best + (sum - best) * share
}
