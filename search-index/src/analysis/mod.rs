//! How text becomes words: the same way for documents and for questions.
//!
//! ```text
//!  "WH-1000XM4, 64 GB for iPhone 7"
//!    folded      wh-1000xm4, 64 gb for iphone 7
//!    compounds   wh-1000xm4 | 64 gb | for | iphone | 7
//!    words       wh 1000xm4 64 gb for iphon 7
//!    joined      wh1000xm4 64gb iphone7
//! ```
//!
//! A document has both, in fields of their own, so that a question finds it however it was typed, and what is joined does
//! not make a text longer, for in a longer text each word counts less.

mod compound;
mod fold;
mod stem;
mod stop_words;

use compound::compounds;
pub(crate) use compound::{Compound, is_in_pairs};
use fold::fold;
use stop_words::StopWords;

use crate::language::Language;

/// Longer ones are noise: nobody types them.
pub(crate) const WORD_BYTES_MAX: usize = 64;
const SORT_KEY_CHARS_MAX: usize = 80;

/// Reads the texts of one language.
pub(crate) struct Analyzer {
    stemmer: Option<stem::Stemmer>,
    stop_words: Option<StopWords>,
}

impl Analyzer {
    pub(crate) fn new(language: Language) -> Analyzer {
        Analyzer { stemmer: stem::stemmer(language), stop_words: StopWords::of(language) }
    }

    /// The words by which a text is found, in their order; what occurs twice is there twice.
    #[cfg(test)]
    pub(crate) fn words(&self, text: &str) -> Vec<String> {
        self.words_of(&read(text)).collect()
    }

    pub(crate) fn words_of(&self, compounds: &[Compound]) -> impl Iterator<Item = String> {
        compounds.iter().flat_map(Compound::parts).map(|part| self.stem(part))
    }

    /// Without "the" and its like, unless there is nothing else; and each once.
    pub(crate) fn telling(&self, all: Vec<Compound>) -> Vec<Compound> {
        let is_stop_word = |word: &str| self.stop_words.as_ref().is_some_and(|words| words.contains(word));
        let is_small = |compound: &Compound| compound.alone().is_some_and(is_stop_word);
        let mut telling: Vec<Compound> = Vec::new();
        for compound in all.iter().filter(|compound| !is_small(compound)) {
            if !telling.contains(compound) {
                telling.push(compound.clone());
            }
        }
        if telling.is_empty() { all } else { telling }
    }

    /// What may be typed in one word, though it is not written so: compounds, and what begins with a digit with the word
    /// before it.
    pub(crate) fn joined_of(&self, compounds: &[Compound]) -> Vec<String> {
        let mut joined: Vec<String> =
            compounds.iter().filter_map(Compound::joined).map(|whole| self.stem(&whole)).collect();
        for pair in compounds.windows(2) {
            if let [first, second] = pair
                && let (Some(word), Some(number)) = (first.alone(), second.parts().next())
                && word.chars().all(char::is_alphabetic)
                && number.starts_with(char::is_numeric)
            {
                joined.push(format!("{word}{number}"));
            }
        }
        joined
    }

    /// The form in which documents have a folded word.
    pub(crate) fn stem(&self, word: &str) -> String {
        match &self.stemmer {
            Some(stemmer) if word.chars().all(char::is_alphabetic) => stemmer.stem(word),
            Some(_) | None => word.to_owned(),
        }
    }
}

/// The compounds of a text.
pub(crate) fn read(text: &str) -> Vec<Compound> {
    compounds(&fold(text))
}

/// The words of a text as people write them: what is similar, and what a beginning may become, is looked for among these.
pub(crate) fn surface_of(compounds: &[Compound]) -> impl Iterator<Item = String> {
    let parts = compounds.iter().flat_map(Compound::parts).map(str::to_owned);
    compounds.iter().filter_map(Compound::joined).chain(parts)
}

/// What titles are sorted by, and a whole title is recognised by: folded, in single blanks, so that "Écran" stands by "ecran".
pub(crate) fn sort_key(title: &str) -> String {
    let folded = fold(title);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(SORT_KEY_CHARS_MAX).collect()
}

/// Codes are compared by their letters and digits alone: `TN-2110`, `tn 2110` and `TN2110` are one.
pub(crate) fn code_key(code: &str) -> String {
    fold(code).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_these_words() {
        let check = |text: &str, words: &str, joined: &str| {
            let analyzer = Analyzer::new(Language::English);
            assert_eq!(analyzer.words(text).join(" "), words, "{text}");
            assert_eq!(analyzer.joined_of(&read(text)).join(" "), joined, "{text}");
        };
        check("Gaming Mice", "game mice", "");
        check("the CAFÉ tables", "the cafe tabl", "");
        check("  -- ", "", "");
        check("T-Shirts", "t shirt", "tshirt");
        check("64 GB", "64 gb", "64gb");
        check("64GB", "64gb", "");
        check("Dell XPS-13", "dell xps 13", "xps13");
        check("iPhone 7 case", "iphon 7 case", "iphone7");
        check("for 64 GB", "for 64 gb", "64gb for64");
        check("WH 1000XM4", "wh 1000xm4", "wh1000xm4");
        check("WH-1000XM4", "wh 1000xm4", "wh1000xm4");
        check("15.6\" screen", "15.6 inch screen", "15.6inch");
        check("10,000 mAh", "10000 mah", "10000mah");
        check("keyboard/mouse", "keyboard mous", "");
        check("Levi's 501®", "levi 501", "levis501");
        check("2 red cats", "2 red cat", "");
        check("کیبورد 64 گیگ", "کیبورد 64 گیگ", "کیبورد64");
        check("无线鼠标", "无线 线鼠 鼠标", "");
        check("🎧 phones", "phone", "");
        check(&"x".repeat(WORD_BYTES_MAX + 1), "", "");
    }

    #[test]
    fn each_language_stems_by_its_own_rules() {
        let check = |language, text: &str, expected: &str| {
            assert_eq!(Analyzer::new(language).words(text).join(" "), expected, "{text}");
        };
        check(Language::German, "Kopfhörern", "kopfhor");
        check(Language::French, "téléphones", "telephon");
        check(Language::Other, "phones", "phones");
    }

    #[test]
    fn titles_sort_without_regard_to_case_accents_and_signs() {
        assert_eq!(sort_key("  Écran 27\" (LED)"), "ecran 27 led");
        assert_eq!(sort_key(""), "");
        assert_eq!(sort_key(&"x".repeat(500)).len(), SORT_KEY_CHARS_MAX);
    }

    #[test]
    fn codes_are_their_letters_and_digits() {
        for code in ["TN-2110", " tn 2110", "Tn2110"] {
            assert_eq!(code_key(code), "tn2110");
        }
        assert_eq!(code_key("--"), "");
    }
}
