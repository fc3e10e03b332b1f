//! Numbers for brands, categories and attribute values that hold across segments.
//!
//! Each segment numbers its own terms; facets must be counted over all of them. Translating when
//! a segment is opened, once, spares every search the strings. A dictionary only grows during the
//! life of a generation; a rebuild starts a new one. Stores and languages share nothing here: the same slug in two of
//! them is two entries, each with its own label.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::analysis::sort_key;
use crate::document::split_facet_term;
use crate::error::QueryError;
use crate::query::Filters;

/// A shop may have thousands of attributes; whoever mistyped one is helped by some.
const KEYS_TOLD: usize = 50;

#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
    /// By scope: a store in one language.
    stores: HashMap<Box<str>, u32>,
    pub(crate) brands: Names,
    pub(crate) categories: Names,
    pub(crate) attribute_keys: Names,
    pub(crate) attributes: Attributes,
}

/// Things of a store that are told apart by a slug and shown by a label.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    entries: Vec<Name>,
    by_slug: HashMap<(u32, Arc<str>), u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct Name {
    pub(crate) store: u32,
    pub(crate) slug: Arc<str>,
    pub(crate) label: Arc<str>,
    /// Slug of what it belongs to; empty at the root.
    pub(crate) parent: Arc<str>,
    /// The label as it is compared with what is typed.
    pub(crate) folded: Arc<str>,
}

/// Attribute values, told apart by key and value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    entries: Vec<AttributeValue>,
    /// The key of each entry, apart, for it is looked at for every value in a result.
    keys: Vec<u32>,
    by_value: HashMap<(u32, Arc<str>), u32>,
    /// The entries of each key that are numbers.
    numbers: HashMap<u32, Vec<u32>>,
    /// Keys of which a product has several values.
    several: HashSet<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct AttributeValue {
    pub(crate) value: Arc<str>,
    pub(crate) label: Arc<str>,
    /// In thousandths, if it is one.
    pub(crate) number: Option<i64>,
}

/// Which of the three kinds of facet terms a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Brands,
    Categories,
    Attributes,
}

impl Dictionary {
    /// The number of a store in a language, by its scope. Without products it has one that nothing else has.
    pub(crate) fn store(&self, scope: &str) -> u32 {
        self.stores.get(scope).copied().unwrap_or(u32::MAX)
    }

    /// A filter by what no product has is a mistake: it would hide everything.
    pub(crate) fn check_attributes(&self, store: u32, filters: &Filters) -> Result<(), QueryError> {
        let is_unknown = |key: &&String| self.attribute_keys.find(store, key).is_none();
        let Some(unknown) = filters.attribute_keys().find(is_unknown) else { return Ok(()) };
        let mut valid: Vec<String> = self
            .attribute_keys
            .all()
            .filter(|(_, key)| key.store == store)
            .map(|(_, key)| key.slug.to_string())
            .collect();
        valid.sort_unstable();
        valid.truncate(KEYS_TOLD);
        Err(QueryError::UnknownAttribute { key: unknown.clone(), valid })
    }

    /// The number of a term. A dictionary that searches go by is copied before it changes, which takes long for a large one;
    /// most segments have nothing new.
    pub(crate) fn number_of(dictionary: &mut Arc<Dictionary>, vocabulary: Vocabulary, term: &str) -> u32 {
        match dictionary.known(vocabulary, term) {
            Some(number) => number,
            None => Arc::make_mut(dictionary).intern(vocabulary, term),
        }
    }

    /// None: it is not known, or shown otherwise.
    fn known(&self, vocabulary: Vocabulary, term: &str) -> Option<u32> {
        match vocabulary {
            Vocabulary::Brands => {
                let [store, slug, label] = split_facet_term(term);
                self.brands.known(*self.stores.get(store)?, slug, label, "")
            }
            Vocabulary::Categories => {
                let [store, slug, label, parent] = split_facet_term(term);
                self.categories.known(*self.stores.get(store)?, slug, label, parent)
            }
            Vocabulary::Attributes => {
                let [store, key, key_label, value, label] = split_facet_term(term);
                let key = self.attribute_keys.known(*self.stores.get(store)?, key, key_label, "")?;
                self.attributes.find(key, value).filter(|number| *self.attributes.get(*number).label == *label)
            }
        }
    }

