//! PURE. How a text that somebody typed is understood: which words it has, which of them belong together, and what each may
//! have been meant as.
//!
//! ```text
//!  "hed phones 64gb tv"
//!   group      forms (any of them will do)
//!   hed        head (similar)
//!   phones     phone
//!   64gb       64gb
//!   tv         tv, televis (synonym)
//! ```

use crate::analysis::{self, Analyzer, Compound};
use crate::rules::Read;
use crate::spelling::{may_be_misspelt, similar, understand};
use crate::vocabulary::{Like, Vocabulary};

/// Only so many are looked at: each costs time, and nobody means more.
pub(crate) const WORDS_MAX: usize = 16;
/// What each of so many unknown words may stand for is looked for. Nobody mistypes more of them, and each is compared with
/// all words that there are.
const MISSPELT_MAX: usize = 4;
/// A word that so few products have may be a mistake for one that so many times more have.
const RARE: u64 = 2;
const MUCH_MORE_FREQUENT: u64 = 50;

/// How much a synonym counts against what was typed.
const SYNONYM: f32 = 0.9;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Question {
    pub(crate) groups: Vec<Group>,
    /// Every word, stemmed: by which rules are found.
    pub(crate) words: Vec<String>,
    /// The text as it was probably meant, if it has words that nobody has.
    pub(crate) corrected: Option<String>,
}

/// What has to be met: one of the forms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Group {
    /// Folded.
    pub(crate) typed: String,
    pub(crate) forms: Vec<Form>,
    /// Where it is of several words: these, any of which is a lesser part of it.
    pub(crate) parts: Vec<String>,
    pub(crate) is_unknown: bool,
}

/// A way to say it: all of these words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) words: Vec<String>,
    pub(crate) weight: f32,
}

impl Group {
    /// How many products have one of its forms, about.
    pub(crate) fn frequency(&self, vocabulary: &impl Vocabulary) -> tantivy::Result<u64> {
        let mut frequency = 0;
        for form in &self.forms {
            let mut rarest = u64::MAX;
            for word in &form.words {
                rarest = rarest.min(vocabulary.frequency(word)?);
            }
            frequency = frequency.max(rarest);
        }
        Ok(frequency)
    }
}

pub(crate) fn read(
    text: &str,
    analyzer: &Analyzer,
    rules: &Read,
    vocabulary: &impl Vocabulary,
) -> tantivy::Result<Question> {
    let compounds = first_words(analyzer.telling(analysis::read(text)));
    let words: Vec<Vec<String>> =
        compounds.iter().map(|compound| compound.parts().map(|part| analyzer.stem(part)).collect()).collect();
    let mut groups = Vec::new();
    let mut corrected: Vec<String> = Vec::new();
    let mut is_corrected = false;
    let (mut at, mut unknown) = (0, 0);
    while at < compounds.len() {
        let (taken, mut group) = together(&compounds[at..], &words[at..], analyzer, rules, vocabulary)?;
        let mut meant = group.typed.clone();
        let word = compounds[at].in_one_word().filter(|_| taken == 1);
        if let Some(word) = word.filter(|word| may_be_misspelt(word))
            && group.frequency(vocabulary)? == 0
        {
            // No product has it. What has digits in it is a code or a size: there, similar is another thing, and an unknown one
            // stays unfound.
            group.is_unknown = true;
            let is_looked_after = unknown < MISSPELT_MAX;
            unknown += 1;
            if is_looked_after && let Some(better) = understand(&word, &mut group, analyzer, vocabulary)? {
                meant = better;
                is_corrected = true;
            }
        }
        corrected.push(meant);
        groups.push(group);
        at += taken;
    }
    Ok(Question { groups, words: words.concat(), corrected: is_corrected.then(|| corrected.join(" ")) })
}

/// Also one compound may have more words than anybody means.
fn first_words(compounds: Vec<Compound>) -> Vec<Compound> {
    let mut left = WORDS_MAX;
    let mut first = Vec::new();
    for mut compound in compounds {
        compound.truncate(left);
        left -= compound.parts().count();
        first.push(compound);
        if left == 0 {
            break;
        }
    }
    first
}

/// For a text that finds little: the same with words that are rare here as the frequent ones that they are like.
pub(crate) fn reconsider(
    question: &Question,
    analyzer: &Analyzer,
    vocabulary: &impl Vocabulary,
) -> tantivy::Result<Option<String>> {
    let mut is_changed = false;
    let mut rare = 0;
    let mut meant = Vec::new();
    for group in &question.groups {
        let better = match group.forms.as_slice() {
            [Form { words, .. }] if words.len() == 1 && may_be_misspelt(&group.typed) => {
                let frequency = vocabulary.frequency(&words[0])?;
                let likely = |like: &&Like| {
                    like.frequency >= frequency.max(1) * MUCH_MORE_FREQUENT && analyzer.stem(&like.word) != words[0]
                };
                rare += usize::from(frequency <= RARE);
                if frequency > RARE || rare > MISSPELT_MAX {
                    None
                } else {
                    similar(&group.typed, vocabulary)?.iter().find(likely).cloned()
                }
            }
            _ => None,
        };
        is_changed |= better.is_some();
        meant.push(better.map_or_else(|| group.typed.clone(), |like| like.word));
    }
    Ok(is_changed.then(|| meant.join(" ")))
}

