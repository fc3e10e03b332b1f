//! Which stemmer and which stop words belong to a language.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use frostem::Algorithm;
use tantivy::tokenizer::StopWordFilter;

use crate::language::Language;

pub(super) struct Stemmer(frostem::Stemmer);

impl Stemmer {
    pub(super) fn stem(&self, word: &str) -> String {
        self.0.stem(word).into_owned()
    }
}

pub(super) fn stemmer(language: Language) -> Option<Stemmer> {
    let algorithm = match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Italian => Algorithm::Italian,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Tamil => Algorithm::Tamil,
        Language::Turkish => Algorithm::Turkish,
        Language::Other => return None,
    };
    Some(Stemmer(frostem::Stemmer::new(algorithm)))
}

/// A list takes long to read: each is read once. A copy is cheap.
pub(super) fn stop_words(language: Language) -> Option<StopWordFilter> {
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
