//! What the index is given: one document per product, keyed by its id.
//!
//! Owns the translation into Tantivy's document and the form of the facet terms, in which value
//! and label travel together so that a facet can be shown from the index alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::tokenizer::{PreTokenizedString, Token};

use crate::analysis::{self, Analyzer, code_key, sort_key};
use crate::embedding::Embedding;
use crate::error::{Error, QueryError};
use crate::language::Language;
use crate::schema::{Fields, scope};

/// One product as shoppers look for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProductDocument {
    /// Unique in the whole index; at most 128 bytes.
    pub id: String,
    /// Every search names one store and sees only its products.
    pub store: String,
    /// Of its texts. A search names one language too, and finds what is written in it.
    pub language: Language,
    /// Writes with a lower version than the indexed one are ignored.
    pub version: u64,
    pub title: String,
    /// Plain text.
    pub description: String,
    pub brand: Option<Brand>,
    /// From the root to the product's own category. A product is found in each of them.
    pub categories: Vec<Category>,
    pub tags: Vec<String>,
    /// SKUs and barcodes of all variants. A search for exactly one of them puts its product first.
    pub codes: Vec<String>,
    /// Of the product and all its variants; repetitions are fine.
    pub attributes: Vec<Attribute>,
    /// The price that the listing shows (the lowest of the variants), in minor units. Filters,
    /// ranges and sorting use it, so that what a shopper filters by is what they see.
    pub price: i64,
    pub availability: Availability,
    /// How far the price is below the list price, in basis points.
    pub discount_bp: u32,
    /// From 0, nobody wants it, to 1000, the most wanted of its store.
    pub popularity: u32,
    /// The mean of what buyers gave it, in hundredths of a star; 0: nobody did.
    pub rating: u32,
    /// Milliseconds since 1970, UTC.
    pub created_at_ms: i64,
    /// What it means, if a model was asked: by the same that tells what queries mean.
    pub embedding: Option<Embedding>,
    /// Given back unread with each hit: what a listing card needs, so that a page of results is
    /// answered from the index alone.
    pub stored: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    pub slug: String,
    pub name: String,
}

/// One step of a category path. Slugs are unique within a store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub slug: String,
    pub label: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribute {
    pub key: String,
    pub label: String,
    pub value: String,
    pub value_label: String,
    /// Found by its words only: neither counted nor filterable.
    pub text_only: bool,
}

/// Whether a product can be bought, in as many steps as a shopper is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    #[default]
    SoldOut,
    Low,
    InStock,
}

/// Longer facet values are searchable text but neither counted nor filterable: nobody clicks them.
const FACET_VALUE_CHARS_MAX: usize = 100;
const ID_BYTES_MAX: usize = 128;
/// Between the parts of a facet term. Never part of a value: it is replaced by a space on the way in.
const SEPARATOR: char = '\u{1f}';

impl Availability {
    pub const ALL: [Availability; 3] = [Availability::InStock, Availability::Low, Availability::SoldOut];

