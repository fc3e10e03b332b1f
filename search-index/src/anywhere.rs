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

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Bm25Weight, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term};

/// A window's numbers fit into the nearest cache.
const WINDOW: u32 = 4096;
const BUCKETS: usize = WINDOW as usize / 64;
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

/// The postings of the word in one field, behind those that were taken.
struct Cursor {
    postings: BlockSegmentPostings,
    at: usize,
    scoring: Option<(FieldNormReader, Bm25Weight)>,
}

/// Documents in a row. Those that were visited leave nothing behind.
struct Window {
    from: DocId,
    bucket: usize,
    waiting: [u64; BUCKETS],
    best: Box<[Score; WINDOW as usize]>,
    sum: Box<[Score; WINDOW as usize]>,
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

impl Cursor {
    /// None: there are no more.
    fn doc(&self) -> Option<DocId> {
        self.postings.docs().get(self.at).copied()
    }

    fn seek(&mut self, target: DocId) {
        if self.doc().is_some_and(|doc| doc < target) {
            self.at = self.postings.seek(target);
        }
    }

    /// Goes on behind the current document; says what that is worth.
    fn take(&mut self) -> Score {
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
    fn gather(&mut self, window: &mut Window) {
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
    fn empty() -> Window {
        Window {
            from: 0,
            bucket: BUCKETS,
            waiting: [0; BUCKETS],
            best: Box::new([0.0; WINDOW as usize]),
            sum: Box::new([0.0; WINDOW as usize]),
        }
    }

    fn note(&mut self, at: u32) {
        self.waiting[(at / 64) as usize] |= 1 << (at % 64);
    }

    fn add(&mut self, at: u32, score: Score) {
        self.note(at);
        let (best, sum) = (&mut self.best[at as usize], &mut self.sum[at as usize]);
        *best = score.max(*best);
        *sum += score;
    }

    /// The next that waits, from the beginning of the window on.
    fn pop(&mut self) -> Option<u32> {
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

    fn take_score(&mut self, at: u32, share: f32) -> Score {
        let best = std::mem::take(&mut self.best[at as usize]);
        let sum = std::mem::take(&mut self.sum[at as usize]);
        combined(best, sum, share)
    }

    /// Forgets what waits before the target.
    fn skip_to(&mut self, target: DocId) {
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
    fn is_over(&self) -> bool {
        self.waiting[self.bucket.min(BUCKETS)..].iter().all(|waiting| *waiting == 0)
    }
}

fn combined(best: Score, sum: Score, share: f32) -> Score {
    best + (sum - best) * share
}

#[cfg(test)]
mod tests {
    use tantivy::query::{BoostQuery, DisjunctionMaxQuery, TermQuery};
    use tantivy::schema::{Field, STRING, Schema, TextFieldIndexing, TextOptions};
    use tantivy::{Index, IndexWriter, Searcher, TantivyDocument};

    use super::*;

    const WEIGHTS: [f32; 3] = [3.0, 2.0, 1.5];
    const SHARE: f32 = 0.2;

    /// Documents with a word in some fields, more often than not far apart.
    fn made(documents: u32, every: [u32; 3]) -> (Searcher, Vec<Field>) {
        let mut schema = Schema::builder();
        let words = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
        let option = TextOptions::default().set_indexing_options(words);
        let fields: Vec<Field> =
            (0..3).map(|field| schema.add_text_field(&field.to_string(), option.clone())).collect();
        schema.add_text_field("id", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 20 << 20).expect("a writer");
        for number in 0..documents {
            let mut document = TantivyDocument::default();
            for (&field, every) in fields.iter().zip(every) {
                let mixed = number.wrapping_mul(2_654_435_761) >> 16;
                let times = if mixed % every == 0 { 1 + mixed % 3 } else { 0 };
                document.add_text(
                    field,
                    format!("{}{}", "lamp ".repeat(times as usize), "of oak ".repeat((mixed % 5) as usize)),
                );
            }
            writer.add_document(document).expect("it is added");
        }
        writer.commit().expect("a commit");
        (index.reader().expect("a reader").searcher(), fields)
    }

    fn queries(fields: &[Field], word: &str) -> (Box<dyn Query>, Box<dyn Query>) {
        let terms = || fields.iter().map(|field| Term::from_field_text(*field, word)).zip(WEIGHTS);
        let theirs = terms().map(|(term, weight)| {
            let term = TermQuery::new(term, IndexRecordOption::WithFreqs);
            Box::new(BoostQuery::new(Box::new(term), weight)) as Box<dyn Query>
        });
        let theirs = DisjunctionMaxQuery::with_tie_breaker(theirs.collect(), SHARE);
        (Box::new(Anywhere::new(terms(), SHARE)), Box::new(theirs))
    }

    fn same(ours: Score, theirs: Score) -> bool {
        (ours - theirs).abs() <= theirs.abs() * 1e-5
    }

    #[test]
    fn it_finds_and_scores_like_tantivys_disjunction() {
        for every in [[1, 1, 1], [2, 9, 40], [700, 90, 5_000], [1, 20_000, 20_000]] {
            let (searcher, fields) = made(20_000, every);
            let (ours, theirs) = queries(&fields, "lamp");
            let found = |query: &dyn Query| {
                let weight = query.weight(EnableScoring::enabled_from_searcher(&searcher)).expect("a weight");
                let mut found = Vec::new();
                weight
                    .for_each(searcher.segment_reader(0), &mut |doc, score| found.push((doc, score)))
                    .expect("a look");
                found
            };
            let (ours, theirs) = (found(&*ours), found(&*theirs));
            assert!(!theirs.is_empty());
            assert_eq!(ours.len(), theirs.len(), "{every:?}");
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert!(ours.0 == theirs.0 && same(ours.1, theirs.1), "{every:?}: {ours:?} {theirs:?}");
            }
        }
    }

    #[test]
    fn it_goes_forward_like_tantivys_disjunction() {
        for every in [[1, 1, 1], [2, 9, 40], [700, 90, 5_000]] {
            let (searcher, fields) = made(20_000, every);
            for with_scores in [true, false] {
                let scorer = |query: &dyn Query| {
                    let scoring = if with_scores {
                        EnableScoring::enabled_from_searcher(&searcher)
                    } else {
                        EnableScoring::disabled_from_searcher(&searcher)
                    };
                    query.weight(scoring).expect("a weight").scorer(searcher.segment_reader(0), 2.0).expect("a scorer")
                };
                for stride in [1, 3, 17, 64, 300, 5_000] {
                    let (ours, theirs) = queries(&fields, "lamp");
                    let (mut ours, mut theirs) = (scorer(&*ours), scorer(&*theirs));
                    for step in 1.. {
                        assert_eq!(ours.doc(), theirs.doc(), "{every:?} by {stride}");
                        if theirs.doc() == TERMINATED {
                            break;
                        }
                        assert!(!with_scores || same(ours.score(), theirs.score()), "{every:?} by {stride}");
                        if step % 5 == 0 {
                            assert_eq!(ours.advance(), theirs.advance());
                        } else {
                            let target = theirs.doc() + stride * (step % 7);
                            assert_eq!(ours.seek(target), theirs.seek(target), "{every:?} by {stride}");
                        }
                    }
                    assert_eq!((ours.advance(), ours.seek(TERMINATED)), (TERMINATED, TERMINATED));
                }
            }
        }
    }

    #[test]
    fn a_word_that_nobody_has_is_nowhere() {
        let (searcher, fields) = made(100, [1, 1, 1]);
        let (ours, _) = queries(&fields, "chair");
        let weight = ours.weight(EnableScoring::enabled_from_searcher(&searcher)).expect("a weight");
        assert_eq!(weight.scorer(searcher.segment_reader(0), 1.0).expect("a scorer").doc(), TERMINATED);
        assert!(weight.explain(searcher.segment_reader(0), 5).is_err());
    }
}
