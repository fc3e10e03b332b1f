//! PURE. A tree of 5,000 categories in three and four levels: departments, kinds of things, and what is said of them.

use search_index::Category;

use super::Dice;
use super::lists::{DEPARTMENTS, NOUNS, QUALITIES};
use super::words::{capital, category_word};
use super::zipf::Zipf;

const KINDS: usize = 250;
const GROUPS: usize = 1_750;
/// With the departments, all together 5,000.
const SUBGROUPS: usize = 2_975;
/// So many groups are divided further.
const DIVIDED: usize = 1_190;
/// Far fewer than there are subgroups: there is more than one kind of "Zorani" something.
const SUBGROUP_WORDS: usize = 700;
/// A little flatter than words: the largest category of a shop has some percent of it.
const EXPONENT: f64 = 0.9;

pub(super) struct Categories {
    leaves: Vec<Leaf>,
    size: Zipf,
}

/// Where products are.
pub(super) struct Leaf {
    /// From the root.
    pub(super) path: Vec<Category>,
    /// What its products are called: "folding chair".
    pub(super) noun: String,
    /// Of its kind: things of one kind have the same attributes.
    pub(super) kind: usize,
}

impl Categories {
    pub(super) fn new() -> Categories {
        let groups = (DIVIDED..GROUPS).map(group);
        let subgroups = (0..SUBGROUPS).map(subgroup);
        let mut leaves: Vec<Leaf> = groups.chain(subgroups).collect();
        // Else the largest would all be of one department.
        let mut dice = Dice::of(0, 0);
        for end in (1..leaves.len()).rev() {
            leaves.swap(end, dice.below(end + 1));
        }
        Categories { size: Zipf::new(leaves.len(), EXPONENT), leaves }
    }

    /// As often as products are there.
    pub(super) fn leaf(&self, dice: &mut Dice) -> &Leaf {
        &self.leaves[self.size.rank(dice)]
    }
}

fn group(number: usize) -> Leaf {
    let kind = number % KINDS;
    let noun = format!("{} {}", quality(number / KINDS, kind), NOUNS[kind % NOUNS.len()]);
    let mut path = kind_path(kind);
    path.push(category(&noun, KINDS + number));
    Leaf { path, noun, kind }
}

fn subgroup(number: usize) -> Leaf {
    let Leaf { mut path, noun, kind } = group(number % DIVIDED);
    let noun = format!("{} {noun}", category_word(number % SUBGROUP_WORDS));
    path.push(category(&noun, KINDS + GROUPS + number));
    Leaf { path, noun, kind }
}

fn kind_path(kind: usize) -> Vec<Category> {
    let department = DEPARTMENTS[kind % DEPARTMENTS.len()];
    let noun = NOUNS[kind % NOUNS.len()];
    // There are more kinds than nouns.
    let noun = if kind < NOUNS.len() { noun.to_owned() } else { format!("{} {noun}", quality(9, kind)) };
    vec![Category { slug: department.to_lowercase(), label: department.to_owned() }, category(&noun, kind)]
}

fn quality(nth: usize, kind: usize) -> &'static str {
    QUALITIES[(kind * 11 + nth * 17) % QUALITIES.len()]
}

fn category(noun: &str, number: usize) -> Category {
    let label = format!("{}s", noun.split(' ').map(capital).collect::<Vec<_>>().join(" "));
    Category { slug: format!("{}-{number}", label.to_lowercase().replace(' ', "-")), label }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_five_thousand_in_three_and_four_levels() {
        let categories = Categories::new();
        let all = categories.leaves.iter().flat_map(|leaf| &leaf.path);
        assert_eq!(all.map(|category| &category.slug).collect::<BTreeSet<_>>().len(), 5_000);
        let depths: BTreeSet<usize> = categories.leaves.iter().map(|leaf| leaf.path.len()).collect();
        assert_eq!(depths, BTreeSet::from([3, 4]));
        let kinds: BTreeSet<usize> = categories.leaves.iter().map(|leaf| leaf.kind).collect();
        assert_eq!(kinds.len(), KINDS);
    }
}
