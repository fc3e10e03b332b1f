//! A word looked up in several fields at once: a document counts by the field where the word weighs most, and the others add
//! a share of theirs.
//!
//! Tantivy's `DisjunctionMaxQuery` gives the same, one posting after the other through several layers. A frequent word has a
//! million postings, so here they are read block by block into a window of documents:
//!
//! ```text
//!  title        ..128 docs..|..128 docs..|
//!  labels       ..128 docs..|                 --> best and sum of each document in the window
//!  description  ..128 docs..|..128 docs..|
//! ```
#![expect(clippy::float_arithmetic, reason = "scores are statistics; no money is near")]

#[cfg(test)]
mod tests;
mod window;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::{Bm25Weight, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

use self::window::{Cursor, Window, combined};

/// Whoever asks for documents that lie further apart than this on average is better served one by one.
const DENSE_GAP: u32 = 16;

#[derive(Debug, Clone)]
pub(crate) struct Anywhere {
    /// The word in each field, and how much it counts there.
    fields: Vec<(Term, f32)>,
    share: f32,
}

struct AnywhereWeight {
    fields: Vec<(Term, Option<Bm25Weight>)>,
    share: f32,
}

struct AnywhereScorer {
    cursors: Vec<Cursor>,
    share: f32,
    size_hint: u32,
    window: Window,
    doc: DocId,
    score: Score,
    /// How far the targets of the last seeks beyond the window lay apart, about.
    gap: u32,
}

impl Anywhere {
    /// What the other fields than the best add is `share` of their worth.
    pub(crate) fn new(fields: impl IntoIterator<Item = (Term, f32)>, share: f32) -> Anywhere {
        Anywhere { fields: fields.into_iter().collect(), share }
    }
}

impl Query for Anywhere {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let mut fields = Vec::with_capacity(self.fields.len());
        for (term, weight) in &self.fields {
            let similarity = match &scoring {
                EnableScoring::Enabled { statistics_provider, .. } => {
                    if statistics_provider.doc_freq(term)? == 0 {
                        continue;
                    }
                    Some(Bm25Weight::for_terms(*statistics_provider, std::slice::from_ref(term))?.boost_by(*weight))
                }
                EnableScoring::Disabled { .. } => None,
            };
            fields.push((term.clone(), similarity));
        }
        Ok(Box::new(AnywhereWeight { fields, share: self.share }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.fields.iter().for_each(|(term, _)| visitor(term, false));
    }
}

impl AnywhereWeight {
    /// Before the first document.
    fn open(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<AnywhereScorer> {
        let mut cursors = Vec::with_capacity(self.fields.len());
        for (term, similarity) in &self.fields {
            let option = if similarity.is_some() { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
            let index = reader.inverted_index(term.field())?;
            let Some(postings) = index.read_block_postings(term, option)? else { continue };
            let scoring = match similarity {
                Some(similarity) => {
                    let norms = reader.fieldnorms_readers().get_field(term.field())?;
                    let norms = norms.unwrap_or_else(|| FieldNormReader::constant(reader.max_doc(), 1));
                    Some((norms, similarity.boost_by(boost)))
                }
                None => None,
            };
            cursors.push(Cursor { postings, at: 0, scoring });
        }
        let postings = cursors.iter().map(|cursor| u64::from(cursor.postings.doc_freq())).sum::<u64>();
        Ok(AnywhereScorer {
            cursors,
            share: self.share,
            size_hint: u32::try_from(postings).unwrap_or(u32::MAX).min(reader.max_doc()),
            window: Window::empty(),
            doc: 0,
            score: 0.0,
            gap: DENSE_GAP,
        })
    }
}

impl Weight for AnywhereWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scorer = self.open(reader, boost)?;
        scorer.advance();
        Ok(Box::new(scorer))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Err(TantivyError::InvalidArgument(format!("document {doc} has not the word")));
        }
        Ok(Explanation::new("the best field, and a share of the others", scorer.score()))
    }

    fn for_each(&self, reader: &SegmentReader, visit: &mut dyn FnMut(DocId, Score)) -> tantivy::Result<()> {
        let mut scorer = self.open(reader, 1.0)?;
        while scorer.fill() {
            while let Some(at) = scorer.window.pop() {
                let doc = scorer.window.from + at;
                visit(doc, scorer.window.take_score(at, scorer.share));
            }
        }
        Ok(())
    }
}

impl AnywhereScorer {
    /// Gathers the next documents that have the word into the window, which has to be empty. False: there are none.
    fn fill(&mut self) -> bool {
        let Some(from) = self.cursors.iter().filter_map(Cursor::doc).min() else { return false };
        (self.window.from, self.window.bucket) = (from, 0);
        self.cursors.iter_mut().for_each(|cursor| cursor.gather(&mut self.window));
        true
    }

    /// The first document from `target` on, alone.
    fn point(&mut self, target: DocId) -> DocId {
        self.cursors.iter_mut().for_each(|cursor| cursor.seek(target));
        self.doc = self.cursors.iter().filter_map(Cursor::doc).min().unwrap_or(TERMINATED);
        let (mut best, mut sum) = (0.0, 0.0);
        for cursor in self.cursors.iter_mut().filter(|cursor| cursor.doc() == Some(self.doc)) {
            let score = cursor.take();
            best = score.max(best);
            sum += score;
        }
        self.score = combined(best, sum, self.share);
        self.doc
    }
}

impl DocSet for AnywhereScorer {
    fn advance(&mut self) -> DocId {
        let next = match self.window.pop() {
            Some(at) => Some(at),
            None if self.fill() => self.window.pop(),
            None => None,
        };
        self.doc = match next {
            Some(at) => {
                self.score = self.window.take_score(at, self.share);
                self.window.from + at
            }
            None => TERMINATED,
        };
        self.doc
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.window.skip_to(target);
        if !self.window.is_over() {
            return self.advance();
        }
        self.gap = ((u64::from(self.gap) * 7 + u64::from(target - self.doc)) / 8).try_into().unwrap_or(u32::MAX);
        if self.gap > DENSE_GAP {
            return self.point(target);
        }
        self.cursors.iter_mut().for_each(|cursor| cursor.seek(target));
        self.advance()
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.size_hint
    }
}

impl Scorer for AnywhereScorer {
    fn score(&mut self) -> Score {
        self.score
    }
}