    pub fn name(self) -> &'static str {
        match self {
            Availability::SoldOut => "sold_out",
            Availability::Low => "low",
            Availability::InStock => "in_stock",
        }
    }

    pub(crate) fn to_u8(self) -> u8 {
        match self {
            Availability::SoldOut => 0,
            Availability::Low => 1,
            Availability::InStock => 2,
        }
    }

    /// Unknown numbers read as sold out: the index never offers what it cannot name.
    pub(crate) fn from_u8(number: u8) -> Availability {
        match number {
            2 => Availability::InStock,
            1 => Availability::Low,
            _ => Availability::SoldOut,
        }
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Availability {
    type Err = QueryError;

    fn from_str(given: &str) -> Result<Availability, QueryError> {
        Availability::ALL
            .into_iter()
            .find(|availability| availability.name() == given)
            .ok_or_else(|| QueryError::UnknownAvailability { given: given.to_owned() })
    }
}

impl ProductDocument {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let bad = |reason| Err(Error::BadDocument { id: self.id.clone(), reason });
        if self.id.is_empty() {
            return bad("its id is empty");
        }
        if self.id.len() > ID_BYTES_MAX {
            return bad("its id is too long");
        }
        if self.store.is_empty() {
            return bad("its store is empty");
        }
        Ok(())
    }

    pub(crate) fn to_tantivy(&self, fields: &Fields) -> TantivyDocument {
        let mut document = tombstone(fields, &self.id, self.version);
        let scope = scope(&self.store, self.language);
        document.add_text(fields.scope, &scope);
        self.add_words(fields, &scope, &mut document);
        self.add_exact(fields, &scope, &mut document);
        self.add_facets(fields, &scope, &mut document);
        document.add_u64(fields.availability, u64::from(self.availability.to_u8()));
        document.add_i64(fields.price, self.price);
        document.add_u64(fields.discount, u64::from(self.discount_bp));
        document.add_u64(fields.popularity, u64::from(self.popularity));
        document.add_u64(fields.rating, u64::from(self.rating));
        document.add_i64(fields.created_at, self.created_at_ms);
        document.add_text(fields.title_key, sort_key(&self.title));
        if let Some(embedding) = &self.embedding {
            document.add_bytes(fields.embedding, &embedding.to_bytes());
        }
        document.add_text(fields.stored, &self.stored);
        document
    }

    fn add_words(&self, fields: &Fields, scope: &str, document: &mut TantivyDocument) {
        let analyzer = Analyzer::new(self.language);
        let read = |texts: &[&str]| texts.iter().flat_map(|text| analysis::read(text)).collect::<Vec<_>>();
        let codes: Vec<&str> = self.codes.iter().map(String::as_str).collect();
        let (title, names, codes) = (read(&[&self.title]), read(&self.names()), read(&codes));
        let (attributes, description) = (read(&self.attribute_texts()), read(&[&self.description]));
        let mut add = |field, words: &mut dyn Iterator<Item = String>| {
            document.add_pre_tokenized_text(field, pre_tokenized(scope, words));
        };
        add(fields.title, &mut analyzer.words_of(&title));
        add(fields.labels, &mut analyzer.words_of(&names).chain(analyzer.words_of(&codes)));
        add(fields.attributes, &mut analyzer.words_of(&attributes));
        add(fields.description, &mut analyzer.words_of(&description));
        add(fields.surface, &mut analysis::surface_of(&names).chain(analysis::surface_of(&title)));
        let all = [title, names, codes, attributes, description];
        add(fields.joined, &mut all.iter().flat_map(|compounds| analyzer.joined_of(compounds)));
    }

    fn add_exact(&self, fields: &Fields, scope: &str, document: &mut TantivyDocument) {
        for key in exact_terms(scope, &self.title, self.codes.iter().map(String::as_str)) {
            document.add_text(fields.exact, key);
        }
    }

    /// What it is called beside its title.
    fn names(&self) -> Vec<&str> {
        let brand = self.brand.iter().map(|brand| &brand.name);
        let labels = self.categories.iter().map(|category| &category.label);
        brand.chain(labels).chain(&self.tags).map(String::as_str).collect()
    }

    /// What shoppers may type for an attribute: its value, or its name where the value is a plain
    /// yes ("waterproof"). A plain no is left out, or "bluetooth" would find what has none.
    fn attribute_texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self
            .attributes
            .iter()
            .filter_map(|attribute| match attribute.value.to_lowercase().as_str() {
                "true" | "yes" => Some(attribute.label.as_str()),
                "false" | "no" => None,
                _ => Some(attribute.value_label.as_str()),
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    fn add_facets(&self, fields: &Fields, scope: &str, document: &mut TantivyDocument) {
        if let Some(brand) = &self.brand {
            document.add_text(fields.brand_facet, facet_term(&[scope, &brand.slug, &brand.name]));
        }
        let mut parent = "";
        for category in &self.categories {
            let term = facet_term(&[scope, &category.slug, &category.label, parent]);
            document.add_text(fields.category_facet, term);
            parent = &category.slug;
        }
        let mut seen: Vec<(&str, &str)> = Vec::new();
        for attribute in &self.attributes {
            let identity = (attribute.key.as_str(), attribute.value.as_str());
            let too_long = attribute.value.chars().count() > FACET_VALUE_CHARS_MAX;
            if attribute.text_only || too_long || attribute.value.is_empty() || seen.contains(&identity) {
                continue;
            }
            seen.push(identity);
            let Attribute { key, label, value, value_label, .. } = attribute;
            document.add_text(fields.attribute_facet, facet_term(&[scope, key, label, value, value_label]));
        }
    }
}

/// A document that only remembers up to which version its id is settled. It names no store, and
/// every search does, so none finds it; a late write of an older version meets it and gives way.
pub(crate) fn tombstone(fields: &Fields, id: &str, version: u64) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.id, id);
    document.add_u64(fields.version, version);
    document
}

/// Under which terms a product is found by its whole title or one of its codes.
pub(crate) fn exact_terms<'a>(scope: &str, title: &str, codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let title = sort_key(title);
    let codes = codes.map(code_key).filter(|code| !code.is_empty()).map(|code| format!("{scope}c:{code}"));
    let title = (!title.is_empty()).then(|| format!("{scope}t:{title}"));
    codes.chain(title).collect()
}

fn pre_tokenized(scope: &str, words: &mut dyn Iterator<Item = String>) -> PreTokenizedString {
    let token =
        |(position, word): (usize, String)| Token { position, text: [scope, &word].concat(), ..Token::default() };
    PreTokenizedString { text: String::new(), tokens: words.enumerate().map(token).collect() }
}

pub(crate) fn facet_term(parts: &[&str]) -> String {
    let mut term = String::new();
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            term.push(SEPARATOR);
        }
        term.extend(part.chars().map(|c| if c == SEPARATOR { ' ' } else { c }));
    }
    term
}

/// The parts that [`facet_term`] joined; missing ones are empty.
pub(crate) fn split_facet_term<const N: usize>(term: &str) -> [&str; N] {
    let mut parts = term.split(SEPARATOR);
    std::array::from_fn(|_| parts.next().unwrap_or(""))
}
