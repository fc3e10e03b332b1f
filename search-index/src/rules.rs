//! PURE. What the shop says about words and products: synonyms, and what stands higher, lower or first.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::analysis::{self, Analyzer};
use crate::language::Language;

/// The rules of one store.
#[derive(Debug, Default)]
pub struct Rules {
    synonyms: Vec<Synonym>,
    merchandising: Vec<Merchandising>,
    /// By language, in the order of [`Language::ALL`]: read when it is first searched in.
    read: [OnceLock<Read>; Language::ALL.len()],
}

/// The rules in the words of a language.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// First word of what is typed -> the phrases that begin with it, and what they mean.
    synonyms: HashMap<String, Vec<(Phrase, Vec<Phrase>)>>,
    always: Vec<usize>,
    /// The words of a text, sorted -> the rules for it.
    is: HashMap<Phrase, Vec<usize>>,
    /// The first of the sorted words -> the others, and the rule.
    contains: HashMap<String, Vec<(Phrase, usize)>>,
}

/// Stemmed words.
pub(crate) type Phrase = Vec<String>;

/// Words, or several words in a row, that mean the same in this shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// What is typed. Of two-way synonyms, any of them stands for all.
    pub words: Vec<String>,
    /// One way: who types one of `words` is also shown these, and not the other way round. Empty: two-way.
    pub means: Vec<String>,
}

/// Moves products, for some searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merchandising {
    /// By which an explanation names it.
    pub name: String,
    pub when: When,
    pub effect: Effect,
}

/// For which texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Every text, and none.
    Always,
    /// These words in any form and order, and no others.
    Is(String),
    /// These words in any form and order, and perhaps others.
    Contains(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// These products first, in this order, as far as the filters let them pass, whatever their words.
    Pin(Vec<String>),
    /// The score of what is meant, in percent: above 100 it is boosted, below it is buried, 0 leaves it out.
    Weigh { target: Target, percent: u32 },
}

impl Effect {
    pub(crate) fn leaves_out(&self) -> bool {
        matches!(self, Effect::Weigh { percent: 0, .. })
    }
}

/// Which products. By id of the document, or slugs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Product(String),
    Brand(String),
    Category(String),
    Attribute { key: String, value: String },
}

impl Clone for Rules {
    fn clone(&self) -> Rules {
        Rules::new(self.synonyms.clone(), self.merchandising.clone())
    }
}

impl PartialEq for Rules {
    fn eq(&self, other: &Rules) -> bool {
        self.synonyms == other.synonyms && self.merchandising == other.merchandising
    }
}

impl Eq for Rules {}

impl Rules {
    pub fn new(synonyms: Vec<Synonym>, merchandising: Vec<Merchandising>) -> Rules {
        Rules { synonyms, merchandising, ..Rules::default() }
    }

    /// The rules for a text of these words.
    pub(crate) fn applying(&self, language: Language, words: &[String]) -> Vec<&Merchandising> {
        self.read(language).applying(words).into_iter().map(|at| &self.merchandising[at]).collect()
    }

    pub(crate) fn read(&self, language: Language) -> &Read {
        let place = Language::ALL.iter().position(|(known, _)| *known == language).expect("all are there");
        self.read[place].get_or_init(|| Read::new(language, &self.synonyms, &self.merchandising))
    }
}

impl Read {
    fn new(language: Language, synonyms: &[Synonym], merchandising: &[Merchandising]) -> Read {
        let analyzer = Analyzer::new(language);
        let mut read = Read::default();
        for synonym in synonyms {
            read.add_synonym(&analyzer, synonym);
        }
        for (at, rule) in merchandising.iter().enumerate() {
            match &rule.when {
                When::Always => read.always.push(at),
                When::Is(text) => read.is.entry(sorted(phrase(&analyzer, text))).or_default().push(at),
                When::Contains(text) => {
                    let mut words = sorted(phrase(&analyzer, text)).into_iter();
                    if let Some(first) = words.next() {
                        read.contains.entry(first).or_default().push((words.collect(), at));
                    }
                }
            }
        }
        read
    }

