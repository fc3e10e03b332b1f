//! Words that say nothing beside others: "the" and its like.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use tantivy::tokenizer::{RawTokenizer, StopWordFilter, TextAnalyzer, TokenStream};

use super::fold::fold;
use crate::language::Language;

/// Of one language. Its list has them with accents, and is asked about folded ones.
pub(super) struct StopWords {
    list: StopWordFilter,
    is_accented: bool,
}

/// The longest with an accent that a list has, `estuviésemos`, is as long.
const CHARS_MAX: usize = 12;

/// The small letters of Europe's Latin alphabets that are folded: into what, and which.
static ACCENTED: LazyLock<Vec<(String, char)>> = LazyLock::new(|| {
    let letters = ('à'..='ž').chain(['ș', 'ț', 'ß']).filter(|letter| letter.is_lowercase());
    let folded = letters.map(|letter| (fold(&letter.to_string()), letter));
    folded.filter(|(folded, letter)| *folded != letter.to_string()).collect()
});

impl StopWords {
    pub(super) fn of(language: Language) -> Option<StopWords> {
        Some(StopWords { list: list(language)?, is_accented: language != Language::English })
    }

    pub(super) fn contains(&self, folded: &str) -> bool {
        let mut lookup = TextAnalyzer::builder(RawTokenizer::default()).filter(self.list.clone()).build();
        let mut is_listed = |word: &str| !lookup.token_stream(word).advance();
        is_listed(folded)
            || self.is_accented && folded.chars().count() <= CHARS_MAX && accented(folded).any(|word| is_listed(&word))
    }
}

/// A list takes long to read: each is read once. A copy is cheap.
fn list(language: Language) -> Option<StopWordFilter> {
    static READ: LazyLock<Mutex<HashMap<&'static str, Option<StopWordFilter>>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    let list = || tantivy_language(language).and_then(StopWordFilter::new);
    read.entry(language.code()).or_insert_with(list).clone()
}

fn tantivy_language(language: Language) -> Option<tantivy::tokenizer::Language> {
    use tantivy::tokenizer::Language as Theirs;
    Some(match language {
        Language::Arabic => Theirs::Arabic,
        Language::Danish => Theirs::Danish,
        Language::Dutch => Theirs::Dutch,
        Language::English => Theirs::English,
        Language::Finnish => Theirs::Finnish,
        Language::French => Theirs::French,
        Language::German => Theirs::German,
        Language::Greek => Theirs::Greek,
        Language::Hungarian => Theirs::Hungarian,
        Language::Italian => Theirs::Italian,
        Language::Norwegian => Theirs::Norwegian,
        Language::Portuguese => Theirs::Portuguese,
        Language::Romanian => Theirs::Romanian,
        Language::Russian => Theirs::Russian,
        Language::Spanish => Theirs::Spanish,
        Language::Swedish => Theirs::Swedish,
        Language::Tamil => Theirs::Tamil,
        Language::Turkish => Theirs::Turkish,
        Language::Other => return None,
    })
}

/// What a folded word may have been: with one accent on one of its letters, or wherever that letter stands.
fn accented(folded: &str) -> impl Iterator<Item = String> {
    ACCENTED.iter().flat_map(move |(plain, letter)| {
        let mut utf8 = [0; 4];
        let letter = letter.encode_utf8(&mut utf8);
        let places: Vec<usize> = folded.match_indices(plain).map(|(at, _)| at).collect();
        let once = |at: &usize| [&folded[..*at], letter, &folded[at + plain.len()..]].concat();
        let mut words: Vec<String> = places.iter().map(once).collect();
        if places.len() > 1 {
            words.push(folded.replace(plain, letter));
        }
        words
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_are_known_by_language_with_their_accents_and_without() {
        let check = |language, small: &str, telling: &str| {
            let words = StopWords::of(language).expect("a list");
            small.split(' ').for_each(|word| assert!(words.contains(&fold(word)), "{word}"));
            telling.split(' ').for_each(|word| assert!(!words.contains(&fold(word)), "{word}"));
        };
        check(Language::English, "the for with", "für der phone");
        check(Language::German, "der für über während können", "the hülle fuß furche");
        check(Language::French, "à même étaient des", "écran télé été");
        check(Language::Spanish, "más para estuviésemos", "ratón niño");
        check(Language::Swedish, "för på när", "hörlurar fåtölj");
        check(Language::Finnish, "tämä", "näyttö");
        check(Language::Russian, "для и", "для-наушники наушники");
        assert!(StopWords::of(Language::Other).is_none());
    }

    #[test]
    fn a_word_may_have_had_one_kind_of_accent() {
        let words: Vec<String> = accented("esse").collect();
        for word in ["éssé", "ésse", "essé", "eße"] {
            assert!(words.contains(&word.to_owned()), "{word}");
        }
        assert!(!words.contains(&"esse".to_owned()));
        assert_eq!(accented("для").count(), 0);
    }
}
