//! Beside Tantivy's own disjunction.

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
    let fields: Vec<Field> = (0..3).map(|field| schema.add_text_field(&field.to_string(), option.clone())).collect();
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
            weight.for_each(searcher.segment_reader(0), &mut |doc, score| found.push((doc, score))).expect("a look");
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
