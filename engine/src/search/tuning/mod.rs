//! How a store is searched, as its admins want it: in which language its texts are, and what counts how much in the order of
//! results. There is one of it in a store; nobody makes or removes it.

mod store;

use std::time::Duration;

use chrono::SubsecRound;
use search_index::{Language, Ranking};
use serde_json::{Value, json};

use crate::audit::{self, Actor, Entry, Subject};
use crate::catalog::{self, FieldErrors};
use crate::clock::{RandomIds, Timestamp};
use crate::id::StoreId;
use crate::outbox;

use super::changes::SETTINGS;
use super::error::Error;
use super::sources::Sources;
pub(super) use store::{languages, languages_of_all, rankings};

/// How long a change may take: less than a request has.
pub(super) const WRITING: Duration = Duration::from_secs(12);

/// In force within seconds; a language when the index was made anew in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tuning {
    pub language: Language,
    pub ranking: Ranking,
    pub version: i64,
    /// None: nobody changed it yet.
    pub updated_at: Option<Timestamp>,
}

/// What shall be different; none: as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TuningPatch {
    /// By its code.
    pub language: Option<String>,
    pub popularity: Option<u32>,
    pub rating: Option<u32>,
    pub newness: Option<u32>,
    pub newness_half_life_days: Option<u32>,
    pub sold_out: Option<u32>,
}

impl Tuning {
    fn changed(self, patch: TuningPatch, now: Timestamp) -> Result<Self, FieldErrors> {
        let language = match patch.language {
            Some(code) => code
                .parse()
                .map_err(|_| FieldErrors::one("/language", "unknown", format_args!("no language {code:?}")))?,
            None => self.language,
        };
        let within = |name: &str, given: Option<u32>, now: u32, low: u32, high: u32| match given {
            Some(given) if !(low..=high).contains(&given) => {
                let told = format_args!("{low} to {high}, not {given}").to_string();
                Err(FieldErrors::one(&format!("/{name}"), "out_of_range", told))
            }
            Some(given) => Ok(given),
            None => Ok(now),
        };
        let was = self.ranking;
        let ranking = Ranking {
            popularity: within("popularity", patch.popularity, was.popularity, 0, 1_000)?,
            rating: within("rating", patch.rating, was.rating, 0, 1_000)?,
            newness: within("newness", patch.newness, was.newness, 0, 1_000)?,
            newness_half_life_days: within(
                "newness_half_life_days",
                patch.newness_half_life_days,
                was.newness_half_life_days,
                1,
                3_650,
            )?,
            sold_out: within("sold_out", patch.sold_out, was.sold_out, 0, 100)?,
        };
        Ok(Self { language, ranking, version: self.version + 1, updated_at: Some(now) })
    }

    fn picture(&self) -> Value {
        let Ranking { popularity, rating, newness, newness_half_life_days, sold_out } = self.ranking;
        json!({
            "language": self.language.code(),
            "popularity": popularity,
            "rating": rating,
            "newness": newness,
            "newness_half_life_days": newness_half_life_days,
            "sold_out": sold_out,
        })
    }
}

impl Sources {
    pub(super) async fn tuning(&self, store: StoreId) -> Result<Tuning, Error> {
        self.database.run(move |mut connection| async move { Ok(store::tuning(&mut connection, store).await?) }).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub(super) async fn change_tuning(
        &self,
        store: StoreId,
        actor: Actor,
        expected: Option<i64>,
        patch: TuningPatch,
    ) -> Result<Tuning, Error> {
        let now = self.clock.now().trunc_subsecs(6);
        self.database
            .transact(WRITING, move |connection| {
                Box::pin(async move {
                    store::wait_in_line(connection, store).await?;
                    let was = store::tuning(connection, store).await?;
                    if expected.is_some_and(|expected| expected != was.version) {
                        return Err(catalog::Error::VersionConflict { current: was.version }.into());
                    }
                    let is = was.clone().changed(patch, now).map_err(catalog::Error::Invalid)?;
                    store::write(connection, store, &is, now).await?;
                    let subject = Subject::new("search_settings", store);
                    let entry = Entry::new(&RandomIds, now, store, actor, "search_settings.change", subject);
                    audit::store::insert(connection, &entry.changed(was.picture(), is.picture())).await?;
                    outbox::publish_in_op(connection, store, SETTINGS, &json!({})).await?;
                    Ok(is)
                })
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays_and_what_cannot_be_is_refused_by_name() {
        let check = |patch: TuningPatch, answer: &str| {
            let was = Tuning { language: Language::English, ranking: Ranking::default(), version: 1, updated_at: None };
            let told = match was.changed(patch, Timestamp::UNIX_EPOCH) {
                Ok(Tuning { language, ranking, version, .. }) => {
                    format!(
                        "{language}, popularity {}, sold out {}, version {version}",
                        ranking.popularity, ranking.sold_out
                    )
                }
                Err(errors) => errors.to_string(),
            };
            assert_eq!(told, answer);
        };
        let Ranking { popularity, sold_out, .. } = Ranking::default();
        let german = Some("de".to_owned());
        check(
            TuningPatch { language: german, ..TuningPatch::default() },
            &format!("de, popularity {popularity}, sold out {sold_out}, version 2"),
        );
        check(
            TuningPatch { popularity: Some(0), sold_out: Some(100), ..TuningPatch::default() },
            "en, popularity 0, sold out 100, version 2",
        );
        check(
            TuningPatch { language: Some("xx".to_owned()), ..TuningPatch::default() },
            "/language: no language \"xx\"",
        );
        check(TuningPatch { sold_out: Some(101), ..TuningPatch::default() }, "/sold_out: 0 to 100, not 101");
        check(
            TuningPatch { newness_half_life_days: Some(0), ..TuningPatch::default() },
            "/newness_half_life_days: 1 to 3650, not 0",
        );
    }
}
