//! Numbers for brands, categories and attribute values that hold across segments.
//!
//! Each segment numbers its own terms; facets must be counted over all of them. Translating when
//! a segment is opened, once, spares every search the strings. A dictionary only grows during the
//! life of a generation; a rebuild starts a new one. Stores share nothing here: the same slug in two
//! of them is two entries.

use std::collections::HashMap;
use std::sync::Arc;

use crate::document::split_facet_term;

#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary {
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
}

/// Attribute values, told apart by key and value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attributes {
    entries: Vec<AttributeValue>,
    /// The key of each entry, apart, for it is looked at for every value in a result.
    keys: Vec<u32>,
    by_value: HashMap<(u32, Arc<str>), u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct AttributeValue {
    pub(crate) value: Arc<str>,
    pub(crate) label: Arc<str>,
}

/// Which of the three kinds of facet terms a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Brands,
    Categories,
    Attributes,
}

impl Dictionary {
    /// A store without products has a number that nothing else has.
    pub(crate) fn store(&self, store: &str) -> u32 {
        self.stores.get(store).copied().unwrap_or(u32::MAX)
    }

    pub(crate) fn intern(&mut self, vocabulary: Vocabulary, term: &str) -> u32 {
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

    pub(crate) fn find(&self, store: u32, slug: &str) -> Option<u32> {
        self.by_slug.get(&(store, Arc::from(slug))).copied()
    }

    /// The label seen last is the one that is shown: it comes from the newest segment.
    fn intern(&mut self, store: u32, slug: &str, label: &str, parent: &str) -> u32 {
        if let Some(number) = self.find(store, slug) {
            let entry = &mut self.entries[number as usize];
            replace_if_different(&mut entry.label, label);
            replace_if_different(&mut entry.parent, parent);
            return number;
        }
        let number = next_number(self.entries.len());
        let slug: Arc<str> = slug.into();
        self.entries.push(Name { store, slug: slug.clone(), label: shared(label, &slug), parent: parent.into() });
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

    fn intern(&mut self, key: u32, value: &str, label: &str) -> u32 {
        let value: Arc<str> = value.into();
        let identity = (key, value.clone());
        if let Some(&number) = self.by_value.get(&identity) {
            replace_if_different(&mut self.entries[number as usize].label, label);
            return number;
        }
        let number = next_number(self.entries.len());
        self.keys.push(key);
        self.entries.push(AttributeValue { label: shared(label, &value), value });
        self.by_value.insert(identity, number);
        number
    }
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