    fn intern(&mut self, vocabulary: Vocabulary, term: &str) -> u32 {
        match vocabulary {
            Vocabulary::Brands => {
                let [store, slug, label] = split_facet_term(term);
                let store = self.intern_store(store);
                self.brands.intern(store, slug, label, "")
            }
            Vocabulary::Categories => {
                let [store, slug, label, parent] = split_facet_term(term);
                let store = self.intern_store(store);
                self.categories.intern(store, slug, label, parent)
            }
            Vocabulary::Attributes => {
                let [store, key, key_label, value, label] = split_facet_term(term);
                let store = self.intern_store(store);
                let key = self.attribute_keys.intern(store, key, key_label, "");
                self.attributes.intern(key, value, label)
            }
        }
    }

    fn intern_store(&mut self, store: &str) -> u32 {
        if let Some(number) = self.stores.get(store) {
            return *number;
        }
        let number = next_number(self.stores.len());
        self.stores.insert(store.into(), number);
        number
    }
}

impl Names {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, number: u32) -> &Name {
        &self.entries[number as usize]
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, &Name)> + Clone {
        (0u32..).zip(&self.entries)
    }

    pub(crate) fn find(&self, store: u32, slug: &str) -> Option<u32> {
        self.by_slug.get(&(store, Arc::from(slug))).copied()
    }

    fn known(&self, store: u32, slug: &str, label: &str, parent: &str) -> Option<u32> {
        let is_shown_so = |name: &Name| *name.label == *label && *name.parent == *parent;
        self.find(store, slug).filter(|number| is_shown_so(self.get(*number)))
    }

    /// The label seen last is the one that is shown: it comes from the newest segment.
    fn intern(&mut self, store: u32, slug: &str, label: &str, parent: &str) -> u32 {
        if let Some(number) = self.find(store, slug) {
            let entry = &mut self.entries[number as usize];
            if &*entry.label != label {
                entry.label = label.into();
                entry.folded = sort_key(label).into();
            }
            replace_if_different(&mut entry.parent, parent);
            return number;
        }
        let number = next_number(self.entries.len());
        let slug: Arc<str> = slug.into();
        let (label, folded) = (shared(label, &slug), sort_key(label).into());
        self.entries.push(Name { store, slug: slug.clone(), label, parent: parent.into(), folded });
        self.by_slug.insert((store, slug), number);
        number
    }
}

impl Attributes {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn key_of(&self, number: u32) -> u32 {
        self.keys[number as usize]
    }

    pub(crate) fn get(&self, number: u32) -> &AttributeValue {
        &self.entries[number as usize]
    }

    pub(crate) fn find(&self, key: u32, value: &str) -> Option<u32> {
        self.by_value.get(&(key, Arc::from(value))).copied()
    }

    /// The entries of a key that are numbers, with these in thousandths.
    pub(crate) fn numbers_of(&self, key: u32) -> impl Iterator<Item = (u32, i64)> {
        let numbers = self.numbers.get(&key).into_iter().flatten();
        numbers.filter_map(|entry| Some((*entry, self.get(*entry).number?)))
    }

    /// Whether any product has several values of this key.
    pub(crate) fn has_several(&self, key: u32) -> bool {
        self.several.contains(&key)
    }

