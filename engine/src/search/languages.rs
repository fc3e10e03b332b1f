//! PURE. In which language each store's documents of an index are. A store that speaks another language from now on is asked
//! in the old one until its documents are written anew: a question stemmed by one language finds little of another.

use std::collections::BTreeMap;

use search_index::Language;
use serde::{Deserialize, Serialize};

use crate::id::StoreId;

/// English is not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Languages(BTreeMap<StoreId, Language>);

impl Languages {
    pub(super) fn of(&self, store: StoreId) -> Language {
        self.0.get(&store).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, store: StoreId, language: Language) {
        if language == Language::default() {
            self.0.remove(&store);
        } else {
            self.0.insert(store, language);
        }
    }
}

impl FromIterator<(StoreId, Language)> for Languages {
    fn from_iter<I: IntoIterator<Item = (StoreId, Language)>>(stores: I) -> Self {
        let mut languages = Self::default();
        stores.into_iter().for_each(|(store, language)| languages.set(store, language));
        languages
    }
}
