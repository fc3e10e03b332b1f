//! What can be asked. Everything here is checked before the index is touched, and refused by name.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use crate::dictionary::thousandths;
use crate::document::Availability;
use crate::embedding::Embedding;
use crate::error::QueryError;
use crate::language::Language;
use crate::ranking::Ranking;
use crate::rules::Rules;

pub(crate) const TEXT_CHARS_MAX: usize = 200;
pub(crate) const LIMIT_MAX: usize = 200;
/// Numbered pages end here: each costs as much as all before it. Cursors go on without end.
pub(crate) const PAGED_RESULTS_MAX: usize = 10_000;
pub(crate) const SORTS_MAX: usize = 3;
const FILTER_VALUES_MAX: usize = 200;

/// A search of one store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub store: String,
    /// In which the text is read, and of which products are found.
    pub language: Language,
    /// Free text as typed; blank means everything.
    pub text: String,
    pub filters: Filters,
    /// In order of weight. Empty is relevance; equals are in order of their ids.
    pub sort: Vec<Sort>,
    pub paging: Paging,
    /// Counting costs more than finding; leave it off where nobody looks at it.
    pub facets: bool,
    /// What the shop says about words and products.
    pub rules: Arc<Rules>,
    pub ranking: Ranking,
    /// What the text means: by it, the first results by words are put in order as well.
    pub embedding: Option<Embedding>,
    /// Milliseconds since 1970, UTC: by which is told what is new.
    pub now_ms: i64,
    /// Whether each hit says why it stands where it stands.
    pub explain: bool,
}

/// All of them must hold; the values of one are alternatives. Empty means no filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters {
    /// Category slugs. A category includes what is below it.
    pub categories: Vec<String>,
    /// Brand slugs.
    pub brands: Vec<String>,
    /// Lowest and highest price, in minor units, both inclusive.
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    pub availability: Vec<Availability>,
    /// At least so good, in tenths of a star.
    pub rating_min: Option<u32>,
    /// At least so far below the list price, in percent.
    pub discount_min: Option<u32>,
    /// Attribute key -> values.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Attribute key -> the numbers that its values may have.
    pub attribute_ranges: BTreeMap<String, NumberRange>,
    /// Products that have any of these are left out.
    pub without: Exclusions,
}

/// What products must not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Exclusions {
    /// Category slugs. A category includes what is below it.
    pub categories: Vec<String>,
    /// Brand slugs.
    pub brands: Vec<String>,
    /// Attribute key -> values.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// Both ends inclusive, either may be open. In thousandths: 15.6 is 15600.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct NumberRange {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sort {
    /// With text: how well it matches, sold-out products a little lower. Without: what can be
    /// bought before what is sold out, then the newest.
    Relevance,
    PriceAscending,
    PriceDescending,
    Oldest,
    Newest,
    TitleAscending,
    TitleDescending,
}

/// Which part of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// Page numbers begin at 1.
    Page { page: usize, limit: usize },
    /// What follows the page that gave this cursor, whatever was added before it meanwhile.
    Cursor { cursor: String, limit: usize },
}

impl NumberRange {
    /// A bound as it is written: a decimal number with at most three digits behind the point; finer ones are cut off.
    pub fn bound(written: &str) -> Result<i64, QueryError> {
        thousandths(written).ok_or_else(|| QueryError::NotANumber { given: written.to_owned() })
    }
}

impl Default for Paging {
    fn default() -> Paging {
        Paging::Page { page: 1, limit: 25 }
    }
}

