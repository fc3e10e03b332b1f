//! SQL of the log.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text as SqlText, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::id::StoreId;

use super::SHOWN_FROM;
use super::report::{Only, Place as PageEnd, Row, Sort};
use super::tally::{Counts, Place};

/// Different texts of a store on one day; what is new beyond them is counted among the others. So many days of so many stay
/// a table that is read through in a moment.
const TEXTS_A_DAY_MAX: i64 = 20_000;
const POPULAR_MAX: i64 = 5_000;
/// By so many days something loses half of its popularity, and after so many the rest.
const HALF_LIFE_DAYS: i32 = 7;
const POPULAR_DAYS: i32 = 28;

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = SqlText)]
    text: String,
    #[diesel(sql_type = BigInt)]
    searches: i64,
    #[diesel(sql_type = BigInt)]
    without_results: i64,
    #[diesel(sql_type = BigInt)]
    with_unknown_words: i64,
    #[diesel(sql_type = BigInt)]
    clicks: i64,
    #[diesel(sql_type = BigInt)]
    click_position_sum: i64,
}

#[derive(QueryableByName)]
struct PopularRow {
    #[diesel(sql_type = Uuid)]
    store_id: StoreId,
    #[diesel(sql_type = SqlText)]
    text: String,
    #[diesel(sql_type = BigInt)]
    weight: i64,
}

/// Sums, of a group or of all.
const SUMS: &str = "sum(searches)::bigint as searches, sum(without_results)::bigint as without_results,
    sum(with_unknown_words)::bigint as with_unknown_words, sum(clicks)::bigint as clicks, sum(click_position_sum)::bigint as click_position_sum";

/// Adds what was counted to what is there. In the order of the key: two servers that write at once wait for each other and
/// never both.
pub(super) async fn add(connection: &mut AsyncPgConnection, counted: &[(Place, Counts)]) -> QueryResult<()> {
    let column = |number: fn(&Counts) -> i64| counted.iter().map(|(_, counts)| number(counts)).collect::<Vec<_>>();
    let stores: Vec<StoreId> = counted.iter().map(|((store, _, _), _)| *store).collect();
    let days: Vec<NaiveDate> = counted.iter().map(|((_, day, _), _)| *day).collect();
    let texts: Vec<&str> = counted.iter().map(|((_, _, text), _)| text.as_str()).collect();
    diesel::sql_query(
        "with given as (
             select store_id, day, text, sum(searches) as searches, sum(without_results) as without_results,
                    sum(with_unknown_words) as with_unknown_words, sum(clicks) as clicks,
                    sum(click_position_sum) as click_position_sum
             from unnest($1, $2, $3, $4, $5, $6, $7, $8)
                  as g (store_id, day, text, searches, without_results, with_unknown_words, clicks, click_position_sum)
             group by store_id, day, text
         ), room as (
             select store_id, day, $9 - (
                 select count(*) from search_queries q where q.store_id = days.store_id and q.day = days.day) as places
             from (select distinct store_id, day from given) days
         ), in_line as (
             select g.*, g.text = '' or q.text is not null as is_known,
                    row_number() over (partition by g.store_id, g.day, g.text = '' or q.text is not null
                                       order by g.searches desc, g.text) as turn
             from given g left join search_queries q using (store_id, day, text)
         )
         insert into search_queries
             (store_id, day, text, searches, without_results, with_unknown_words, clicks, click_position_sum)
         select store_id, day, told, sum(searches), sum(without_results), sum(with_unknown_words), sum(clicks),
                sum(click_position_sum)
         from in_line join room using (store_id, day),
              lateral (select case when is_known or turn <= places then text else '' end) as t (told)
         group by store_id, day, told order by store_id, day, told
         on conflict (store_id, day, text) do update set
             searches = search_queries.searches + excluded.searches,
             without_results = search_queries.without_results + excluded.without_results,
             with_unknown_words = search_queries.with_unknown_words + excluded.with_unknown_words,
             clicks = search_queries.clicks + excluded.clicks,
             click_position_sum = search_queries.click_position_sum + excluded.click_position_sum",
    )
    .bind::<Array<Uuid>, _>(stores)
    .bind::<Array<Date>, _>(days)
    .bind::<Array<SqlText>, _>(texts)
    .bind::<Array<BigInt>, _>(column(|counts| counts.searches))
    .bind::<Array<BigInt>, _>(column(|counts| counts.without_results))
    .bind::<Array<BigInt>, _>(column(|counts| counts.with_unknown_words))
    .bind::<Array<BigInt>, _>(column(|counts| counts.clicks))
    .bind::<Array<BigInt>, _>(column(|counts| counts.click_position_sum))
    .bind::<BigInt, _>(TEXTS_A_DAY_MAX)
    .execute(connection)
    .await?;
    Ok(())
}