    /// What the words at the beginning of these stand for: how many of them, and in which other words it can be said.
    pub(crate) fn meaning(&self, words: &[String]) -> Option<(usize, Vec<&Phrase>)> {
        let first = words.first()?;
        let fitting = self.synonyms.get(first)?.iter().filter(|(phrase, _)| words.starts_with(phrase));
        let mut length = 0;
        let mut meanings: Vec<&Phrase> = Vec::new();
        for (phrase, means) in fitting {
            if phrase.len() > length {
                length = phrase.len();
                meanings.clear();
            }
            if phrase.len() == length {
                meanings.extend(means.iter().filter(|meaning| *meaning != phrase));
            }
        }
        (length > 0).then_some((length, meanings))
    }

    fn applying(&self, words: &[String]) -> Vec<usize> {
        let words = sorted(words.to_vec());
        let mut applying = self.always.clone();
        if !words.is_empty() {
            applying.extend(self.is.get(&words).into_iter().flatten());
        }
        for word in &words {
            let contained = self.contains.get(word).into_iter().flatten();
            let fitting = contained.filter(|(others, _)| others.iter().all(|other| words.binary_search(other).is_ok()));
            applying.extend(fitting.map(|(_, at)| at));
        }
        applying.sort_unstable();
        applying
    }

    fn add_synonym(&mut self, analyzer: &Analyzer, synonym: &Synonym) {
        let phrases = |texts: &[String]| -> Vec<Phrase> {
            texts.iter().map(|text| phrase(analyzer, text)).filter(|phrase| !phrase.is_empty()).collect()
        };
        let words = phrases(&synonym.words);
        let means = if synonym.means.is_empty() { words.clone() } else { phrases(&synonym.means) };
        for phrase in words {
            self.synonyms.entry(phrase[0].clone()).or_default().push((phrase, means.clone()));
        }
    }
}

/// Read as texts are, of which small words are left out.
fn phrase(analyzer: &Analyzer, text: &str) -> Phrase {
    analyzer.words_of(&analyzer.telling(analysis::read(text))).collect()
}

fn sorted(mut words: Phrase) -> Phrase {
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Analyzer::new(Language::English).words(text)
    }

    fn synonym(words: &[&str], means: &[&str]) -> Synonym {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Synonym { words: owned(words), means: owned(means) }
    }

    #[test]
    fn synonyms_stand_for_each_other_or_one_for_the_other() {
        let synonyms = vec![
            synonym(&["TV", "television", "flat screens"], &[]),
            synonym(&["notebook"], &["laptop"]),
            synonym(&["hard"], &["solid"]),
            synonym(&["hard drive"], &["HDD"]),
        ];
        let rules = Rules::new(synonyms, Vec::new());
        let rules = rules.read(Language::English);
        let check = |text: &str, expected: &str| {
            let shown = rules.meaning(&words(text)).map(|(length, meanings)| {
                let meanings: Vec<String> = meanings.iter().map(|meaning| meaning.join(" ")).collect();
                format!("{length}: {}", meanings.join(", "))
            });
            assert_eq!(shown.unwrap_or_default(), expected, "{text}");
        };
        check("tv stand", "1: televis, flat screen");
        check("flat screen", "2: tv, televis");
        check("flat tv", "");
        check("notebooks", "1: laptop");
        check("laptop", "");
        check("hard drives", "2: hdd");
        check("hard floor", "1: solid");
        check("", "");
    }

    #[test]
    fn rules_apply_to_the_texts_that_they_name() {
        let rule = |name: &str, when| Merchandising { name: name.to_owned(), when, effect: Effect::Pin(Vec::new()) };
        let rules = Rules::new(
            Vec::new(),
            vec![
                rule("always", When::Always),
                rule("is", When::Is("gaming mouse".to_owned())),
                rule("contains", When::Contains("Mouse gaming".to_owned())),
                rule("word", When::Contains("pads".to_owned())),
                rule("empty", When::Contains(" ".to_owned())),
                rule("small", When::Is("the pads for a mouse".to_owned())),
            ],
        );
        let check = |text: &str, expected: &[&str]| {
            let names: Vec<&str> =
                rules.applying(Language::English, &words(text)).iter().map(|rule| rule.name.as_str()).collect();
            assert_eq!(names, expected, "{text}");
        };
        check("", &["always"]);
        check("mouse", &["always"]);
        check("Mouse, gaming", &["always", "is", "contains"]);
        check("gaming mouse pad", &["always", "contains", "word"]);
        check("mouse pad", &["always", "word", "small"]);
    }
}