impl Sort {
    const ALL: [(Sort, &'static str); 7] = [
        (Sort::Relevance, "relevance"),
        (Sort::PriceAscending, "price"),
        (Sort::PriceDescending, "-price"),
        (Sort::Oldest, "created_at"),
        (Sort::Newest, "-created_at"),
        (Sort::TitleAscending, "title"),
        (Sort::TitleDescending, "-title"),
    ];
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Sort::ALL.iter().find(|(sort, _)| sort == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for Sort {
    type Err = QueryError;

    fn from_str(given: &str) -> Result<Sort, QueryError> {
        Sort::ALL
            .iter()
            .find(|(_, name)| *name == given)
            .map(|(sort, _)| *sort)
            .ok_or_else(|| QueryError::UnknownSort { given: given.to_owned() })
    }
}

impl Query {
    /// Whether everything matches: a listing.
    pub(crate) fn is_without_text(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Whether nothing but relevance to a text decides what stands first.
    pub fn is_by_relevance_alone(&self) -> bool {
        !self.is_without_text() && matches!(*self.sort, [] | [Sort::Relevance])
    }

    pub(crate) fn check(&self) -> Result<(), QueryError> {
        let given = self.text.chars().count();
        if given > TEXT_CHARS_MAX {
            return Err(QueryError::TextTooLong { given, max: TEXT_CHARS_MAX });
        }
        check_sorts(&self.sort)?;
        self.filters.check()?;
        self.paging.check()
    }

    /// Tells a cursor whether it is used with the search that it came from.
    pub(crate) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.store, self.language, &self.text, &self.filters, &self.sort).hash(&mut hasher);
        hasher.finish()
    }
}

fn check_sorts(sorts: &[Sort]) -> Result<(), QueryError> {
    if sorts.len() > SORTS_MAX {
        return Err(QueryError::TooManySorts { given: sorts.len(), max: SORTS_MAX });
    }
    for (position, sort) in sorts.iter().enumerate() {
        if sorts[..position].contains(sort) {
            return Err(QueryError::RepeatedSort { given: sort.to_string() });
        }
    }
    Ok(())
}

impl Filters {
    /// Every attribute that is asked about.
    pub(crate) fn attribute_keys(&self) -> impl Iterator<Item = &String> {
        self.attributes.keys().chain(self.attribute_ranges.keys()).chain(self.without.attributes.keys())
    }

    fn check(&self) -> Result<(), QueryError> {
        if let (Some(min), Some(max)) = (self.price_min, self.price_max)
            && min > max
        {
            return Err(QueryError::PriceRangeInverted { min, max });
        }
        let attributes = || self.attributes.iter().chain(&self.without.attributes);
        if let Some((key, _)) = attributes().find(|(_, values)| values.is_empty()) {
            return Err(QueryError::EmptyFilter { key: key.clone() });
        }
        for (key, range) in &self.attribute_ranges {
            match (range.min, range.max) {
                (None, None) => return Err(QueryError::EmptyFilter { key: key.clone() }),
                (Some(min), Some(max)) if min > max => return Err(QueryError::RangeInverted { key: key.clone() }),
                (_, _) => {}
            }
        }
        let names = [&self.categories, &self.brands, &self.without.categories, &self.without.brands];
        let named: usize = names.iter().map(|names| names.len()).sum();
        let values: usize = attributes().map(|(_, values)| values.len()).sum();
        let given = named + self.availability.len() + values + self.attribute_ranges.len();
        if given > FILTER_VALUES_MAX {
            return Err(QueryError::TooManyFilterValues { given, max: FILTER_VALUES_MAX });
        }
        Ok(())
    }
}

impl Paging {
    pub(crate) fn limit(&self) -> usize {
        match self {
            Paging::Page { limit, .. } | Paging::Cursor { limit, .. } => *limit,
        }
    }

    fn check(&self) -> Result<(), QueryError> {
        let limit = self.limit();
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(QueryError::LimitOutOfRange { given: limit, max: LIMIT_MAX });
        }
        if let Paging::Page { page, limit } = *self {
            let end = page.saturating_mul(limit);
            if page == 0 || end > PAGED_RESULTS_MAX {
                return Err(QueryError::PageOutOfRange { page, limit, max: PAGED_RESULTS_MAX });
            }
        }
        Ok(())
    }
}
