//! PURE. What a word that no product has may stand for: two that are known, or those that are written alike.

use crate::analysis::Analyzer;
use crate::question::{Form, Group};
use crate::vocabulary::{Like, Vocabulary};

/// Shorter words have too many others like them.
const SIMILAR_FROM_CHARS: usize = 4;
const TWO_LETTERS_FROM_CHARS: usize = 8;
const SIMILAR_MAX: usize = 4;
/// The parts into which a word is split have so many letters each.
const PART_CHARS_MIN: usize = 3;

/// How much a form counts against what was typed, by what it is.
const SPLIT: f32 = 0.9;
/// By a letter, by two; and this much less where the first letter differs, which people seldom get wrong.
const SIMILAR: [f32; 2] = [0.7, 0.5];
const OTHER_FIRST_LETTER: f32 = 0.7;

pub(crate) fn may_be_misspelt(typed: &str) -> bool {
    typed.chars().count() >= SIMILAR_FROM_CHARS && typed.chars().all(char::is_alphabetic)
}

/// Finds what an unknown word may stand for, written in one where it has hyphens; says how it is rather written.
pub(crate) fn understand(
    word: &str,
    group: &mut Group,
    analyzer: &Analyzer,
    vocabulary: &impl Vocabulary,
) -> tantivy::Result<Option<String>> {
    if let Some((first, second)) = split(word, analyzer, vocabulary)? {
        group.forms = vec![Form { words: vec![analyzer.stem(&first), analyzer.stem(&second)], weight: SPLIT }];
        return Ok(Some(format!("{first} {second}")));
    }
    let similar = similar(word, vocabulary)?;
    for like in &similar {
        let words = vec![analyzer.stem(&like.word)];
        if !group.forms.iter().any(|form| form.words == words) {
            group.forms.push(Form { words, weight: weight(word, like) });
        }
    }
    Ok(similar.into_iter().next().map(|like| like.word))
}

/// Two known words of which it is made; those that more products have.
fn split(typed: &str, analyzer: &Analyzer, vocabulary: &impl Vocabulary) -> tantivy::Result<Option<(String, String)>> {
    let letters: Vec<char> = typed.chars().collect();
    let mut best = None;
    let mut most = 0;
    for at in PART_CHARS_MIN..=letters.len().saturating_sub(PART_CHARS_MIN) {
        let (first, second): (String, String) = (letters[..at].iter().collect(), letters[at..].iter().collect());
        let frequency = match vocabulary.frequency(&analyzer.stem(&first))? {
            0 => 0,
            known => known.min(vocabulary.frequency(&analyzer.stem(&second))?),
        };
        if frequency > most {
            most = frequency;
            best = Some((first, second));
        }
    }
    Ok(best)
}

/// The likeliest first: nearest, with the same first letter, most frequent. Those that are less near than the nearest are
/// left out.
pub(crate) fn similar(typed: &str, vocabulary: &impl Vocabulary) -> tantivy::Result<Vec<Like>> {
    let distance = if typed.chars().count() < TWO_LETTERS_FROM_CHARS { 1 } else { 2 };
    let mut similar = vocabulary.like(typed, distance, false)?;
    similar.retain(|like| like.distance > 0 && like.word.chars().all(char::is_alphabetic));
    let likelihood = |like: &Like| (like.distance, !same_beginning(typed, &like.word));
    similar.sort_by(|a, b| {
        likelihood(a).cmp(&likelihood(b)).then_with(|| b.frequency.cmp(&a.frequency)).then_with(|| a.word.cmp(&b.word))
    });
    if let Some(nearest) = similar.first().map(likelihood) {
        similar.retain(|like| likelihood(like) == nearest);
    }
    similar.truncate(SIMILAR_MAX);
    Ok(similar)
}

#[expect(clippy::float_arithmetic, reason = "weights of words")]
fn weight(typed: &str, like: &Like) -> f32 {
    let by_distance = SIMILAR[usize::from(like.distance.clamp(1, 2)) - 1];
    if same_beginning(typed, &like.word) { by_distance } else { by_distance * OTHER_FIRST_LETTER }
}

fn same_beginning(a: &str, b: &str) -> bool {
    a.chars().next() == b.chars().next()
}
