//! PURE. 300 attributes, of which each kind of thing has some: names with few and many values, numbers with units, yes and no.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use search_index::Attribute;

use super::Dice;
use super::lists::{COLOURS, MATERIALS, MEASURES, TRAITS};
use super::words::{Vocabulary, capital};
use super::zipf::Zipf;

const KEYS: usize = 300;
/// The first ones, that nearly everything has.
const UNIVERSAL: usize = 8;
/// Which of them a kind has, with the universal ones.
const OF_KIND: usize = 28;
/// Of those, which one product says.
const OF_PRODUCT: usize = 20;
const VALUES_MIN: f64 = 3.0;
const VALUES_MAX: f64 = 200.0;
/// Rare enough that the names of attributes are not the words of every title.
const WORDS_FROM: usize = 400;

pub(super) struct Attributes {
    keys: Vec<Key>,
}

struct Key {
    key: String,
    label: String,
    values: Values,
}

enum Values {
    Names { names: Vec<String>, frequency: Zipf },
    Numbers { step: usize, unit: &'static str, frequency: Zipf },
    YesOrNo { yes_percent: usize },
}

impl Attributes {
    pub(super) fn new(vocabulary: &Vocabulary) -> Attributes {
        Attributes { keys: (0..KEYS).map(|number| Key::new(number, vocabulary)).collect() }
    }

    /// Twenty of what things of this kind have.
    pub(super) fn of(&self, kind: usize, dice: &mut Dice) -> Vec<Attribute> {
        let own = (0..OF_KIND - UNIVERSAL).map(|nth| UNIVERSAL + (kind * 13 + nth * 17) % (KEYS - UNIVERSAL));
        let mut of_kind: Vec<usize> = (0..UNIVERSAL).chain(own).collect();
        let mut attributes = Vec::with_capacity(OF_PRODUCT);
        for place in 0..OF_PRODUCT {
            let other = place + dice.below(of_kind.len() - place);
            of_kind.swap(place, other);
            attributes.push(self.keys[of_kind[place]].attribute(dice));
        }
        attributes
    }
}

impl Key {
    fn new(number: usize, vocabulary: &Vocabulary) -> Key {
        let names = |names: &[&str]| Values::names(names.iter().map(|&name| name.to_owned()).collect());
        let mut dice = Dice::of(1, number as u64);
        match number {
            0 => Key::called("colour", names(&COLOURS)),
            1 => Key::called("material", names(&MATERIALS)),
            2..UNIVERSAL => {
                let (measure, unit) = MEASURES[number - 2];
                Key::called(measure, Values::numbers(unit, &mut dice))
            }
            _ => {
                let word = vocabulary.nth(WORDS_FROM + number);
                match dice.below(20) {
                    0..10 => {
                        Key::called(&format!("{word} {}", dice.pick(&TRAITS)), Values::words(vocabulary, &mut dice))
                    }
                    10..17 => {
                        let (measure, unit) = *dice.pick(&MEASURES);
                        Key::called(&format!("{word} {measure}"), Values::numbers(unit, &mut dice))
                    }
                    _ => Key::called(word, Values::YesOrNo { yes_percent: 10 + dice.below(80) }),
                }
            }
        }
    }

    fn called(name: &str, values: Values) -> Key {
        Key { key: name.replace(' ', "_"), label: capital(name), values }
    }

    fn attribute(&self, dice: &mut Dice) -> Attribute {
        let (value, value_label) = match &self.values {
            Values::Names { names, frequency } => {
                let name = names[frequency.rank(dice)].clone();
                (name.clone(), name)
            }
            Values::Numbers { step, unit, frequency } => {
                let number = step * (frequency.rank(dice) + 1);
                (number.to_string(), format!("{number} {unit}"))
            }
            Values::YesOrNo { yes_percent } => {
                let answer = if dice.percent(*yes_percent) { "yes" } else { "no" };
                (answer.to_owned(), answer.to_owned())
            }
        };
        Attribute { key: self.key.clone(), label: self.label.clone(), value, value_label, text_only: false }
    }
}

impl Values {
    fn names(names: Vec<String>) -> Values {
        Values::Names { frequency: Zipf::new(names.len(), 1.0), names }
    }

    fn words(vocabulary: &Vocabulary, dice: &mut Dice) -> Values {
        let from = WORDS_FROM + dice.below(1_000);
        Values::names((0..how_many(dice)).map(|nth| capital(vocabulary.nth(from + nth))).collect())
    }

    fn numbers(unit: &'static str, dice: &mut Dice) -> Values {
        let step = *dice.pick(&[1, 2, 5, 10, 25, 50]);
        Values::Numbers { step, unit, frequency: Zipf::new(how_many(dice), 0.7) }
    }
}

/// As many attributes have 3 to 25 values as have 25 to 200.
fn how_many(dice: &mut Dice) -> usize {
    (VALUES_MIN * (VALUES_MAX / VALUES_MIN).powf(dice.unit())) as usize
}
