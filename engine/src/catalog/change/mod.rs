//! Changes of the catalogue, each inside the transaction it is given: look, check, write, and note what changed.
//!
//! Whoever holds a `Writing` has the transaction; the note becomes the outbox row before the commit.

pub(super) mod brand;
pub(super) mod category;
pub(super) mod location;
pub(super) mod product;
pub(super) mod shipping;
pub(super) mod tax_class;
pub(super) mod variant;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::clock::{IdSource, Timestamp};
use crate::id::{BrandId, CategoryId, StoreId};

use super::brand::Brand;
use super::category::Category;
use super::error::Error;
use super::event::Changed;
use super::name::Slug;
use super::store;

/// One transaction on the catalogue of one store.
pub(super) struct Writing<'c> {
    pub(super) connection: &'c mut AsyncPgConnection,
    pub(super) store: StoreId,
    /// Of the whole transaction, as precise as the database keeps it.
    pub(super) now: Timestamp,
    pub(super) ids: &'c dyn IdSource,
    pub(super) changed: Changed,
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
