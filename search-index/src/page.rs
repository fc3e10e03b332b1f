//! What is answered.

use crate::document::Availability;
use crate::meaning::Meaning;

#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    pub hits: Vec<Hit>,
    /// How many products match in all, exactly.
    pub total: u64,
    /// Continues after the last hit; none on the last page.
    pub next_cursor: Option<String>,
    pub matching: Matching,
    /// Words of the text, in lower case, that no product has; products with similar words stand for them.
    pub unknown_words: Vec<String>,
    /// The text as it was probably meant, where it finds little as it was typed.
    pub did_you_mean: Option<String>,
    /// Where to look instead, when nothing good was found: the categories that come nearest, the nearest first.
    pub closest_categories: Vec<Bucket>,
    /// Empty unless asked for. Category, brand, price, rating, discount and availability first, then attributes.
    pub facets: Vec<Facet>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub id: String,
    /// As of this moment, not as of when the product was indexed.
    pub availability: Availability,
    /// Only with text and relevance; comparable within one answer.
    pub score: f32,
    /// What the document carried.
    pub stored: String,
    /// Why it stands where it stands, if it was asked for.
    pub explanation: Option<Explanation>,
}

/// How a score came about: words, times what signals and rules make of it, within its tier.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What it belongs to, before any counting: `pinned`, `exact` (the text is its code or its title), `all_words`,
    /// `some_words`, or `everything` where there is no text.
    pub tier: &'static str,
    /// How well the words match.
    pub text: f32,
    pub words: Vec<WordMatch>,
    /// `availability`, `popularity`, `rating`, `newness` (these three add up rather than multiply), and the rules that
    /// weigh it, by name.
    pub factors: Vec<Factor>,
    /// Where it stands among the first results of its tier, which are put in order by what they mean as well. None: they are
    /// not, or it is not among them.
    pub meaning: Option<Meaning>,
}

/// What one word of the text did for a product.
#[derive(Debug, Clone, PartialEq)]
pub struct WordMatch {
    pub typed: String,
    /// The word of the product that it met: itself, another form, a synonym, a similar one. None: nothing.
    pub matched: Option<String>,
    /// Where it stands: `title`, `labels` (brand, categories, tags, codes), `description`, `attributes`,
    /// or `joined`: somewhere, but written apart.
    pub fields: Vec<&'static str>,
    pub score: f32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    pub name: String,
    pub factor: f32,
}

/// How the words of the text were used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Every product is found: there was no text.
    Everything,
    /// All words occur in each product, or the text is one of its codes.
    AllWords,
    /// Too few products have all words; those with some of them follow.
    SomeWords,
    /// Nothing good was found: no product has more than a lesser part of the words.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// `category`, `brand`, `price`, `rating`, `discount`, `availability`, or `attr.` and the attribute's key.
    pub key: String,
    pub label: String,
    pub kind: FacetKind,
    /// Counted in a part of the results, which were many, and reckoned up.
    pub approximate: bool,
    pub buckets: Vec<Bucket>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetKind {
    Term,
    Range,
    /// Each choice includes those above it: at least so much.
    AtLeast,
}

/// One choice: how many products it would leave, given all filters but those of its own facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// What to filter by. A range reads `from..to`, either end may be open.
    pub value: String,
    pub label: String,
    pub count: u64,
    pub selected: bool,
    /// The category that this one belongs to, where both are listed.
    pub parent: Option<String>,
    /// Lowest and highest of a range, both inclusive, as the filters take them: prices in minor units, attributes in
    /// thousandths.
    pub from: Option<i64>,
    pub to: Option<i64>,
}
