//! PURE. Words that nobody knows, made of syllables, and the vocabulary that they and known words are.

use super::lists::{COLOURS, NOUNS, QUALITIES};
use super::zipf::Zipf;
use super::{BRANDS, Dice};

const ONSETS: [&str; 22] = [
    "b", "br", "d", "dr", "f", "g", "gr", "h", "k", "kl", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "z",
];
const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
const CODAS: [&str; 6] = ["", "n", "r", "x", "l", "s"];

/// A million products have 200,000 words; a vocabulary grows with the root of its texts (Heaps' law).
const WORDS_PER_ROOT: u64 = 200;
const WORDS_MIN: usize = 2_000;
/// The words of brands and of categories are words that no text has by chance.
const BRANDS_FROM: usize = 1_000_000;
const CATEGORIES_FROM: usize = 2_000_000;

pub(super) struct Vocabulary {
    words: Vec<String>,
    frequency: Zipf,
}

impl Vocabulary {
    pub(super) fn for_products(products: u64) -> Vocabulary {
        let wanted = usize::try_from(products.isqrt() * WORDS_PER_ROOT).expect("far less");
        let words = words(wanted.max(WORDS_MIN));
        Vocabulary { frequency: Zipf::new(words.len(), 1.0), words }
    }

    /// As often as texts have it.
    pub(super) fn word(&self, dice: &mut Dice) -> &str {
        &self.words[self.frequency.rank(dice)]
    }

    /// From 0, the most frequent; beyond the last they begin again.
    pub(super) fn nth(&self, rank: usize) -> &str {
        &self.words[rank % self.words.len()]
    }
}

/// The most frequent ones are known words, of which shoppers type most.
fn words(wanted: usize) -> Vec<String> {
    let known = QUALITIES.iter().chain(&COLOURS).chain(&NOUNS);
    let known = known.flat_map(|words| words.split(' ')).map(str::to_lowercase);
    let mut seen = std::collections::BTreeSet::new();
    let mut words: Vec<String> = known.filter(|word| seen.insert(word.clone())).collect();
    words.extend((0..wanted.saturating_sub(words.len())).map(made));
    words
}

/// With a capital.
pub(super) fn brand_name(number: usize) -> String {
    assert!(number < BRANDS, "as many as there are");
    capital(&made(BRANDS_FROM + number))
}

/// What tells a category from its neighbours.
pub(super) fn category_word(number: usize) -> String {
    made(CATEGORIES_FROM + number)
}

/// The word of a number, another for each: syllables end with their vowel, so a word is taken apart in one way only. Of eight
/// million that there could be, those of neighbouring numbers lie far apart: mistyped, a word is seldom another one.
fn made(number: usize) -> String {
    const SYLLABLES: usize = ONSETS.len() * VOWELS.len();
    const WORDS: usize = SYLLABLES * SYLLABLES * SYLLABLES * CODAS.len();
    // A prime that does not divide the number of words: every word once.
    let mut left = number * 5_000_011 % WORDS;
    let mut word = String::new();
    for _ in 0..3 {
        let syllable = left % SYLLABLES;
        left /= SYLLABLES;
        word.push_str(ONSETS[syllable % ONSETS.len()]);
        word.push_str(VOWELS[syllable / ONSETS.len()]);
    }
    word.push_str(CODAS[left]);
    word
}

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_is_another() {
        let words = words(100_000);
        assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
        assert_eq!(words[0], "wireless");
        assert!(words.iter().all(|word| word.len() >= 3));
        let names: BTreeSet<String> = (0..BRANDS).map(brand_name).collect();
        assert_eq!(names.len(), BRANDS);
    }

    #[test]
    fn the_vocabulary_grows_with_the_root_of_the_catalogue() {
        for (products, words) in [(10, 2_000), (10_000, 20_000), (1_000_000, 200_000)] {
            assert_eq!(Vocabulary::for_products(products).words.len(), words);
        }
    }
}