/// How many of the compounds stand for one thing, and for what.
fn together(
    compounds: &[Compound],
    words: &[Vec<String>],
    analyzer: &Analyzer,
    rules: &Read,
    vocabulary: &impl Vocabulary,
) -> tantivy::Result<(usize, Group)> {
    if let Some((taken, meanings)) = meaning(words, rules) {
        let mut group = match taken {
            1 => alone(&compounds[0], analyzer, vocabulary)?,
            _ => side_by_side(&compounds[..taken], words),
        };
        let synonyms = meanings.into_iter().map(|words| Form { words, weight: SYNONYM });
        group.forms.extend(synonyms);
        return Ok((taken, group));
    }
    if let [first, second, ..] = compounds
        && let Some(joined) = joined(first, second, analyzer)
        && vocabulary.frequency(&joined)? > 0
    {
        let mut group = side_by_side(&compounds[..2], words);
        group.forms.push(Form { words: vec![joined], weight: 1.0 });
        return Ok((2, group));
    }
    Ok((1, alone(&compounds[0], analyzer, vocabulary)?))
}

/// Synonyms are of whole compounds.
fn meaning(words: &[Vec<String>], rules: &Read) -> Option<(usize, Vec<Vec<String>>)> {
    let (length, meanings) = rules.meaning(&words.concat())?;
    let mut covered = 0;
    let taken = words.iter().take_while(|words| {
        covered += words.len();
        covered <= length
    });
    let taken = taken.count();
    let is_whole = words[..taken].iter().map(Vec::len).sum::<usize>() == length;
    is_whole.then(|| (taken, meanings.into_iter().cloned().collect()))
}

/// As it is written; apart at its hyphens and joined; and if no product has it in one word, in pieces.
fn alone(compound: &Compound, analyzer: &Analyzer, vocabulary: &impl Vocabulary) -> tantivy::Result<Group> {
    let form = |words: Vec<String>| Form { words, weight: 1.0 };
    let apart: Vec<String> = compound.parts().map(|part| analyzer.stem(part)).collect();
    let whole = compound.joined().map(|whole| analyzer.stem(&whole));
    let is_known = vocabulary.frequency(whole.as_ref().unwrap_or(&apart[0]))? > 0;
    let mut forms = vec![form(apart.clone())];
    forms.extend(whole.map(|whole| form(vec![whole])));
    if !is_known && let Some(pieces) = compound.pieces() {
        forms.push(form(pieces.iter().map(|piece| analyzer.stem(piece)).collect()));
    }
    let parts = if apart.len() > 1 { each_once(apart) } else { Vec::new() };
    Ok(Group { typed: compound.typed.clone(), forms, parts, is_unknown: false })
}

fn side_by_side(compounds: &[Compound], words: &[Vec<String>]) -> Group {
    let typed: Vec<&str> = compounds.iter().map(|compound| compound.typed.as_str()).collect();
    let words = words[..compounds.len()].concat();
    let parts = each_once(words.clone());
    let form = Form { words, weight: 1.0 };
    Group { typed: typed.join(" "), forms: vec![form], parts, is_unknown: false }
}

/// What is met twice is worth no more.
fn each_once(words: Vec<String>) -> Vec<String> {
    let mut once = Vec::with_capacity(words.len());
    words.into_iter().for_each(|word| {
        if !once.contains(&word) {
            once.push(word)
        }
    });
    once
}

