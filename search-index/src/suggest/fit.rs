//! PURE. How well a name goes with what was typed.

use std::cell::OnceCell;

use levenshtein_automata::{DFA, Distance};

use crate::analysis::{self, Compound, sort_key};
use crate::question::WORDS_MAX;
use crate::vocabulary::automaton;

/// What was typed, in folded words.
pub(super) struct Typed {
    /// As names are compared.
    pub(super) words: Vec<String>,
    /// As the products' words are written.
    pub(super) written: Vec<String>,
    /// For words that are long enough to be mistyped: what begins like them. It takes long to make, and most people type well.
    like: OnceCell<Vec<Option<DFA>>>,
}

/// From worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Words of the name begin like the typed ones, but for a letter or two.
    Like,
    /// The typed words stand somewhere in it.
    Within,
    /// Words of it begin with the typed ones.
    WordsBegin,
    /// It begins with what was typed.
    Begins,
}

/// From so many letters on, mistakes are looked past; from so many, two of them.
pub(super) const MISTYPED_FROM_CHARS: usize = 3;
const TWICE_FROM_CHARS: usize = 8;

impl Typed {
    pub(super) fn new(text: &str) -> Typed {
        let words = sort_key(text);
        let words: Vec<String> =
            words.split(' ').filter(|word| !word.is_empty()).take(WORDS_MAX).map(str::to_owned).collect();
        Typed { like: OnceCell::new(), words, written: written(text) }
    }

    /// How a folded name goes with it, letter by letter.
    pub(super) fn fit(&self, name: &str) -> Option<Fit> {
        let begins_a_word = |typed: &String| name.split(' ').any(|word| word.starts_with(typed.as_str()));
        if !self.words.iter().all(|typed| name.contains(typed.as_str())) {
            return None;
        }
        if !self.words.iter().all(begins_a_word) {
            return Some(Fit::Within);
        }
        let begins = self.words.first().is_some_and(|first| name.starts_with(first.as_str()));
        Some(if begins { Fit::Begins } else { Fit::WordsBegin })
    }

    /// The same for what was perhaps mistyped. The first letter counts: people seldom get it wrong.
    pub(super) fn fit_mistyped(&self, name: &str) -> Option<Fit> {
        let is_like = |(typed, like): (&String, &Option<DFA>)| {
            name.split(' ').any(|word| match like {
                Some(like) => same_beginning(typed, word) && matches!(like.eval(word), Distance::Exact(_)),
                None => word.starts_with(typed.as_str()),
            })
        };
        let like = self.like.get_or_init(|| {
            self.words.iter().map(|word| distance(word).map(|distance| automaton(word, distance, true))).collect()
        });
        self.words.iter().zip(like).all(is_like).then_some(Fit::Like)
    }
}

/// The words of a text as products are called by them.
pub(super) fn written(text: &str) -> Vec<String> {
    let compounds = analysis::read(text);
    compounds.iter().flat_map(Compound::parts).take(WORDS_MAX).map(str::to_owned).collect()
}

/// By how many letters a typed word may be wrong. Numbers never are.
pub(super) fn distance(word: &str) -> Option<u8> {
    let chars = word.chars().count();
    if chars < MISTYPED_FROM_CHARS || !word.chars().all(char::is_alphabetic) {
        return None;
    }
    Some(if chars < TWICE_FROM_CHARS { 1 } else { 2 })
}

fn same_beginning(a: &str, b: &str) -> bool {
    a.chars().next() == b.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_by_their_words() {
        let check = |text: &str, name: &str, expected| {
            let typed = Typed::new(text);
            assert_eq!(typed.fit(name).or_else(|| typed.fit_mistyped(name)), expected, "{text} {name}");
        };
        check("head", "headphones", Some(Fit::Begins));
        check("pho", "mobile phones", Some(Fit::WordsBegin));
        check("phones mob", "mobile phones", Some(Fit::WordsBegin));
        check("phone", "headphones", Some(Fit::Within));
        check("haedp", "headphones", Some(Fit::Like));
        check("moblie pho", "mobile phones", Some(Fit::Like));
        check("nobile", "mobile phones", None);
        check("he", "phones", None);
        check("xps 14", "xps 13", None);
        check("shoe", "mobile phones", None);
    }
}
