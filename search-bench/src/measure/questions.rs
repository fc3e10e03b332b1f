//! PURE. What shoppers ask, made from a seed: each about a product that there is, so that it finds something, and about a
//! common word as often as titles have it.

use std::collections::BTreeMap;
use std::sync::Arc;

use search_index::{Filters, Language, Paging, PopularQueries, ProductDocument, Query, Suggest};

use crate::catalogue::{Catalogue, Dice};
use crate::contender::STORE;

const TOP: usize = 20;
const SUGGESTED: usize = 6;
/// Nobody types on after so many letters when the right thing is offered.
const TYPED_MAX: usize = 20;
const POPULAR: u64 = 5_000;
/// Sorts of hostile texts, and how many of them, the first ones, are too long.
const HOSTILE: u64 = 10;
const TOO_LONG: u64 = 2;
/// Longer texts are refused.
const TEXT_CHARS: usize = 200;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Kind {
    /// One word, the first twenty products, nothing counted.
    OneWord,
    /// Two words of one title.
    TwoWords,
    /// Words, two or three filters, and all facets.
    Filtered,
    /// A category with its facets, and no words.
    Category,
    /// A text that is being typed, sometimes wrongly.
    Suggest,
    /// What nobody means who wants to buy, searched for with all facets or to be completed.
    Hostile,
}

pub(crate) enum Question {
    Search(Box<Query>),
    Suggest(Suggest),
    Hostile { question: Box<Question>, may_be_refused: bool },
}

pub(crate) struct Questions<'a> {
    catalogue: &'a Catalogue,
    seed: u64,
    popular: Arc<PopularQueries>,
}

impl Kind {
    pub(crate) const ALL: [Kind; 6] =
        [Kind::OneWord, Kind::TwoWords, Kind::Filtered, Kind::Category, Kind::Suggest, Kind::Hostile];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::OneWord => "one word",
            Kind::TwoWords => "two words",
            Kind::Filtered => "words, filters, facets",
            Kind::Category => "category, facets",
            Kind::Suggest => "suggestions",
            Kind::Hostile => "hostile texts",
        }
    }
}

impl<'a> Questions<'a> {
    pub(crate) fn new(catalogue: &'a Catalogue, seed: u64) -> Questions<'a> {
        let mut dice = Dice::of(seed, u64::MAX);
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for _ in 0..POPULAR.min(catalogue.len()) {
            let product = any(catalogue, &mut dice);
            let words = words(&product.title);
            let text = words[dice.below(words.len())..].iter().take(2).cloned().collect::<Vec<_>>().join(" ");
            *counts.entry(text).or_default() += 1 + dice.below(50) as u64;
        }
        let popular = Arc::new(PopularQueries::new(counts.into_iter().collect()));
        Questions { catalogue, seed, popular }
    }

    /// The same for the same number.
    pub(crate) fn nth(&self, kind: Kind, number: u64) -> Question {
        let mut dice = Dice::of(self.seed ^ (kind as u64 + 1) << 56, number);
        let product = any(self.catalogue, &mut dice);
        match kind {
            Kind::OneWord => Question::Search(Box::new(search(text(&product, 1, &mut dice)))),
            Kind::TwoWords => Question::Search(Box::new(search(text(&product, 2, &mut dice)))),
            Kind::Filtered => {
                let words = 1 + dice.below(2);
                let filters = filters(&product, &mut dice);
                Question::Search(Box::new(Query { facets: true, filters, ..search(text(&product, words, &mut dice)) }))
            }
            Kind::Category => {
                let slug = dice.pick(&product.categories).slug.clone();
                let filters = Filters { categories: vec![slug], ..Filters::default() };
                Question::Search(Box::new(Query { facets: true, filters, ..search(String::new()) }))
            }
            Kind::Suggest => Question::Suggest(self.suggest(typed(&product, &mut dice))),
            Kind::Hostile => {
                let text = self.hostile(number, &mut dice);
                let is_typed = number / HOSTILE % 2 == 1;
                let question = Box::new(if is_typed {
                    Question::Suggest(self.suggest(text))
                } else {
                    Question::Search(Box::new(Query { facets: true, ..search(text) }))
                });
                Question::Hostile { question, may_be_refused: number % HOSTILE < TOO_LONG }
            }
        }
    }

    fn suggest(&self, text: String) -> Suggest {
        let (store, popular) = (STORE.to_owned(), self.popular.clone());
        Suggest { store, language: Language::English, text, limit: SUGGESTED, popular }
    }

    /// Texts that are much too long, and those that are just not and have the most to look for.
    fn hostile(&self, number: u64, dice: &mut Dice) -> String {
        let mut title = || any(self.catalogue, dice).title;
        match number % HOSTILE {
            0 => "x".repeat(10 * 1024),
            1 => (0..1_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" "),
            2 => "\u{0}\u{1}\u{7}\u{8}\u{b}\u{1b}[31m\u{7f}\u{202e}".repeat(15),
            3 => "\u{645}\u{631}\u{62d}\u{628}\u{627} \u{5e9}\u{5dc}\u{5d5}\u{5dd} ".repeat(15),
            4 => "\u{1f525}\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{fe0f}".repeat(20),
            5 => "64-".repeat(66),
            6 => ('a'..='z').cycle().take(100).map(|letter| format!("{letter} ")).collect(),
            // Whole titles, which nearly every product shares a word with.
            7 => first((0..30).map(|_| title()).collect::<Vec<_>>().join(" ")),
            // The same, mistyped: each word is looked for among all that are like it.
            8 => first((0..30).map(|_| title().replace(['e', 'a'], "o")).collect::<Vec<_>>().join(" ")),
            _ => first((0..30).map(|_| title().replace(' ', "-")).collect::<Vec<_>>().join("-")),
        }
    }
}

fn any(catalogue: &Catalogue, dice: &mut Dice) -> ProductDocument {
    let number = usize::try_from(catalogue.len()).expect("a catalogue fits into memory by number");
    catalogue.product(dice.below(number) as u64)
}

fn search(text: String) -> Query {
    Query { store: STORE.to_owned(), text, paging: Paging::Page { page: 1, limit: TOP }, ..Query::default() }
}

fn first(text: String) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_lowercase).collect()
}

