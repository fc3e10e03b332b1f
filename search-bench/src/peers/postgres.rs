//! PostgreSQL: a weighted `tsvector` with a GIN index, ranked by `ts_rank_cd`; filters and facets from an array with another.

use anyhow::Context;
use search_index::{ProductDocument, Query};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls};

use super::{Texts, limit, terms};
use crate::contender::Contender;

/// So many products go in with one statement.
const CHUNK: usize = 1_000;
/// Between terms that are sent as one text.
const SEPARATOR: &str = "\u{1f}";

pub(crate) struct Postgres {
    runtime: Runtime,
    client: Client,
}

impl Postgres {
    /// Makes a schema with the products, in place of one of that name.
    pub(crate) fn holding(
        url: &str,
        schema: &str,
        products: impl Iterator<Item = ProductDocument>,
    ) -> anyhow::Result<Postgres> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let client = runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("connecting to PostgreSQL")?;
            tokio::spawn(connection);
            load(&client, schema, products).await?;
            anyhow::Ok(client)
        })?;
        Ok(Postgres { runtime, client })
    }

    /// Of the table and its indexes.
    pub(crate) fn bytes(&self) -> anyhow::Result<u64> {
        let sql = "select pg_total_relation_size('product')";
        let row = self.runtime.block_on(self.client.query_one(sql, &[]))?;
        Ok(u64::try_from(row.get::<_, i64>(0))?)
    }
}

impl Contender for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn best(&mut self, query: &Query) -> anyhow::Result<Vec<String>> {
        self.runtime.block_on(async {
            let wanted = limit(query);
            let mut best = found(&self.client, query, Words::All, wanted).await?;
            if best.len() < wanted {
                best.extend(found(&self.client, query, Words::Some, wanted - best.len()).await?);
            }
            if query.facets {
                count(&self.client, query, if best.len() < wanted { Words::Some } else { Words::All }).await?;
            }
            Ok(best)
        })
    }
}

#[derive(Clone, Copy)]
enum Words {
    All,
    /// Any of them, and not all.
    Some,
}

async fn load(client: &Client, schema: &str, products: impl Iterator<Item = ProductDocument>) -> anyhow::Result<()> {
    let empty = format!(
        "drop schema if exists {schema} cascade; create schema {schema}; set search_path to {schema};
         create table product (n int not null, id text not null, price bigint not null, terms text[] not null,
                               words tsvector not null)"
    );
    client.batch_execute(&empty).await?;
    let insert = client
        .prepare(
            "insert into product
             select n, id, price, string_to_array(terms, E'\\x1f'),
                 setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', names), 'B')
                     || setweight(to_tsvector('english', attributes), 'C')
                     || setweight(to_tsvector('english', description), 'D')
             from unnest($1::int[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
                 as given (n, id, price, terms, title, names, attributes, description)",
        )
        .await?;
    let mut products = (0i32..).zip(products).peekable();
    while products.peek().is_some() {
        let (mut numbers, mut prices) = (Vec::new(), Vec::new());
        let mut texts: [Vec<String>; 6] = Default::default();
        for (number, product) in products.by_ref().take(CHUNK) {
            let Texts { title, names, attributes, description } = Texts::of(&product);
            let terms = terms::of_product(&product).into_iter().collect::<Vec<_>>().join(SEPARATOR);
            numbers.push(number);
            prices.push(product.price);
            let row = [product.id, terms, title, names, attributes, description];
            row.into_iter().zip(&mut texts).for_each(|(text, column)| column.push(text));
        }
        let [ids, terms, titles, names, attributes, descriptions] = &texts;
        client
            .execute(&insert, &[&numbers, ids, &prices, terms, titles, names, attributes, descriptions])
            .await
            .context("loading PostgreSQL")?;
    }
    client
        .batch_execute(
            "alter table product add primary key (n);
             create index on product using gin (words) with (fastupdate = off);
             create index on product using gin (terms) with (fastupdate = off);
             create index on product (price)",
        )
        .await
        .context("indexing in PostgreSQL")?;
    // By itself: several statements at once are a transaction.
    client.batch_execute("vacuum analyze product").await.context("indexing in PostgreSQL")
}

async fn found(client: &Client, query: &Query, words: Words, limit: usize) -> anyhow::Result<Vec<String>> {
    let ask = format!(
        "select id from product, {} where {} order by ts_rank_cd(words, asked) desc, n limit {limit}",
        words.asked(),
        words.fits()
    );
    let rows = run(client, query, &ask).await?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}

/// The most frequent terms of what matches, and how the prices lie: all that the facets of a page are made of.
async fn count(client: &Client, query: &Query, words: Words) -> anyhow::Result<()> {
    let ask = format!(
        "with fitting as materialized (select terms, price from product, {} where {})
         (select term, count(*) from fitting, unnest(terms) as term group by term order by 2 desc limit 300)
         union all
         (select width_bucket(price, array[1000, 2500, 5000, 10000, 25000]::bigint[])::text, count(*) from fitting group by 1)",
        words.asked(),
        words.fits()
    );
    run(client, query, &ask).await?;
    Ok(())
}

impl Words {
    /// The text is $1.
    fn asked(self) -> &'static str {
        match self {
            Words::All => "websearch_to_tsquery('english', $1) as asked",
            Words::Some => {
                "websearch_to_tsquery('english', $1) as every, \
                 cast(replace(websearch_to_tsquery('english', $1)::text, '&', '|') as tsquery) as asked"
            }
        }
    }

    fn fits(self) -> &'static str {
        match self {
            Words::All => "words @@ asked and %filters%",
            Words::Some => "words @@ asked and not words @@ every and %filters%",
        }
    }
}

async fn run(client: &Client, query: &Query, ask: &str) -> anyhow::Result<Vec<tokio_postgres::Row>> {
    let lists = terms::of_filters(&query.filters);
    let (low, high) = (query.filters.price_min, query.filters.price_max);
    let mut values: Vec<&(dyn ToSql + Sync)> = vec![&query.text];
    let mut filters = vec!["true".to_owned()];
    for (value, sign) in [(&low, ">="), (&high, "<=")] {
        if value.is_some() {
            values.push(value);
            filters.push(format!("price {sign} ${}", values.len()));
        }
    }
    for list in &lists {
        values.push(list);
        filters.push(format!("terms && ${}", values.len()));
    }
    let ask = ask.replace("%filters%", &filters.join(" and "));
    client.query(&ask, &values).await.with_context(|| format!("asking PostgreSQL for {:?}", query.text))
}
