//! How a store is searched, as its admins want it: in which language its texts are, and what counts how much in the order of
//! results. There is one of it in a store; nobody makes or removes it.

use std::collections::HashMap;
use std::time::Duration;

use chrono::SubsecRound;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use search_index::{Language, Ranking};
use serde_json::{Value, json};

use crate::audit::{self, Actor, Entry, Subject};
use crate::catalog::{self, FieldErrors};
use crate::clock::{RandomIds, Timestamp};
use crate::id::StoreId;
use crate::outbox;
use crate::postgres::schema::{search_settings, stores};

use super::changes::{REINDEX, SETTINGS};
use super::error::Error;
use super::languages::Languages;
use super::sources::Sources;

/// How long a change may take: less than a request has.
const WRITING: Duration = Duration::from_secs(12);

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

#[derive(Queryable, Selectable)]
#[diesel(table_name = search_settings)]
struct SettingsRow {
    popularity: i32,
    rating: i32,
    newness: i32,
    newness_half_life_days: i32,
    sold_out: i32,
    version: i64,
    updated_at: Timestamp,
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
        self.database.run(move |mut connection| async move { Ok(tuning(&mut connection, store).await?) }).await
    }

    pub(super) async fn order_rebuild(&self, store: StoreId, actor: Actor) -> Result<(), Error> {
        let now = self.clock.now().trunc_subsecs(6);
        self.database
            .transact(WRITING, move |connection| {
                Box::pin(async move {
                    let subject = Subject::new("search_index", store);
                    let entry = Entry::new(&RandomIds, now, store, actor, "search_index.rebuild", subject);
                    let entry = entry.changed(json!({ "wanted": false }), json!({ "wanted": true }));
                    audit::store::insert(connection, &entry).await?;
                    outbox::publish_in_op(connection, store, REINDEX, &json!({})).await?;
                    Ok(())
                })
            })
            .await
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
                    // One at a time, also the first.
                    let whose = stores::table.find(store).for_no_key_update().select(stores::id);
                    whose.first::<StoreId>(connection).await?;
                    let was = tuning(connection, store).await?;
                    if expected.is_some_and(|expected| expected != was.version) {
                        return Err(catalog::Error::VersionConflict { current: was.version }.into());
                    }
                    let is = was.clone().changed(patch, now).map_err(catalog::Error::Invalid)?;
                    write(connection, store, &is, now).await?;
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

async fn tuning(connection: &mut AsyncPgConnection, store: StoreId) -> QueryResult<Tuning> {
    let (code, row): (String, Option<SettingsRow>) = stores::table
        .left_join(search_settings::table.on(search_settings::store_id.eq(stores::id)))
        .filter(stores::id.eq(store))
        .select((stores::language, Option::<SettingsRow>::as_select()))
        .first(connection)
        .await?;
    let language = language(&code);
    Ok(match row {
        Some(row) => {
            Tuning { language, ranking: ranking(&row), version: row.version, updated_at: Some(row.updated_at) }
        }
        None => Tuning { language, ranking: Ranking::default(), version: 1, updated_at: None },
    })
}

async fn write(connection: &mut AsyncPgConnection, store: StoreId, is: &Tuning, now: Timestamp) -> QueryResult<()> {
    let number = |weight: u32| i32::try_from(weight).unwrap_or(i32::MAX);
    diesel::update(stores::table.find(store)).set(stores::language.eq(is.language.code())).execute(connection).await?;
    let row = (
        search_settings::popularity.eq(number(is.ranking.popularity)),
        search_settings::rating.eq(number(is.ranking.rating)),
        search_settings::newness.eq(number(is.ranking.newness)),
        search_settings::newness_half_life_days.eq(number(is.ranking.newness_half_life_days)),
        search_settings::sold_out.eq(number(is.ranking.sold_out)),
        search_settings::version.eq(is.version),
        search_settings::updated_at.eq(now),
    );
    diesel::insert_into(search_settings::table)
        .values((search_settings::store_id.eq(store), row))
        .on_conflict(search_settings::store_id)
        .do_update()
        .set(row)
        .execute(connection)
        .await?;
    Ok(())
}

/// What the documents of a new index are to be in.
pub(super) async fn languages(connection: &mut AsyncPgConnection) -> QueryResult<Languages> {
    Ok(languages_of_all(connection).await?.into_iter().collect())
}

pub(super) async fn languages_of_all(connection: &mut AsyncPgConnection) -> QueryResult<Vec<(StoreId, Language)>> {
    let rows: Vec<(StoreId, String)> = stores::table.select((stores::id, stores::language)).load(connection).await?;
    Ok(rows.into_iter().map(|(store, code)| (store, language(&code))).collect())
}

/// Of the stores that have their own.
pub(super) async fn rankings(connection: &mut AsyncPgConnection) -> QueryResult<HashMap<StoreId, Ranking>> {
    let rows: Vec<(StoreId, SettingsRow)> =
        search_settings::table.select((search_settings::store_id, SettingsRow::as_select())).load(connection).await?;
    Ok(rows.into_iter().map(|(store, row)| (store, ranking(&row))).collect())
}

/// The database has those alone that the search knows; what a later version adds is read without its rules.
fn language(code: &str) -> Language {
    code.parse().unwrap_or(Language::Other)
}

fn ranking(row: &SettingsRow) -> Ranking {
    Ranking {
        popularity: row.popularity.unsigned_abs(),
        rating: row.rating.unsigned_abs(),
        newness: row.newness.unsigned_abs(),
        newness_half_life_days: row.newness_half_life_days.unsigned_abs(),
        sold_out: row.sold_out.unsigned_abs(),
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
