//! PURE. Which requests for products count as a search of somebody.

use engine::id::StoreId;
use engine::search::{Paging, Query};
use engine::searched::Log;

use crate::document::Document;

/// What somebody typed, if they looked at its first results: who turns the page has searched once.
pub(crate) struct Asked {
    text: Option<String>,
}

impl Asked {
    pub(crate) fn of(query: &Query) -> Self {
        let is_first = matches!(query.paging, Paging::Page { page: 1, .. });
        let text = Some(&query.text).filter(|text| is_first && !text.is_empty());
        Self { text: text.cloned() }
    }

    /// It was answered with this, made now or earlier.
    pub(crate) fn answered(&self, log: &Log, store: StoreId, answer: &Document) {
        if let Some(text) = &self.text {
            log.note_search(store, text, answer.outcome_of_search());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_the_first_page_of_something_typed() {
        let paged = |page| Paging::Page { page, limit: 25 };
        let further = Paging::Cursor { cursor: "x".to_owned(), limit: 25 };
        for (text, paging, counts) in
            [("tv", paged(1), true), ("tv", paged(2), false), ("tv", further, false), ("", paged(1), false)]
        {
            let query = Query { text: text.to_owned(), paging, ..Query::default() };
            assert_eq!(Asked::of(&query).text.is_some(), counts, "{query:?}");
        }
    }
}
