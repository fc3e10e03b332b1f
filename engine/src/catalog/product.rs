//! PURE. Products: what a page shows. What is bought is one of their variants.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::id::{BrandId, CategoryId, ProductId, SellerId, StoreId};
use crate::internet::public_url;

use super::attribute::{AttributeDefinition, check_specs};
use super::error::Error;
use super::field::Fields;
use super::name::{Slug, Title, WantedSlug};
use super::variant::VariantDraft;

#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    pub id: ProductId,
    pub store_id: StoreId,
    pub slug: Slug,
    pub title: Title,
    /// Plain text.
    pub description: String,
    pub brand_id: Option<BrandId>,
    pub category_id: Option<CategoryId>,
    /// Whose it is, for good; none: the shop's own.
    pub seller_id: Option<SellerId>,
    /// The merchant's own shape; typed where the category defines the key.
    pub specs: Map<String, Value>,
    pub media: Vec<Media>,
    pub tags: Vec<String>,
    pub status: ProductStatus,
    pub availability: AvailabilityPolicy,
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A picture or film of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    pub url: String,
    /// What it shows, for those who do not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductStatus {
    /// Being written; nobody sees it.
    #[default]
    Draft,
    /// For sale.
    Active,
    /// Out of the assortment; kept for the orders that have it.
    Archived,
}

/// How much of the stock shoppers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AvailabilityPolicy {
    /// The number.
    Exact,
    /// That there are few, when there are.
    #[default]
    Low,
    /// In stock or not.
    Hidden,
}

/// A product as someone wrote it down, with its first variants.
#[derive(Debug, Clone, Default)]
pub struct ProductDraft {
    /// None: made of the title.
    pub slug: Option<String>,
    pub title: String,
    pub description: String,
    /// An id or a slug.
    pub brand: Option<String>,
    /// An id or a slug.
    pub category: Option<String>,
    pub specs: Map<String, Value>,
    pub media: Vec<Media>,
    pub tags: Vec<String>,
    pub status: ProductStatus,
    pub availability: AvailabilityPolicy,
    pub variants: Vec<VariantDraft>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default)]
pub struct ProductPatch {
    pub slug: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub brand: Option<Option<String>>,
    pub category: Option<Option<String>>,
    /// As a whole.
    pub specs: Option<Map<String, Value>>,
    pub media: Option<Vec<Media>>,
    pub tags: Option<Vec<String>>,
    pub status: Option<ProductStatus>,
    pub availability: Option<AvailabilityPolicy>,
}

/// The parsed fields; what they refer to is looked up elsewhere.
pub(super) struct ParsedProduct {
    pub(super) slug: WantedSlug,
    pub(super) title: Title,
    pub(super) description: String,
    pub(super) specs: Map<String, Value>,
    pub(super) media: Vec<Media>,
    pub(super) tags: Vec<String>,
}

pub(super) const VARIANTS_MAX: usize = 200;
const DESCRIPTION_MAX: usize = 50_000;
const SPECS_MAX: usize = 500;
const SPECS_BYTES_MAX: usize = 100_000;
const MEDIA_MAX: usize = 50;
const TAGS_MAX: usize = 100;

impl ProductDraft {
    /// The variants are parsed by themselves.
    pub(super) fn parse(self, definitions: &[AttributeDefinition], fields: &mut Fields) -> Option<ParsedProduct> {
        let title = fields.name("/title", &self.title, Title::parse(&self.title));
        let slug = fields.slug(self.slug.as_deref(), &self.title);
        fields.text("/description", &self.description, DESCRIPTION_MAX);
        fields.count("/specs", self.specs.len(), SPECS_MAX);
        // One byte at a time it would cost a pass per key: one look at the whole.
        let specs = Value::Object(self.specs).to_string();
        if specs.len() > SPECS_BYTES_MAX {
            fields.refuse("/specs", "too_long", format_args!("at most {SPECS_BYTES_MAX} bytes of JSON"));
        }
        if specs.contains("\\u0000") {
            fields.refuse("/specs", "invalid", "a zero byte is not text");
        }
        let specs: Map<String, Value> = serde_json::from_str(&specs).expect("it was just written");
        fields.also(check_specs(&specs, definitions));
        check_media(&self.media, fields);
        let tags = tags(self.tags, fields);
        let (description, media) = (self.description, self.media);
        title.zip(slug).map(|(title, slug)| ParsedProduct { slug, title, description, specs, media, tags })
    }
}

fn check_media(media: &[Media], fields: &mut Fields) {
    fields.count("/media", media.len(), MEDIA_MAX);
    for (n, Media { url, alt }) in media.iter().enumerate() {
        let pointer = format!("/media/{n}/url");
        fields.text(&pointer, url, 2000);
        let known = ["https://", "http://", "/"].iter().any(|start| url.starts_with(start));
        // Scripts and spaces have no place in an address that a page will show.
        if !known || url.starts_with("//") || !url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') {
            fields.refuse(&pointer, "invalid", "a picture's address begins with https://, http:// or /");
        } else if !url.starts_with('/')
            && let Err(error) = public_url(url, true)
        {
            // Whoever opens the page would ask there.
            fields.refuse(&pointer, "not_public", error);
        }
        fields.text(&format!("/media/{n}/alt"), alt.as_deref().unwrap_or(""), 500);
    }
}

