//! Words that say nothing beside others: "the" and its like.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use tantivy::tokenizer::{RawTokenizer, StopWordFilter, TextAnalyzer, TokenStream};

use crate::language::Language;

/// Of one language.
pub(super) struct StopWords {
    list: StopWordFilter,
    folded: &'static [&'static str],
}

impl StopWords {
    pub(super) fn of(language: Language) -> Option<StopWords> {
        Some(StopWords { list: list(language)?, folded: folded(language) })
    }

    /// `word` is folded.
    pub(super) fn contains(&self, word: &str) -> bool {
        let mut lookup = TextAnalyzer::builder(RawTokenizer::default()).filter(self.list.clone()).build();
        self.folded.contains(&word) || !lookup.token_stream(word).advance()
    }
}

/// The lists have their words with accents, and what is looked up has none. Those that shoppers type; not those that are folded
/// into what a product may be called: `bár` (Hungarian, "although") and a bar, `farò` (Italian, "I shall do") and a headlight.
fn folded(language: Language) -> &'static [&'static str] {
    match language {
        Language::Danish | Language::Norwegian => &["nar", "ogsa", "vaere"],
        Language::Finnish => &["etta"],
        Language::French => &["a", "meme"],
        Language::German => &["fur", "fuer", "wahrend", "waehrend"],
        Language::Hungarian => &["es", "nelkul"],
        Language::Italian => &["perche", "piu"],
        Language::Portuguese => &["ate", "ja", "nao", "sao", "tambem", "voce"],
        Language::Spanish => &["mas", "tambien"],
        Language::Swedish => &["for", "fran", "nar"],
        Language::Arabic
        | Language::Dutch
        | Language::English
        | Language::Greek
        | Language::Romanian
        | Language::Russian
        | Language::Tamil
        | Language::Turkish
        | Language::Other => &[],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold::fold;

    #[test]
    fn small_words_are_known_by_language_with_and_without_accents() {
        let check = |language, small: &str, telling: &str| {
            let words = StopWords::of(language).expect("a list");
            small.split(' ').for_each(|word| assert!(words.contains(&fold(word)), "{word}"));
            telling.split(' ').for_each(|word| assert!(!words.contains(&fold(word)), "{word}"));
        };
        check(Language::English, "the for with", "für der phone");
        check(Language::German, "der für fuer während", "the hülle fuß furche uber");
        check(Language::French, "à même des", "écran télé été fumés");
        check(Language::Spanish, "más para también", "ratón niño mío");
        check(Language::Italian, "più perché della", "faro sera");
        check(Language::Portuguese, "não até com", "tera avó");
        check(Language::Hungarian, "és nélkül az", "bár sound mig");
        check(Language::Swedish, "för från när", "hörlurar pa");
        check(Language::Norwegian, "når også med", "pa både");
        check(Language::Finnish, "että", "näyttö tama");
        check(Language::Russian, "для и", "наушники");
        assert!(StopWords::of(Language::Other).is_none());
    }
}