/// Two words in one: "head phones", "tn 2110". Two numbers are never one.
fn joined(first: &Compound, second: &Compound, analyzer: &Analyzer) -> Option<String> {
    let (a, b) = (first.alone()?, second.alone()?);
    let has_letters = |word: &str| word.chars().any(char::is_alphabetic);
    (has_letters(a) || has_letters(b)).then(|| analyzer.stem(&format!("{a}{b}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::rules::{Rules, Synonym};

    /// Words as they are written, with how many products have them.
    struct Words(&'static [(&'static str, u64)]);

    impl Vocabulary for Words {
        fn frequency(&self, word: &str) -> tantivy::Result<u64> {
            let analyzer = Analyzer::new(Language::English);
            Ok(self.0.iter().filter(|(known, _)| analyzer.stem(known) == word).map(|(_, frequency)| *frequency).sum())
        }

        fn like(&self, word: &str, distance: u8, _: bool) -> tantivy::Result<Vec<Like>> {
            let builder = levenshtein_automata::LevenshteinAutomatonBuilder::new(distance, true);
            let automaton = builder.build_dfa(word);
            let like = |(known, frequency): &(&str, u64)| match automaton.eval(known) {
                levenshtein_automata::Distance::Exact(distance) => {
                    Some(Like { word: (*known).to_owned(), distance, frequency: *frequency })
                }
                levenshtein_automata::Distance::AtLeast(_) => None,
            };
            Ok(self.0.iter().filter_map(like).collect())
        }
    }

    const WORDS: Words = Words(&[
        ("headphones", 50),
        ("head", 10),
        ("phone", 90),
        ("gaming", 30),
        ("mouse", 70),
        ("house", 5),
        ("keyboard", 40),
        ("64gb", 8),
        ("64", 20),
        ("gb", 20),
        ("tn2110", 1),
        ("tn", 4),
        ("2110", 2),
        ("laptop", 60),
        ("bag", 30),
        ("keyboards", 3),
        ("kayboard", 1),
        ("the", 9),
    ]);

    fn shown(question: &Question) -> Vec<String> {
        let form = |form: &Form| {
            let weight = if form.weight < 1.0 { format!(" {}", form.weight) } else { String::new() };
            format!("{}{weight}", form.words.join("+"))
        };
        let group = |group: &Group| group.forms.iter().map(form).collect::<Vec<_>>().join(" | ");
        question.groups.iter().map(group).collect()
    }

    fn read_with(rules: &Read, text: &str) -> Question {
        read(text, &Analyzer::new(Language::English), rules, &WORDS).expect("a list can be asked")
    }

    #[test]
    fn words_are_read_like_the_documents_and_may_be_written_otherwise() {
        let check = |text: &str, expected: &[&str]| {
            assert_eq!(shown(&read_with(&Read::default(), text)), expected, "{text}");
        };
        check("Gaming Mouse", &["game", "mous"]);
        check("mouse, MOUSE the mouse", &["mous"]);
        check("the", &["the"]);
        check("  -- ", &[]);
        let much = ["a", "b", "64-64-64-64-64-64-64-64-64-64-64-64-64-64-64-64-64", "c"].join(" ");
        let much = read_with(&Read::default(), &much);
        assert_eq!(much.words.len(), WORDS_MAX);
        assert_eq!(much.groups.last().map(|group| group.parts.len()), Some(1));
        // Joined, apart, with a hyphen.
        check("64gb", &["64gb"]);
        check("64 GB", &["64+gb | 64gb"]);
        check("TN-2110", &["tn+2110 | tn2110"]);
        check("mouse64", &["mouse64 | mous+64"]);
        check("tn 2110", &["tn+2110 | tn2110"]);
        check("head phones", &["head+phone | headphon"]);
        check("laptop bag", &["laptop", "bag"]);
        // Unknown ones: two words in one, then what is similar, nearest first; never of numbers or of short words.
        check("laptopbag", &["laptop+bag 0.9"]);
        check("mousse", &["mouss | mous 0.7"]);
        check("nouse", &["nous | mous 0.48999998 | hous 0.48999998"]);
        check("keybroadd", &["keybroadd | keyboard 0.5"]);
        check("bgg", &["bgg"]);
        check("64gc", &["64gc | 64+gc"]);
        // Of many unknown ones, the first.
        let read = read_with(&Read::default(), "mousse lapptop keybord gamming headphonnes");
        let forms: Vec<usize> = read.groups.iter().map(|group| group.forms.len()).collect();
        assert_eq!(forms, [2, 2, 2, 2, 1], "{:?}", shown(&read));
    }

    #[test]
    fn what_was_probably_meant_is_told() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(read_with(&Read::default(), text).corrected.as_deref(), expected, "{text}");
        };
        check("gaming mouse", None);
        check("Gaming mousse", Some("gaming mouse"));
        check("laptopbag", Some("laptop bag"));
        check("zzzzzz", None);
    }

    #[test]
    fn rare_words_are_reconsidered() {
        let analyzer = Analyzer::new(Language::English);
        let check = |text: &str, expected: Option<&str>| {
            let question = read_with(&Read::default(), text);
            let reconsidered = reconsider(&question, &analyzer, &WORDS).expect("a list can be asked");
            assert_eq!(reconsidered.as_deref(), expected, "{text}");
        };
        check("gaming house", None);
        check("gaming kayboard", None);
        let many = Words(&[("kayboard", 1), ("keyboard", 100)]);
        let question = read("kayboard", &analyzer, &Read::default(), &many).expect("a list can be asked");
        assert_eq!(reconsider(&question, &analyzer, &many).expect("so can this").as_deref(), Some("keyboard"));
    }

    #[test]
    fn synonyms_are_other_forms() {
        let synonym = |words: &[&str], means: &[&str]| Synonym {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            means: means.iter().map(|word| (*word).to_owned()).collect(),
        };
        let synonyms = vec![
            synonym(&["notebook", "laptop"], &[]),
            synonym(&["mice for players"], &["gaming mouse"]),
            synonym(&["e-reader"], &["ebook reader"]),
        ];
        let rules = Rules::new(synonyms, Vec::new());
        let rules = rules.read(Language::English);
        let check = |text: &str, expected: &[&str]| assert_eq!(shown(&read_with(rules, text)), expected, "{text}");
        check("notebook bag", &["notebook | laptop 0.9", "bag"]);
        check("laptops", &["laptop | notebook 0.9"]);
        check("e-reader", &["e+reader | eread | ebook+reader 0.9"]);
        check("gaming mouse", &["game", "mous"]);
        check("mice for players", &["mice+player | game+mous 0.9"]);
    }
}
