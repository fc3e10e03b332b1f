//! Changes of the catalogue, each inside the transaction it is given: look, check, write, and note what changed.
//!
//! Whoever holds a `Writing` has the transaction; before the commit the note becomes the outbox row, and what was told of it
//! the audit trail's lines.

pub(super) mod brand;
pub(super) mod category;
pub(super) mod location;
pub(super) mod product;
pub(super) mod shipping;
pub(super) mod tax_class;
pub(super) mod variant;

use std::borrow::Cow;
use std::sync::Arc;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value};

use crate::audit::{Actor, Entry, Subject};
use crate::clock::{IdSource, Timestamp};
use crate::id::{BrandId, CategoryId, StoreId};

use super::brand::Brand;
use super::category::Category;
use super::error::Error;
use super::event::Changed;
use super::name::Slug;
use super::picture::Pictured;
use super::store;

/// One transaction on the catalogue of one store.
pub(super) struct Writing<'c> {
    pub(super) connection: &'c mut AsyncPgConnection,
    pub(super) store: StoreId,
    /// Of the whole transaction, as precise as the database keeps it.
    pub(super) now: Timestamp,
    pub(super) ids: &'c dyn IdSource,
    pub(super) changed: Changed,
    /// Who does it.
    pub(super) actor: &'c Arc<Actor>,
    /// What the audit trail will say of it.
    pub(super) trail: Vec<Entry>,
}

/// What is done to a thing that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Change,
    Archive,
    Restore,
}

impl Writing<'_> {
    /// The trail will say that `thing` was made.
    fn tell_made<T: Pictured>(&mut self, thing: &T) {
        self.tell_made_with(thing, Map::new());
    }

    /// The same, with what was made along with it.
    fn tell_made_with<T: Pictured>(&mut self, thing: &T, along: Map<String, Value>) {
        let mut picture = thing.picture();
        picture.extend(along);
        let entry = self.entry(format!("{}.create", T::KIND), Subject::new(T::KIND, thing.key()));
        self.trail.push(entry.made(picture.into()));
    }

    /// The trail will say what of a thing is different now.
    fn tell<T: Pictured>(&mut self, deed: Deed, before: &T, after: &T) {
        let deed = match deed {
            Deed::Change => "change",
            Deed::Archive => "archive",
            Deed::Restore => "restore",
        };
        let (was, is) = before.difference(after);
        let entry = self.entry(format!("{}.{deed}", T::KIND), Subject::new(T::KIND, after.key()));
        self.trail.push(entry.changed(was.into(), is.into()));
    }

    pub(super) fn entry(&self, action: impl Into<Cow<'static, str>>, subject: Subject) -> Entry {
        Entry::new(self.ids, self.now, self.store, Actor::clone(self.actor), action, subject)
    }
}

/// None: whatever version is there is meant.
fn expect_version(expected: Option<i64>, current: i64) -> Result<(), Error> {
    if expected.is_none_or(|expected| expected == current) { Ok(()) } else { Err(Error::VersionConflict { current }) }
}

/// A category by its id or its slug. An id has an underscore, which no slug has.
async fn find_category(writing: &mut Writing<'_>, wanted: &str) -> QueryResult<Option<Category>> {
    match wanted.parse::<CategoryId>() {
        Ok(id) => store::category(writing.connection, writing.store, id).await,
        Err(_) if Slug::parse(wanted).is_err() => Ok(None),
        Err(_) => store::category_by_slug(writing.connection, writing.store, wanted).await,
    }
}

/// A brand by its id or its slug.
async fn find_brand(writing: &mut Writing<'_>, wanted: &str) -> QueryResult<Option<Brand>> {
    match wanted.parse::<BrandId>() {
        Ok(id) => store::brand(writing.connection, writing.store, id).await,
        // What is no slug may be text that PostgreSQL does not take.
        Err(_) if Slug::parse(wanted).is_err() => Ok(None),
        Err(_) => store::brand_by_slug(writing.connection, writing.store, wanted).await,
    }
}
