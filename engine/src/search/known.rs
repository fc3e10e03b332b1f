//! What the thread that keeps the index knows, for whoever asks on other threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use search_index::{Language, Ranking};

use crate::id::StoreId;

use super::building::Told;
use super::indexer::Heard;
use super::languages::Languages;
use super::reindex::Progress;

#[derive(Default)]
pub(super) struct Known {
    heard: Mutex<Option<Heard>>,
    rebuild: Told,
    /// Of the documents that serve.
    languages: ArcSwap<Languages>,
    /// Of the stores that have their own.
    rankings: ArcSwap<HashMap<StoreId, Ranking>>,
}

impl Known {
    pub(super) fn heard(&self) -> Option<Heard> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hear(&self, heard: Heard) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(heard);
    }

    pub(super) fn rebuild(&self) -> Option<Progress> {
        *self.rebuild.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn told_of_rebuild(&self) -> Told {
        Arc::clone(&self.rebuild)
    }

    pub(super) fn language(&self, store: StoreId) -> Language {
        self.languages.load().of(store)
    }

    pub(super) fn set_languages(&self, languages: Languages) {
        self.languages.store(Arc::new(languages));
    }

    pub(super) fn ranking(&self, store: StoreId) -> Ranking {
        self.rankings.load().get(&store).copied().unwrap_or_default()
    }

    pub(super) fn set_rankings(&self, rankings: HashMap<StoreId, Ranking>) {
        self.rankings.store(Arc::new(rankings));
    }
}