    /// Keys of which one of these products has several values, each that was not known for it.
    pub(crate) fn newly_several<'a>(&self, products: impl Iterator<Item = &'a [u32]>) -> HashSet<u32> {
        let mut several = HashSet::new();
        let keys = self.keys.iter().max().map_or(0, |last| *last as usize + 1);
        let mut last_with = vec![usize::MAX; keys];
        for (product, values) in products.enumerate() {
            for value in values {
                let key = self.keys[*value as usize];
                if std::mem::replace(&mut last_with[key as usize], product) == product && !self.has_several(key) {
                    several.insert(key);
                }
            }
        }
        several
    }

    pub(crate) fn note_several(&mut self, keys: HashSet<u32>) {
        self.several.extend(keys);
    }

    fn intern(&mut self, key: u32, value: &str, label: &str) -> u32 {
        let value: Arc<str> = value.into();
        let identity = (key, value.clone());
        if let Some(&number) = self.by_value.get(&identity) {
            replace_if_different(&mut self.entries[number as usize].label, label);
            return number;
        }
        let number = next_number(self.entries.len());
        self.keys.push(key);
        let in_thousandths = thousandths(&value);
        if in_thousandths.is_some() {
            self.numbers.entry(key).or_default().push(number);
        }
        self.entries.push(AttributeValue { label: shared(label, &value), value, number: in_thousandths });
        self.by_value.insert(identity, number);
        number
    }
}

/// A decimal number with at most three digits behind the point; finer ones are cut off.
pub(crate) fn thousandths(text: &str) -> Option<i64> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_decimal = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_decimal(whole) || !is_decimal(fraction) {
        return None;
    }
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    let number = whole.parse::<i64>().ok()?.checked_mul(1_000)?.checked_add(padded.parse().ok()?)?;
    Some(if negative { -number } else { number })
}

fn next_number(len: usize) -> u32 {
    u32::try_from(len).expect("a segment numbers its terms with 32 bits too")
}

/// Most labels are their own value; they share its memory.
fn shared(label: &str, value: &Arc<str>) -> Arc<str> {
    if label == &**value { value.clone() } else { label.into() }
}

fn replace_if_different(place: &mut Arc<str>, text: &str) {
    if &**place != text {
        *place = text.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dictionary_in_use_is_copied_only_for_what_is_new() {
        let term = |parts: &[&str]| crate::document::facet_term(parts);
        let mut dictionary = Arc::new(Dictionary::default());
        let mut changes = |vocabulary, parts: &[&str]| {
            let in_use = dictionary.clone();
            Dictionary::number_of(&mut dictionary, vocabulary, &term(parts));
            !Arc::ptr_eq(&in_use, &dictionary)
        };
        let stories: [(Vocabulary, &[&str], &[&str]); 3] = [
            (Vocabulary::Brands, &["s", "acme", "Acme"], &["s", "acme", "ACME"]),
            (Vocabulary::Categories, &["s", "mice", "Mice", "it"], &["s", "mice", "Mice", "games"]),
            (Vocabulary::Attributes, &["s", "color", "Color", "red", "Red"], &["s", "color", "Colour", "red", "Red"]),
        ];
        for (vocabulary, parts, otherwise) in stories {
            assert_eq!([parts, parts].map(|parts| changes(vocabulary, parts)), [true, false], "{parts:?}");
            assert_eq!([otherwise, otherwise].map(|parts| changes(vocabulary, parts)), [true, false], "{otherwise:?}");
        }
        assert!(changes(Vocabulary::Brands, &["another", "acme", "ACME"]));
        assert!(changes(Vocabulary::Attributes, &["s", "color", "Colour", "red", "Crimson"]));
    }

    #[test]
    fn numbers_are_read_in_thousandths() {
        let check = |text: &str, expected| assert_eq!(thousandths(text), expected, "{text}");
        check("15.6", Some(15_600));
        check("0", Some(0));
        check("-2.5", Some(-2_500));
        check("1.23456", Some(1_234));
        check("64 GB", None);
        check("", None);
        check(".", None);
        check("1.", None);
        check("+1", None);
        check("1e3", None);
        check("99999999999999999999", None);
    }
}