/// Words in a row, as people type them, from somewhere in the title: as common as titles have them.
fn text(product: &ProductDocument, count: usize, dice: &mut Dice) -> String {
    let words = words(&product.title);
    let from = dice.below(words.len() + 1 - count.min(words.len()));
    words[from..].iter().take(count).cloned().collect::<Vec<_>>().join(" ")
}

/// Two or three that the product passes.
fn filters(product: &ProductDocument, dice: &mut Dice) -> Filters {
    let mut filters = Filters::default();
    let first = dice.below(5);
    for filter in first..first + 2 + dice.below(2) {
        match filter % 5 {
            0 => filters.brands.extend(product.brand.iter().map(|brand| brand.slug.clone())),
            1 => (filters.price_min, filters.price_max) = (Some(product.price / 2), Some(product.price * 2)),
            2 => filters.categories.push(product.categories[dice.below(2)].slug.clone()),
            3 => {
                let attribute = dice.pick(&product.attributes);
                filters.attributes.insert(attribute.key.clone(), vec![attribute.value.clone()]);
            }
            _ => filters.availability.push(product.availability),
        }
    }
    filters
}

/// A name of something, up to any letter; of those with three letters or more, a fifth mistyped.
fn typed(product: &ProductDocument, dice: &mut Dice) -> String {
    let whole = match dice.below(10) {
        0 => product.brand.iter().map(|brand| brand.name.to_lowercase()).collect(),
        1 | 2 => dice.pick(&product.categories).label.to_lowercase(),
        _ => text(product, 1 + dice.below(3), dice),
    };
    let letters: Vec<char> = whole.chars().take(TYPED_MAX).collect();
    let mut typed = letters[..1 + dice.below(letters.len())].to_vec();
    if typed.len() >= 3 && dice.percent(20) {
        // Not the first letter: that one people get right.
        let at = 1 + dice.below(typed.len() - 1);
        match dice.below(3) {
            0 => drop(typed.remove(at)),
            1 => typed[at] = 'e',
            _ => typed.swap(at, at - usize::from(at > 1)),
        }
    }
    typed.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_is_refused_or_as_long_as_it_may_be() {
        let catalogue = Catalogue::new(1, 500);
        let questions = Questions::new(&catalogue, 2);
        let chars = |number| match questions.nth(Kind::Hostile, number) {
            Question::Hostile { question, may_be_refused } => match *question {
                Question::Search(query) => (query.text.chars().count(), may_be_refused),
                Question::Suggest(suggest) => (suggest.text.chars().count(), may_be_refused),
                Question::Hostile { .. } => panic!("it is one question"),
            },
            Question::Search(_) | Question::Suggest(_) => panic!("it is hostile"),
        };
        for number in 0..4 * HOSTILE {
            let (chars, may_be_refused) = chars(number);
            assert_eq!(chars > TEXT_CHARS, may_be_refused, "{number}");
            assert!(chars >= 120, "{number}");
        }
    }

    #[test]
    fn questions_are_repeatable_and_of_their_kind() {
        let catalogue = Catalogue::new(1, 500);
        let (questions, again) = (Questions::new(&catalogue, 2), Questions::new(&catalogue, 2));
        for kind in Kind::ALL.into_iter().filter(|&kind| kind != Kind::Hostile) {
            for number in 0..200 {
                match (questions.nth(kind, number), again.nth(kind, number)) {
                    (Question::Search(query), Question::Search(same)) => {
                        assert_eq!(query, same);
                        let words = query.text.split(' ').filter(|word| !word.is_empty()).count();
                        let filters = &query.filters;
                        let filtered = usize::from(!filters.brands.is_empty())
                            + usize::from(filters.price_min.is_some())
                            + filters.categories.len()
                            + filters.attributes.len()
                            + filters.availability.len();
                        let (words_expected, filters_expected) = match kind {
                            Kind::OneWord => (1..=1, 0..=0),
                            Kind::TwoWords => (2..=2, 0..=0),
                            Kind::Filtered => (1..=2, 2..=3),
                            Kind::Category | Kind::Suggest | Kind::Hostile => (0..=0, 1..=1),
                        };
                        assert!(words_expected.contains(&words) && filters_expected.contains(&filtered), "{query:?}");
                        assert_eq!(query.facets, filtered > 0);
                    }
                    (Question::Suggest(suggest), Question::Suggest(same)) => {
                        assert_eq!(suggest, same);
                        assert!((1..=TYPED_MAX).contains(&suggest.text.chars().count()), "{suggest:?}");
                    }
                    (Question::Search(_) | Question::Suggest(_) | Question::Hostile { .. }, _) => {
                        panic!("the same number is the same question")
                    }
                }
            }
        }
    }
}