/// Each once, in their order, without spaces around them.
fn tags(tags: Vec<String>, fields: &mut Fields) -> Vec<String> {
    fields.count("/tags", tags.len(), TAGS_MAX);
    let mut seen = BTreeSet::new();
    let mut kept = Vec::with_capacity(tags.len());
    for (n, tag) in tags.iter().enumerate() {
        let tag = tag.trim();
        fields.text(&format!("/tags/{n}"), tag, 100);
        if !tag.is_empty() && seen.insert(tag) {
            kept.push(tag.to_owned());
        }
    }
    kept
}

impl Product {
    pub(super) fn draft(&self) -> ProductDraft {
        ProductDraft {
            slug: Some(self.slug.to_string()),
            title: self.title.to_string(),
            description: self.description.clone(),
            brand: self.brand_id.map(|brand| brand.to_string()),
            category: self.category_id.map(|category| category.to_string()),
            specs: self.specs.clone(),
            media: self.media.clone(),
            tags: self.tags.clone(),
            status: self.status,
            availability: self.availability,
            variants: Vec::new(),
        }
    }
}

impl ProductPatch {
    pub(super) fn onto(self, draft: ProductDraft) -> ProductDraft {
        ProductDraft {
            slug: self.slug.or(draft.slug),
            title: self.title.unwrap_or(draft.title),
            description: self.description.unwrap_or(draft.description),
            brand: self.brand.unwrap_or(draft.brand),
            category: self.category.unwrap_or(draft.category),
            specs: self.specs.unwrap_or(draft.specs),
            media: self.media.unwrap_or(draft.media),
            tags: self.tags.unwrap_or(draft.tags),
            status: self.status.unwrap_or(draft.status),
            availability: self.availability.unwrap_or(draft.availability),
            variants: draft.variants,
        }
    }
}

impl ProductStatus {
    pub const ALL: [Self; 3] = [Self::Draft, Self::Active, Self::Archived];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// What it may become. What was archived is looked at again before it is for sale.
    pub fn allowed(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Active, Self::Archived],
            Self::Active => &[Self::Draft, Self::Archived],
            Self::Archived => &[Self::Draft],
        }
    }

    /// `to`, if it may become that; staying what it is is always allowed.
    pub(super) fn become_(self, to: Self) -> Result<Self, Error> {
        if self == to || self.allowed().contains(&to) {
            return Ok(to);
        }
        Err(Error::InvalidState { from: self, to, allowed: self.allowed() })
    }
}

impl AvailabilityPolicy {
    pub const ALL: [Self; 3] = [Self::Exact, Self::Low, Self::Hidden];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Low => "low",
            Self::Hidden => "hidden",
        }
    }
}

/// A word that is none of those that were expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of {1}")]
pub struct UnknownWord(String, &'static str);

impl FromStr for ProductStatus {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|status| status.as_str() == text);
        known.ok_or_else(|| UnknownWord(text.to_owned(), "draft, active, archived"))
    }
}

impl FromStr for AvailabilityPolicy {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|policy| policy.as_str() == text);
        known.ok_or_else(|| UnknownWord(text.to_owned(), "exact, low, hidden"))
    }
}

impl fmt::Display for ProductStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_moves_only_along_its_table() {
        use ProductStatus::{Active, Archived, Draft};
        let table = [
            (Draft, Active, true),
            (Draft, Archived, true),
            (Active, Draft, true),
            (Active, Archived, true),
            (Archived, Draft, true),
            (Archived, Active, false),
            (Archived, Archived, true),
        ];
        for (from, to, fine) in table {
            assert_eq!(from.become_(to).is_ok(), fine, "{from} -> {to}");
        }
    }

    #[test]
    fn everything_wrong_with_a_product_is_told_at_once() {
        let check = |draft: ProductDraft, answer: &str| {
            let mut fields = Fields::default();
            draft.parse(&[], &mut fields);
            let told = fields.finish().map_or_else(|errors| errors.to_string(), |()| "fine".to_owned());
            assert_eq!(told, answer);
        };
        let fine = ProductDraft { title: "Lamp".to_owned(), ..ProductDraft::default() };
        check(fine.clone(), "fine");
        check(
            ProductDraft { slug: Some("La mp".to_owned()), title: String::new(), ..fine.clone() },
            "/title: a title is 1 to 300 characters on one line; \
             /slug: a slug is 1 to 200 lower-case letters, digits and single hyphens between them",
        );
        check(ProductDraft { title: "灯".to_owned(), ..fine.clone() }, "/slug: no slug can be made of this: give one");
        for url in ["javascript:alert(1)", "//elsewhere", "https://a b", "https://a\"onload=", ""] {
            check(
                ProductDraft { media: vec![Media { url: url.to_owned(), alt: None }], ..fine.clone() },
                "/media/0/url: a picture's address begins with https://, http:// or /",
            );
        }
        for (url, why) in [
            ("http://192.168.1.1/cgi-bin/reboot", "the host is not of the public internet"),
            ("https://0x7f.1/", "the host is not of the public internet"),
            ("https://me:secret@shop.example/", "a URL that is given away has no user and no password"),
            ("https://[", "not a URL with a host, such as https://shop.example/1.jpg"),
        ] {
            let media = vec![Media { url: url.to_owned(), alt: None }];
            check(ProductDraft { media, ..fine.clone() }, &format!("/media/0/url: {why}"));
        }
        let specs = serde_json::from_str(r#"{ "a": ["\u0000"] }"#).expect("an object");
        check(ProductDraft { specs, ..fine.clone() }, "/specs: a zero byte is not text");
        let tags = vec![" a ".to_owned(), "a".to_owned(), String::new(), "b".to_owned()];
        let parsed = ProductDraft { tags, ..fine }.parse(&[], &mut Fields::default()).expect("fine");
        assert_eq!(parsed.tags, ["a", "b"]);
    }
}
