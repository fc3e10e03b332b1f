//! What a page shows of price and stock, read again when it is made: the index may be late by a moment, and says what was.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::catalog::AvailabilityPolicy;
use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId};
use crate::money::Currency;
use crate::pricing::{Sale, TaxRate, UnitPrice};

use super::error::Error;
use super::handle::Listed;
use super::projection;
use super::sources::Sources;

/// How long a page waits for it. A database that needs longer is in trouble, and the index has an answer.
const PATIENCE: Duration = Duration::from_millis(500);
/// After a database that did not answer, for how long nobody waits for it again.
const LEFT_ALONE: TimeDelta = TimeDelta::seconds(1);

/// Whether the database is asked.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    /// Milliseconds since 1970.
    not_before: AtomicI64,
}

/// A variant that is for sale, of an active product.
#[derive(QueryableByName)]
struct VariantRow {
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
    #[diesel(sql_type = Text)]
    policy: String,
    #[diesel(sql_type = Text)]
    sku: String,
    #[diesel(sql_type = Text)]
    currency: String,
    #[diesel(sql_type = BigInt)]
    mrp_minor: i64,
    #[diesel(sql_type = BigInt)]
    price_minor: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    sale_price_minor: Option<i64>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sale_starts_at: Option<Timestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    sale_ends_at: Option<Timestamp>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    on_sale_from: Option<Timestamp>,
    #[diesel(sql_type = BigInt)]
    sellable: i64,
}

/// In the order of the variants of each.
const SHOWN: &str = "
    select p.id as product_id, p.availability_policy as policy, v.sku, v.currency, v.mrp_minor, v.price_minor,
           v.sale_price_minor, v.sale_starts_at, v.sale_ends_at, v.on_sale_from,
           greatest(coalesce(l.on_hand - l.reserved - l.safety, 0), 0)::bigint as sellable
    from products p
    join variants v on v.product_id = p.id and v.archived_at is null
    left join locations d on d.store_id = p.store_id and d.is_default
    left join stock_levels l on l.variant_id = v.id and l.location_id = d.id
    where p.store_id = $1 and p.id = any($2) and p.status = 'active'
    order by p.id, v.position, v.id";

impl Fresh {
    /// What of these products can be seen now, at its price and stock of now. As the index has them where the database
    /// cannot be asked.
    pub(super) async fn shown(&self, sources: &Sources, store: StoreId, listed: Vec<Listed>) -> Vec<Listed> {
        let now = sources.clock.now();
        if listed.is_empty() || now.timestamp_millis() < AtomicI64::load(&self.not_before, Ordering::Relaxed) {
            return listed;
        }
        let ids: Vec<ProductId> = listed.iter().map(|listed| listed.card.id).collect();
        match read(sources, store, ids).await {
            Ok(variants) => {
                let listed = listed.into_iter().filter_map(|listed| {
                    let variants = variants.get(&listed.card.id)?;
                    Some(of_now(listed, variants, now))
                });
                listed.collect()
            }
            Err(error) => {
                tracing::warn!(%error, "prices and stock of a listing are those of the search index");
                let left_until = sources.clock.now() + LEFT_ALONE;
                self.not_before.store(left_until.timestamp_millis(), Ordering::Relaxed);
                listed
            }
        }
    }
}

async fn read(
    sources: &Sources,
    store: StoreId,
    ids: Vec<ProductId>,
) -> Result<HashMap<ProductId, Vec<VariantRow>>, Error> {
    let rows = sources
        .database
        .run_within(PATIENCE, move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            let rows: Vec<VariantRow> =
                diesel::sql_query(SHOWN).bind::<Uuid, _>(store).bind::<Array<Uuid>, _>(ids).load(connection).await?;
            Ok::<_, Error>(rows)
        })
        .await?;
    let mut variants = HashMap::<ProductId, Vec<VariantRow>>::new();
    for row in rows {
        variants.entry(row.product_id).or_default().push(row);
    }
    Ok(variants)
}

/// `variants` has at least one: each key came with its first.
fn of_now(listed: Listed, variants: &[VariantRow], now: Timestamp) -> Listed {
    let Listed { mut card, availability, explanation } = listed;
    let prices: Vec<UnitPrice> = variants.iter().map(price).collect();
    let cheapest = variants.iter().zip(&prices).min_by_key(|(_, price)| price.in_force(now).0);
    let Some((shown, price)) = cheapest else { return Listed { card, availability, explanation } };
    let opening = |variant: &VariantRow| variant.on_sale_from.filter(|opens| *opens > now);
    let openings = || variants.iter().filter_map(opening);
    card.price_minor = price.in_force(now).0;
    card.mrp_minor = price.mrp_minor;
    card.currency.clone_from(&shown.currency);
    card.sku.clone_from(&shown.sku);
    card.variants = variants.len();
    card.policy.clone_from(&shown.policy);
    card.until = prices.iter().filter_map(|price| price.next_boundary(now)).chain(openings()).min();
    card.on_sale_from = if openings().count() == variants.len() { openings().min() } else { None };
    let policy = shown.policy.parse().unwrap_or(AvailabilityPolicy::Hidden);
    let sellable = variants.iter().fold(0_i64, |sum, variant| sum.saturating_add(variant.sellable));
    Listed { card, availability: projection::availability(policy, sellable), explanation }
}

fn price(variant: &VariantRow) -> UnitPrice {
    let sale = variant.sale_price_minor.map(|price_minor| Sale {
        price_minor,
        starts_at: variant.sale_starts_at,
        ends_at: variant.sale_ends_at,
    });
    UnitPrice {
        // Of no account here: amounts of one product are compared.
        currency: Currency::INR,
        mrp_minor: variant.mrp_minor,
        price_minor: variant.price_minor,
        sale,
        // A listing shows no tax.
        tax: TaxRate { rate_bp: 0, inclusive: true },
    }
}