/// Of each store, what mostly found something by words that its products have, the most popular first; each with how often,
/// of which what is long ago counts less.
pub(super) async fn popular(
    connection: &mut AsyncPgConnection,
    today: NaiveDate,
) -> QueryResult<Vec<(StoreId, String, u64)>> {
    let rows: Vec<PopularRow> = diesel::sql_query(
        "select store_id, text, greatest(round(weight), 1)::bigint as weight from (
             select store_id, text, weight,
                    row_number() over (partition by store_id order by weight desc, text) as rank
             from (
                 select store_id, text, sum(good * power(0.5, ($1 - day)::float8 / $2)) as weight
                 from (
                     select store_id, text, day, searches, searches - without_results - with_unknown_words as good
                     from search_queries where day > $1 - $3 and text <> '') known
                 group by store_id, text
                 having sum(good) >= $4 and 2 * sum(good) >= sum(searches)) weighed) ranked
         where rank <= $5 order by store_id, rank",
    )
    .bind::<Date, _>(today)
    .bind::<Integer, _>(HALF_LIFE_DAYS)
    .bind::<Integer, _>(POPULAR_DAYS)
    .bind::<BigInt, _>(SHOWN_FROM)
    .bind::<BigInt, _>(POPULAR_MAX)
    .load(connection)
    .await?;
    let told = |row: PopularRow| (row.store_id, row.text, u64::try_from(row.weight).unwrap_or(1));
    Ok(rows.into_iter().map(told).collect())
}

/// A page of texts with their sums.
pub(super) async fn rows(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    sort: &Sort,
    after: Option<PageEnd>,
    limit: i64,
) -> QueryResult<Vec<Row>> {
    let by = sort.by.column();
    let (direction, beyond) = if sort.descending { ("desc", "<") } else { ("asc", ">") };
    let only = match sort.only {
        Only::All => "",
        Only::WithoutResults => "and sum(without_results) > 0",
    };
    let (value, text) = after.map(|place| (place.value, place.text)).unzip();
    let rows: Vec<Counted> = diesel::sql_query(format!(
        "select text, {SUMS} from search_queries
         where store_id = $1 and day between $2 and $3 and text <> ''
         group by text
         having sum(searches) >= $4 {only}
            and ($5 is null or sum({by}) {beyond} $5 or (sum({by}) = $5 and text > $6))
         order by sum({by}) {direction}, text limit $7"
    ))
    .bind::<Uuid, _>(store)
    .bind::<Date, _>(sort.from)
    .bind::<Date, _>(sort.to)
    .bind::<BigInt, _>(SHOWN_FROM)
    .bind::<Nullable<BigInt>, _>(value)
    .bind::<Nullable<SqlText>, _>(text)
    .bind::<BigInt, _>(limit)
    .load(connection)
    .await?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// All searches of those days.
pub(super) async fn all(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    from: NaiveDate,
    to: NaiveDate,
) -> QueryResult<Row> {
    let rows: Vec<Counted> = diesel::sql_query(format!(
        "select '' as text, {SUMS} from search_queries where store_id = $1 and day between $2 and $3
         having count(*) > 0"
    ))
    .bind::<Uuid, _>(store)
    .bind::<Date, _>(from)
    .bind::<Date, _>(to)
    .load(connection)
    .await?;
    Ok(rows.into_iter().next().map(Row::from).unwrap_or_default())
}

impl From<Counted> for Row {
    fn from(counted: Counted) -> Self {
        let Counted { text, searches, without_results, with_unknown_words, clicks, click_position_sum } = counted;
        Self { text, searches, without_results, with_unknown_words, clicks, click_position_sum }
    }
}
