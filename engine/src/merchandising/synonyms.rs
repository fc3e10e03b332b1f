//! Synonyms: read, made, changed, removed.

use crate::audit::Subject;
use crate::id::{StoreId, SynonymId};
use crate::idempotency::{Keyed, Made};

use super::error::{Error, Thing};
use super::handle::{Merchandising, Writing, expect_version};
use super::store::{self, SYNONYMS_MAX};
use super::synonym::{ParsedSynonym, Synonym, SynonymDraft, SynonymPatch};

/// What the trail calls one.
const KIND: &str = "synonym";

impl Merchandising {
    pub async fn synonym(&self, store: StoreId, id: SynonymId) -> Result<Synonym, Error> {
        self.read(move |connection| {
            Box::pin(async move { store::synonym(connection, store, id).await?.ok_or(Error::NotFound(Thing::Synonym)) })
        })
        .await
    }

    /// By id, those after `after`.
    pub async fn synonyms_after(
        &self,
        store: StoreId,
        after: Option<SynonymId>,
        limit: i64,
    ) -> Result<Vec<Synonym>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::synonyms_after(connection, store, after, limit).await?) })
        })
        .await
    }

    pub async fn make_synonym(
        &self,
        store: StoreId,
        draft: SynonymDraft,
        keyed: Option<Keyed<Synonym>>,
    ) -> Result<Made<Synonym>, Error> {
        self.make(store, keyed, move |writing| Box::pin(create(writing, draft))).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub async fn change_synonym(
        &self,
        store: StoreId,
        id: SynonymId,
        expected: Option<i64>,
        patch: SynonymPatch,
    ) -> Result<Synonym, Error> {
        self.write(store, move |writing| Box::pin(change(writing, id, expected, patch))).await
    }

    /// `expected` is the version that the caller saw; none: whatever is there.
    pub async fn remove_synonym(&self, store: StoreId, id: SynonymId, expected: Option<i64>) -> Result<(), Error> {
        self.write(store, move |writing| Box::pin(remove(writing, id, expected))).await
    }
}

async fn create(writing: &mut Writing<'_>, draft: SynonymDraft) -> Result<Synonym, Error> {
    let ParsedSynonym { words, means } = draft.parse()?;
    store::wait_in_line(writing.connection, writing.store).await?;
    if store::count_synonyms(writing.connection, writing.store).await? >= SYNONYMS_MAX {
        return Err(Error::Full { of: Thing::Synonym, max: SYNONYMS_MAX });
    }
    let synonym = Synonym {
        id: SynonymId::from_uuid(writing.ids.next(writing.now)),
        store_id: writing.store,
        words,
        means,
        version: 1,
        created_at: writing.now,
        updated_at: writing.now,
    };
    store::insert_synonym(writing.connection, &synonym).await?;
    writing.tell_made(Subject::new(KIND, synonym.id), synonym.picture());
    Ok(synonym)
}

async fn change(
    writing: &mut Writing<'_>,
    id: SynonymId,
    expected: Option<i64>,
    patch: SynonymPatch,
) -> Result<Synonym, Error> {
    let before = locked(writing, id, expected).await?;
    let ParsedSynonym { words, means } = patch.onto(before.draft()).parse()?;
    let after = Synonym { words, means, version: before.version + 1, updated_at: writing.now, ..before.clone() };
    store::update_synonym(writing.connection, &after).await?;
    writing.tell_changed(Subject::new(KIND, id), before.picture(), after.picture());
    Ok(after)
}

async fn remove(writing: &mut Writing<'_>, id: SynonymId, expected: Option<i64>) -> Result<(), Error> {
    let synonym = locked(writing, id, expected).await?;
    store::delete_synonym(writing.connection, id).await?;
    writing.tell_removed(Subject::new(KIND, id), synonym.picture());
    Ok(())
}

async fn locked(writing: &mut Writing<'_>, id: SynonymId, expected: Option<i64>) -> Result<Synonym, Error> {
    let synonym = store::synonym_for_update(writing.connection, writing.store, id).await?;
    let synonym = synonym.ok_or(Error::NotFound(Thing::Synonym))?;
    expect_version(expected, synonym.version)?;
    Ok(synonym)
}
