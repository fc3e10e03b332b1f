//! How products are searched, as the engine wants to know it.

use std::path::PathBuf;
use std::time::Duration;

use engine::search::{self, Pace};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::load::at_least;
use super::{Settings, SettingsError};
use crate::bodies::OUTBOX_INTERVAL;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    pub dir: PathBuf,
    pub commit_interval_ms: u64,
    pub writer_memory_mb: usize,
    pub rebuild_memory_mb: usize,
    pub rebuild_products_per_s: u32,
    pub popularity_interval_s: u64,
    /// A key may be part of it.
    pub embeddings_url: SecretString,
    pub embeddings_model: String,
    pub embeddings_token: SecretString,
    pub embeddings_timeout_ms: u64,
    pub embeddings_interval_ms: u64,
    pub embeddings_patience_ms: u64,
}

impl Search {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        at_least("search.commit_interval_ms", self.commit_interval_ms, 10)?;
        at_least("search.writer_memory_mb", self.writer_memory_mb as u64, 15)?;
        at_least("search.rebuild_memory_mb", self.rebuild_memory_mb as u64, 15)?;
        at_least("search.rebuild_products_per_s", self.rebuild_products_per_s.into(), 1)?;
        at_least("search.popularity_interval_s", self.popularity_interval_s, 1)?;
        at_least("search.embeddings_timeout_ms", self.embeddings_timeout_ms, 1)?;
        at_least("search.embeddings_interval_ms", self.embeddings_interval_ms, 1)?;
        if self.embeddings_timeout_ms > 30_000 {
            // Another server asks when one is silent for a minute.
            let reason = "is more than half a minute".to_owned();
            return Err(SettingsError::Bad { key: "search.embeddings_timeout_ms", reason });
        }
        if self.embeddings_at()?.is_some() && self.embeddings_model.is_empty() {
            let reason = "is empty, and search.embeddings_url is not".to_owned();
            return Err(SettingsError::Bad { key: "search.embeddings_model", reason });
        }
        Ok(())
    }

    /// What making the index anew may take.
    pub fn rebuild(&self) -> Pace {
        Pace { memory_bytes: self.rebuild_memory_mb << 20, products_per_s: self.rebuild_products_per_s }
    }

    /// Where the model is asked that says what texts mean; none: nowhere.
    pub fn embeddings_at(&self) -> Result<Option<Url>, SettingsError> {
        let url = self.embeddings_url.expose_secret();
        if url.is_empty() {
            return Ok(None);
        }
        let url: Option<Url> = url.parse().ok();
        match url.filter(|url| matches!(url.scheme(), "http" | "https")) {
            Some(url) => Ok(Some(url)),
            None => {
                let reason = "is not a web address".to_owned();
                Err(SettingsError::Bad { key: "search.embeddings_url", reason })
            }
        }
    }
}

impl Settings {
    pub fn for_search(&self) -> search::Settings {
        let search = &self.search;
        search::Settings {
            dir: self.search_dir(),
            commit_interval: Duration::from_millis(search.commit_interval_ms),
            writer_memory_bytes: search.writer_memory_mb << 20,
            rebuild: search.rebuild(),
            poll_interval: OUTBOX_INTERVAL,
            popularity_interval: Duration::from_secs(search.popularity_interval_s),
            meaning_interval: Duration::from_millis(search.embeddings_interval_ms),
            meaning_patience: Duration::from_millis(search.embeddings_patience_ms),
        }
    }

    /// Where the search index lives.
    pub fn search_dir(&self) -> PathBuf {
        if self.search.dir.as_os_str().is_empty() {
            self.database.data_dir.join("search")
        } else {
            self.search.dir.clone()
        }
    }
}
