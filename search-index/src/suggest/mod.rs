//! Completions: what a shopper who has typed so far may be looking for.
//!
//! Names (categories, brands, popular queries) are few and looked through; words and products are many and looked up. Each
//! look-up has a budget, so that one letter that begins everything costs no more than five that begin little.

mod fit;
mod names;
mod products;

use std::sync::Arc;

use crate::analysis::sort_key;
use crate::error::{Error, QueryError};
use crate::language::Language;
use crate::query::TEXT_CHARS_MAX;
use crate::snapshot::Snapshot;
use crate::vocabulary::StoreWords;

use fit::Typed;
use names::Names;
use products::Products;

/// A question for completions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggest {
    pub store: String,
    pub language: Language,
    /// As typed so far; its last word may be unfinished.
    pub text: String,
    /// Of each kind, at most so many; from 1 to 20.
    pub limit: usize,
    pub popular: Arc<PopularQueries>,
}

impl Default for Suggest {
    fn default() -> Suggest {
        Suggest {
            store: String::new(),
            language: Language::default(),
            text: String::new(),
            limit: 6,
            popular: Arc::default(),
        }
    }
}

/// What shoppers of a store looked for and found, with how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PopularQueries {
    /// As typed and as compared, the most frequent first.
    queries: Vec<(String, String, u64)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Texts worth searching for: what others searched for, then what the products' words make of it.
    pub queries: Vec<String>,
    pub products: Vec<SuggestedProduct>,
    pub categories: Vec<SuggestedName>,
    pub brands: Vec<SuggestedName>,
    /// A text within a category: "shirt" in Men.
    pub scoped: Vec<SuggestedScope>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedProduct {
    pub id: String,
    /// What the document carried.
    pub stored: String,
}

/// A category or a brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedName {
    pub slug: String,
    pub label: String,
    /// How many products it has, about: what was written a moment ago may count twice.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedScope {
    pub text: String,
    /// Of the category.
    pub slug: String,
    pub label: String,
}

pub(crate) const LIMIT_MAX: usize = 20;

impl PopularQueries {
    /// In any order, each with how often it was asked.
    pub fn new(queries: Vec<(String, u64)>) -> PopularQueries {
        let mut queries: Vec<_> = queries.into_iter().map(|(query, times)| (sort_key(&query), query, times)).collect();
        queries.sort_by(|(a_key, _, a), (b_key, _, b)| b.cmp(a).then_with(|| a_key.cmp(b_key)));
        PopularQueries { queries: queries.into_iter().map(|(key, query, times)| (query, key, times)).collect() }
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str, u64)> + Clone {
        self.queries.iter().map(|(query, key, times)| (query.as_str(), key.as_str(), *times))
    }
}

pub(crate) fn run(snapshot: &Snapshot, suggest: &Suggest) -> Result<Suggestions, Error> {
    let given = suggest.text.chars().count();
    if given > TEXT_CHARS_MAX {
        return Err(QueryError::TextTooLong { given, max: TEXT_CHARS_MAX }.into());
    }
    if !(1..=LIMIT_MAX).contains(&suggest.limit) {
        return Err(QueryError::LimitOutOfRange { given: suggest.limit, max: LIMIT_MAX }.into());
    }
    let typed = Typed::new(&suggest.text);
    let words = StoreWords::new(snapshot, &suggest.store, suggest.language)?;
    let store = snapshot.dictionary.store(&words.scope);
    let products = Products::new(snapshot, &words, &typed)?;
    let is_mistyped = !products.are_as_typed();
    let names = Names { snapshot, store, typed: &typed, limit: suggest.limit, is_mistyped };
    let mut queries = names.popular(&suggest.popular);
    if typed.words.is_empty() {
        return Ok(Suggestions { queries, ..Suggestions::default() });
    }
    for completed in products.completions(suggest.limit)? {
        let is_there = queries.iter().any(|query| sort_key(query) == completed);
        if queries.len() < suggest.limit && !is_there {
            queries.push(completed);
        }
    }
    Ok(Suggestions {
        products: products.best(suggest.limit)?,
        scoped: products.scoped(queries.first(), suggest.limit)?,
        categories: names.categories(),
        brands: names.brands(),
        queries,
    })
}
