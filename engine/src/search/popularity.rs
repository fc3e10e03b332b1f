//! How wanted products are: units sold, each worth half as much after [`HALF_LIFE_DAYS`].
//!
//! ```text
//!  ledger --batches since the last count--> product_sales.weight --logarithm, next to the best--> shown --outbox--> indexers
//! ```
//!
//! A weight is kept as of a fixed day, on which later units count more, so that time passing changes no row. A hundred units
//! are not ten times as interesting as ten, which is why the scale is logarithmic. A product is written again only when what
//! is shown of it moved by a whole step. Whichever server gets the lock counts for all of them.

use chrono::TimeDelta;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Integer, Nullable, Timestamptz, Uuid};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use crate::clock::Timestamp;
use crate::id::{ProductId, StoreId};

use super::error::Error;
use super::signals;
use super::sources::Sources;

const HALF_LIFE_DAYS: i64 = 14;
/// So much less or more is not worth writing a document for.
const STEP: i32 = 50;
/// A store's best counts as so many units of today at least: a single sale makes no bestseller.
const BEST_AT_LEAST: f64 = 10.0;
/// Batches of the journal that are counted in one transaction.
const BATCHES_AT_ONCE: i64 = 10_000;
/// A new bestseller puts all others lower: they are written over several counts, those that moved most first.
const SHOWN_AT_ONCE: i64 = 2_000;

/// What a count did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Products that will be written again.
    pub moved: usize,
    /// Whether the ledger has more already.
    pub more: bool,
}

#[derive(QueryableByName)]
struct StretchRow {
    #[diesel(sql_type = BigInt)]
    after: i64,
    #[diesel(sql_type = BigInt)]
    up_to: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    last: Option<i64>,
}

#[derive(QueryableByName)]
struct MovedRow {
    #[diesel(sql_type = Uuid)]
    store_id: StoreId,
    #[diesel(sql_type = Uuid)]
    product_id: ProductId,
}

/// Nobody else counts meanwhile; whoever finds the row locked leaves it to the other.
const STRETCH: &str = "
    select counted.batch as after, least(cell.last_batch, counted.batch + $1) as up_to, cell.last_batch as last
    from sales_counted counted join cells cell on cell.id = counted.cell_id
    where counted.cell_id = 1 for update of counted skip locked";

/// What an order takes from the shelf was sold; what comes back with one was not, and may come back after its sale was counted.
const COUNT: &str = "
    merge into product_sales known
    using (select v.product_id, v.store_id,
                  sum(-l.on_hand_delta * power(2::float8, extract(epoch from l.at - $3)::float8 / $4)) as weight
           from stock_ledger l join variants v on v.id = l.variant_id
           where l.batch > $1 and l.batch <= $2 and l.order_id is not null and l.on_hand_delta <> 0
           group by v.product_id, v.store_id
           order by v.product_id) counted
    on known.product_id = counted.product_id
    when matched then update set weight = greatest(known.weight + counted.weight, 0)
    when not matched then insert (product_id, store_id, weight)
        values (counted.product_id, counted.store_id, greatest(counted.weight, 0))";

const SHOW: &str = "
    with warm as (
        select product_id, shown, ln(1 + weight / $1) as warmth,
               greatest(max(ln(1 + weight / $1)) over (partition by store_id), ln(1 + $2)) as best
        from product_sales),
    moved as (
        select product_id, round(1000 * warmth / best)::int as fresh, shown from warm
        where abs(round(1000 * warmth / best)::int - shown) >= $3
        order by abs(round(1000 * warmth / best)::int - shown) desc, product_id limit $4)
    update product_sales s set shown = moved.fresh from moved where s.product_id = moved.product_id
    returning s.store_id, s.product_id";

/// Counts what was sold since the last time, and has the indexes of all servers write the products that it moved.
pub async fn count_sales(sources: &Sources) -> Result<Counted, Error> {
    let now = sources.clock.now();
    sources
        .database
        .run_at_length(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection.transaction(async move |connection: &mut AsyncPgConnection| count(connection, now).await).await
        })
        .await
}

async fn count(connection: &mut AsyncPgConnection, now: Timestamp) -> Result<Counted, Error> {
    let stretch: Option<StretchRow> =
        diesel::sql_query(STRETCH).bind::<BigInt, _>(BATCHES_AT_ONCE).get_result(connection).await.optional()?;
    let Some(stretch) = stretch else { return Ok(Counted::default()) };
    let half_life = TimeDelta::days(HALF_LIFE_DAYS);
    if stretch.after < stretch.up_to {
        diesel::sql_query(COUNT)
            .bind::<BigInt, _>(stretch.after)
            .bind::<BigInt, _>(stretch.up_to)
            .bind::<Timestamptz, _>(landmark())
            .bind::<Double, _>(half_life.as_seconds_f64())
            .execute(connection)
            .await?;
        diesel::sql_query("update sales_counted set batch = $1 where cell_id = 1")
            .bind::<BigInt, _>(stretch.up_to)
            .execute(connection)
            .await?;
    }
    let moved: Vec<MovedRow> = diesel::sql_query(SHOW)
        .bind::<Double, _>(unit_of(now, half_life))
        .bind::<Double, _>(BEST_AT_LEAST)
        .bind::<Integer, _>(STEP)
        .bind::<BigInt, _>(SHOWN_AT_ONCE)
        .load(connection)
        .await?;
    signals::publish(connection, moved.iter().map(|row| (row.store_id, row.product_id))).await?;
    Ok(Counted { moved: moved.len(), more: stretch.last.is_some_and(|last| stretch.up_to < last) })
}

/// The day on which a unit counts one.
fn landmark() -> Timestamp {
    Timestamp::from_timestamp(1_767_225_600, 0).expect("2026-01-01")
}

/// What a unit of `now` counts.
#[expect(clippy::float_arithmetic, reason = "a signal, not money")]
fn unit_of(now: Timestamp, half_life: TimeDelta) -> f64 {
    ((now - landmark()).as_seconds_f64() / half_life.as_seconds_f64()).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_counts_twice_what_one_of_a_half_life_before_does() {
        let half_life = TimeDelta::days(HALF_LIFE_DAYS);
        let check = |days, unit: f64| {
            let told = unit_of(landmark() + TimeDelta::days(days), half_life);
            assert!((told - unit).abs() < unit / 1e9, "{days} days: {told}");
        };
        check(0, 1.0);
        check(14, 2.0);
        check(-14, 0.5);
        check(140, 1024.0);
        assert!(
            unit_of(landmark() + TimeDelta::days(36_500), half_life).is_infinite(),
            "enough for the first 39 years"
        );
        assert!(unit_of(landmark() + TimeDelta::days(14_000), half_life).is_finite());
    }
}
