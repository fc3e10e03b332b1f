//! SQL of stores and domains.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{LocationId, StoreId};
use crate::postgres::schema::{locations, store_domains, stores, tax_classes};

use super::draft::StoreDraft;

/// What every store has from its first day on: a location to sell from, and tax classes for its admin to set right.
const TAX_CLASSES: [(&str, &str); 2] = [("standard", "Standard"), ("zero", "Zero")];

pub(super) async fn insert(
    connection: &mut AsyncPgConnection,
    id: StoreId,
    location: LocationId,
    draft: &StoreDraft,
    now: Timestamp,
) -> QueryResult<()> {
    let store = (
        stores::id.eq(id),
        stores::slug.eq(draft.slug.as_str()),
        stores::name.eq(draft.name.as_str()),
        stores::currency.eq(draft.currency.code()),
        stores::created_at.eq(now),
    );
    diesel::insert_into(stores::table).values(store).execute(connection).await?;
    let location = (
        locations::id.eq(location),
        locations::store_id.eq(id),
        locations::code.eq("main"),
        locations::name.eq("Main warehouse"),
        locations::is_default.eq(true),
    );
    diesel::insert_into(locations::table).values(location).execute(connection).await?;
    let classes = TAX_CLASSES.map(|(code, name)| {
        (
            tax_classes::store_id.eq(id),
            tax_classes::code.eq(code),
            tax_classes::name.eq(name),
            tax_classes::rate_bp.eq(0),
            tax_classes::inclusive.eq(true),
        )
    });
    diesel::insert_into(tax_classes::table).values(classes.to_vec()).execute(connection).await?;
    let domain =
        |domain: &super::Host| (store_domains::domain.eq(domain.as_str().to_owned()), store_domains::store_id.eq(id));
    let domains: Vec<_> = draft.domains.iter().map(domain).collect();
    diesel::insert_into(store_domains::table).values(domains).execute(connection).await?;
    Ok(())
}

/// Id and slug of every store.
pub(super) async fn stores(connection: &mut AsyncPgConnection) -> QueryResult<Vec<(StoreId, String)>> {
    stores::table.select((stores::id, stores::slug)).load(connection).await
}

pub(super) async fn domains(connection: &mut AsyncPgConnection) -> QueryResult<Vec<(String, StoreId)>> {
    store_domains::table.select((store_domains::domain, store_domains::store_id)).load(connection).await
}
