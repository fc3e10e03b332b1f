//! PURE. A catalogue of any size that nobody sells, as a file for the shop's import.
//!
//! The same product has the same number in every run, so a file that is sent again changes nothing. Words are made of
//! syllables, the first of them far more often used than the last; what is of one kind has the same attributes.

use std::fmt::Write;
use std::ops::Range;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use serde_json::{Map, Value};

/// A row in the import's words.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Row {
    product: String,
    title: String,
    description: String,
    brand: String,
    category: [String; 2],
    status: &'static str,
    specs: Map<String, Value>,
    sku: String,
    price: String,
}

const WORDS: u32 = 8_000;
const BRANDS: u32 = 400;
const DEPARTMENTS: u32 = 20;
const KINDS: u32 = 200;
const DESCRIPTION_WORDS: usize = 30;
/// What every product has, and what its kind has besides.
const UNIVERSAL: u32 = 8;
const OF_KIND: u32 = 12;
const ATTRIBUTES: u32 = 300;

const CONSONANTS: &[u8; 16] = b"bcdfghjklmnprstv";
const VOWELS: &[u8; 4] = b"aeio";

/// The products with these numbers, one on a line.
pub(super) fn lines(numbers: Range<u32>) -> Vec<u8> {
    let mut lines = Vec::new();
    for number in numbers {
        serde_json::to_writer(&mut lines, &row(number)).expect("a row of strings and numbers is JSON");
        lines.push(b'\n');
    }
    lines
}

fn row(number: u32) -> Row {
    let mut dice = SmallRng::seed_from_u64(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let kind = rank(KINDS, &mut dice);
    let brand = capital(&word(WORDS + rank(BRANDS, &mut dice)));
    let noun = word(WORDS + BRANDS + kind);
    let (first, second) = (often(&mut dice), often(&mut dice));
    let mut description = format!("{} {noun}", capital(&first));
    for _ in 0..DESCRIPTION_WORDS {
        let _never = write!(description, " {}", often(&mut dice));
    }
    Row {
        product: format!("catalogue-{number:07}"),
        title: format!("{brand} {first} {second} {noun}"),
        description,
        brand,
        category: [format!("Department {}", kind % DEPARTMENTS), format!("Kind {kind}")],
        status: "active",
        specs: attributes(kind, &mut dice),
        sku: format!("CATALOGUE-{number:07}"),
        price: format!("{}.00", dice.random_range(99..50_000)),
    }
}

/// Words and numbers in turn.
fn attributes(kind: u32, dice: &mut SmallRng) -> Map<String, Value> {
    let own = (0..OF_KIND).map(|nth| UNIVERSAL + (kind * 13 + nth * 17) % (ATTRIBUTES - UNIVERSAL));
    (0..UNIVERSAL)
        .chain(own)
        .map(|attribute| {
            let value = match attribute % 2 {
                0 => word(attribute * 20 + rank(20, dice)).into(),
                _ => (5 * (1 + rank(40, dice))).into(),
            };
            (format!("{}_{attribute}", word(attribute)), value)
        })
        .collect()
}

fn often(dice: &mut SmallRng) -> String {
    word(rank(WORDS, dice))
}

/// Below `end`, and the lower the more often.
fn rank(end: u32, dice: &mut SmallRng) -> u32 {
    let most = dice.random_range(0..end);
    dice.random_range(0..=most)
}

/// Three syllables of 64. An odd factor brings every number to a place of its own.
fn word(number: u32) -> String {
    let mixed = number.wrapping_mul(0x9_e375) % (1 << 18);
    let syllable = |nth: u32| {
        let syllable = (mixed >> (6 * nth)) as usize % 64;
        [CONSONANTS[syllable / 4], VOWELS[syllable % 4]]
    };
    (0..3).flat_map(syllable).map(char::from).collect()
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::*;

    #[test]
    fn a_product_is_the_same_in_every_file_and_no_other() {
        let (whole, part) = (lines(0..20), lines(10..20));
        assert!(whole.ends_with(&part));
        let rows: Vec<Row> = (0..1_000).map(row).collect();
        assert_eq!(rows[7], row(7));
        assert_eq!(rows.iter().map(|row| &row.product).collect::<BTreeSet<_>>().len(), 1_000);
        let titles: BTreeSet<&String> = rows.iter().map(|row| &row.title).collect();
        assert!(titles.len() > 990, "{}", titles.len());
    }

    #[test]
    fn each_has_twenty_attributes_and_a_kind_has_its_own() {
        let mut of_kinds: HashMap<[String; 2], Vec<String>> = HashMap::new();
        for number in 0..1_000 {
            let Row { category, specs, .. } = row(number);
            let keys: Vec<String> = specs.keys().cloned().collect();
            assert_eq!(keys.len(), 20);
            assert_eq!(of_kinds.entry(category).or_insert_with(|| keys.clone()), &keys);
        }
        assert!(of_kinds.len() > 100, "{}", of_kinds.len());
    }

    #[test]
    fn words_differ_and_the_first_are_the_most_frequent() {
        let words: BTreeSet<String> = (0..WORDS + BRANDS + KINDS).map(word).collect();
        assert_eq!(words.len(), (WORDS + BRANDS + KINDS) as usize);
        let mut dice = SmallRng::seed_from_u64(1);
        let early = (0..1_000).filter(|_| rank(100, &mut dice) < 10).count();
        assert!((250..450).contains(&early), "a tenth of them is a third of the text: {early}");
    }
}
