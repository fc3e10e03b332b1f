//! How text becomes words: the same way for documents and for questions.

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
    TokenStream,
};

/// The name under which the schema knows the analyzer.
pub(crate) const TEXT: &str = "product_text";

const WORD_BYTES_MAX: usize = 64;
const WORDS_MAX: usize = 16;
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

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As the documents have it. More than one where it was typed with hyphens.
    pub(crate) parts: Vec<String>,
    /// The parts in one, for "t-shirt" is also written "tshirt".
    pub(crate) joined: Option<String>,
    /// As it was typed.
    pub(crate) typed: String,
}

/// The distinct words of a question, without "the" and its like. Documents keep those, so that a question made of nothing
/// else still finds something. Only so many are looked at: each costs time, and nobody means more.
pub(crate) fn question_words(text: &str) -> Vec<Word> {
    let stop_words = StopWordFilter::new(Language::English).expect("English is built in");
    let mut without_stop_words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(WORD_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(stop_words)
        .filter(Stemmer::new(Language::English))
        .build();
    let mut words = words(&mut without_stop_words, text);
    if words.is_empty() {
        words = self::words(&mut analyzer(), text);
    }
    words.truncate(WORDS_MAX);
    words
}

/// What is written with hyphens in a text, without them.
pub(crate) fn compounds(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().filter_map(compound)
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

fn words(analyzer: &mut TextAnalyzer, text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for typed in text.split_whitespace() {
        let found = match compound(typed) {
            // Also "a" says something in "a-line".
            Some(joined) => vec![Word {
                parts: tokens(&mut self::analyzer(), typed).into_iter().map(|(part, _)| part).collect(),
                joined: tokens(&mut self::analyzer(), &joined).pop().map(|(joined, _)| joined),
                typed: typed.to_owned(),
            }],
            None => tokens(analyzer, typed)
                .into_iter()
                .map(|(part, typed)| Word { parts: vec![part], joined: None, typed })
                .collect(),
        };
        for word in found {
            if !words.iter().any(|known| known.parts == word.parts) {
                words.push(word);
            }
        }
    }
    words
}

/// Words as the documents have them, each with the letters that it comes from.
fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut tokens = analyzer.token_stream(text);
    while let Some(token) = tokens.next() {
        found.push((token.text.clone(), text[token.offset_from..token.offset_to].to_owned()));
    }
    found
}

/// Letters and digits with single hyphens between them, without the hyphens.
fn compound(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let is_compound =
        word.contains('-') && word.split('-').all(|part| !part.is_empty() && part.chars().all(char::is_alphanumeric));
    is_compound.then(|| word.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_like_the_documents() {
        let check = |text: &str, expected: &[&str]| {
            let words = question_words(text);
            let shown: Vec<String> = words
                .iter()
                .map(|word| match &word.joined {
                    Some(joined) => format!("{}={joined}", word.parts.join("+")),
                    None => word.parts.join("+"),
                })
                .collect();
            assert_eq!(shown, expected, "{text}");
        };
        check("Gaming Mice", &["game", "mice"]);
        check("the CAFÉ table", &["cafe", "tabl"]);
        check("cables for the cable", &["cabl"]);
        check("the", &["the"]);
        check("  -- ", &[]);
        check("PG-50", &["pg+50=pg50"]);
        check("(T-Shirts)", &["t+shirt=tshirt"]);
        check("an a-line skirt", &["a+line=alin", "skirt"]);
        check("and/or -5", &["5"]);
        check(
            "a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12 m13 n14 o15 p16 q17",
            &["a1", "b2", "c3", "d4", "e5", "f6", "g7", "h8", "i9", "j10", "k11", "l12", "m13", "n14", "o15", "p16"],
        );
    }

    #[test]
    fn what_is_hyphenated_is_also_one_word() {
        let check = |text: &str, expected: &[&str]| assert_eq!(compounds(text).collect::<Vec<_>>(), expected, "{text}");
        check("Blue T-Shirt, Wi-Fi (2-in-1)", &["TShirt", "WiFi", "2in1"]);
        check("plain - dash -- a- -b c--d e_f-g", &[]);
    }

    #[test]
    fn titles_sort_without_regard_to_case_accents_and_signs() {
        assert_eq!(sort_key("  Écran 27\" (LED)"), "ecran 27 led");
        assert_eq!(sort_key(""), "");
        assert_eq!(sort_key(&"x".repeat(500)).len(), SORT_KEY_CHARS_MAX);
    }
}
