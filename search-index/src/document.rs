//! What the index is given: one document per product, keyed by its id.
//!
//! Owns the translation into Tantivy's document and the form of the facet terms, in which value
//! and label travel together so that a facet can be shown from the index alone.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;

use crate::analysis::{compounds, sort_key};
use crate::error::{Error, QueryError};
use crate::language::Language;
use crate::schema::Fields;

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
        document.add_text(fields.store, &self.store);
        self.add_text_fields(fields, &mut document);
        self.add_facet_fields(fields, &mut document);
        document.add_i64(fields.price, self.price);
        document.add_i64(fields.created_at, self.created_at_ms);
        document.add_text(fields.title_key, sort_key(&self.title));
        document.add_text(fields.stored, &self.stored);
        document
    }

    fn add_text_fields(&self, fields: &Fields, document: &mut TantivyDocument) {
        document.add_text(fields.title, &self.title);
        document.add_text(fields.description, &self.description);
        if let Some(brand) = &self.brand {
            document.add_text(fields.brand, &brand.name);
        }
        for category in &self.categories {
            document.add_text(fields.category, &category.label);
        }
        for keyword in self.tags.iter().chain(&self.codes) {
            document.add_text(fields.keywords, keyword);
        }
        for compound in self.hyphenated_texts().flat_map(compounds) {
            document.add_text(fields.keywords, compound);
        }
        for code in &self.codes {
            document.add_text(fields.code, code_term(code));
        }
        for text in self.attribute_texts() {
            document.add_text(fields.attributes, text);
        }
    }

    /// Where a hyphen may be left out by who looks for it.
    fn hyphenated_texts(&self) -> impl Iterator<Item = &str> {
        let labels = self.categories.iter().map(|category| &category.label);
        let brand = self.brand.iter().map(|brand| &brand.name);
        let texts = std::iter::once(&self.title).chain(labels).chain(brand).chain(&self.tags).chain(&self.codes);
        texts.map(String::as_str)
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

    fn add_facet_fields(&self, fields: &Fields, document: &mut TantivyDocument) {
        if let Some(brand) = &self.brand {
            document.add_text(fields.brand_facet, facet_term(&[&self.store, &brand.slug, &brand.name]));
        }
        let mut parent = "";
        for category in &self.categories {
            let term = facet_term(&[&self.store, &category.slug, &category.label, parent]);
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
            let parts = [&self.store, &attribute.key, &attribute.label, &attribute.value, &attribute.value_label];
            document.add_text(fields.attribute_facet, facet_term(&parts.map(String::as_str)));
        }
        document.add_u64(fields.availability, u64::from(self.availability.to_u8()));
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

/// Codes are compared without regard to case and surrounding blanks.
pub(crate) fn code_term(code: &str) -> String {
    code.trim().to_lowercase()
}

fn facet_term(parts: &[&str]) -> String {
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
