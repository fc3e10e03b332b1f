//! Completions: what a shopper who has typed so far may be looking for.

use std::sync::Arc;

use crate::language::Language;

/// A question for completions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggest {
    pub store: String,
    pub language: Language,
    /// As typed so far; its last word may be unfinished.
    pub text: String,
    /// Of each kind, at most.
    pub limit: usize,
    pub popular: Arc<PopularQueries>,
}

/// What shoppers of a store looked for and found, with how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PopularQueries {
    queries: Vec<(String, u64)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Texts worth searching for.
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
    /// How many products it has.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestedScope {
    pub text: String,
    /// Of the category.
    pub slug: String,
    pub label: String,
    /// How many products the text finds there.
    pub count: u64,
}

impl PopularQueries {
    pub fn new(queries: Vec<(String, u64)>) -> PopularQueries {
        PopularQueries { queries }
    }
}
