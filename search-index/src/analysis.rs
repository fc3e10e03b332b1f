//! How text becomes words: the same way for documents and for questions.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
    TokenStream,
};

/// The name under which the schema knows the analyzer.
pub(crate) const TEXT: &str = "product_text";

const WORD_BYTES_MAX: usize = 64;
const SORT_KEY_CHARS_MAX: usize = 80;

/// Splits at everything that is no letter or digit, lower-cases, folds accents, stems English.
pub(crate) fn analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(Language::English))
        .build()
}

/// The distinct words of a question, without "the" and its like. Documents keep those, so that a
/// question made of nothing else still finds something.
pub(crate) fn question_words(text: &str) -> Vec<String> {
    let stop_words = StopWordFilter::new(Language::English).expect("English is built in");
    let without_stop_words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(stop_words)
        .filter(Stemmer::new(Language::English))
        .build();
    let words = distinct_words(without_stop_words, text);
    if words.is_empty() { distinct_words(analyzer(), text) } else { words }
}

/// What titles are sorted by: folded and lower-cased, so that "Écran" stands by "ecran".
pub(crate) fn sort_key(title: &str) -> String {
    let mut folder =
        TextAnalyzer::builder(SimpleTokenizer::default()).filter(LowerCaser).filter(AsciiFoldingFilter).build();
    let mut key = String::new();
    let mut tokens = folder.token_stream(title);
    while let Some(token) = tokens.next() {
        if !key.is_empty() {
            key.push(' ');
        }
        key.push_str(&token.text);
    }
    key.chars().take(SORT_KEY_CHARS_MAX).collect()
}

fn distinct_words(mut analyzer: TextAnalyzer, text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut tokens = analyzer.token_stream(text);
    while let Some(token) = tokens.next() {
        if !words.contains(&token.text) {
            words.push(token.text.clone());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_like_the_documents() {
        let check = |text: &str, words: &[&str]| assert_eq!(question_words(text), words, "{text}");
        check("Gaming Mice", &["game", "mice"]);
        check("the CAFÉ table", &["cafe", "tabl"]);
        check("cables for the cable", &["cabl"]);
        check("the", &["the"]);
        check("  -- ", &[]);
        check("PG-50", &["pg", "50"]);
    }

    #[test]
    fn titles_sort_without_regard_to_case_accents_and_signs() {
        assert_eq!(sort_key("  Écran 27\" (LED)"), "ecran 27 led");
        assert_eq!(sort_key(""), "");
        assert_eq!(sort_key(&"x".repeat(500)).len(), SORT_KEY_CHARS_MAX);
    }
}
