//! SQLite: FTS5 with the Porter stemmer, ranked by its `bm25` with a weight for each column; filters and facets from tables
//! beside it.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use search_index::{ProductDocument, Query};
use tempfile::TempDir;

use super::{Texts, limit, terms};
use crate::contender::Contender;

/// So many products go in with one transaction.
const CHUNK: usize = 10_000;

pub(crate) struct Sqlite {
    connection: Connection,
    /// Numbers of terms: SQLite has no lists, and a row for each word of each filter would be longer than the product.
    terms: HashMap<String, i64>,
    dir: TempDir,
}

impl Sqlite {
    /// In a file that goes with it.
    pub(crate) fn holding(products: impl Iterator<Item = ProductDocument>) -> anyhow::Result<Sqlite> {
        let dir = tempfile::tempdir().context("a folder for SQLite")?;
        let connection = Connection::open(file(dir.path()))?;
        connection.execute_batch(
            "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -262144; pragma mmap_size = 8589934592;
             create table product (n integer primary key, id text not null, price int not null);
             create table term (n int not null, term int not null, primary key (n, term)) without rowid;
             create virtual table words using fts5 (title, names, attributes, description, content = '',
                                                    tokenize = 'porter unicode61 remove_diacritics 2');
             insert into words (words, rank) values ('rank', 'bm25(3.0, 2.0, 1.0, 1.0)')",
        )?;
        let mut sqlite = Sqlite { connection, terms: HashMap::new(), dir };
        sqlite.load(products).context("loading SQLite")?;
        sqlite.connection.execute_batch(
            "create index term_products on term (term, n); create index product_price on product (price);
             insert into words (words) values ('optimize'); analyze",
        )?;
        Ok(sqlite)
    }

    pub(crate) fn bytes(&self) -> anyhow::Result<u64> {
        Ok(std::fs::metadata(file(self.dir.path()))?.len())
    }

    fn load(&mut self, products: impl Iterator<Item = ProductDocument>) -> anyhow::Result<()> {
        let mut products = (1i64..).zip(products).peekable();
        while products.peek().is_some() {
            let transaction = self.connection.transaction()?;
            let mut product_row = transaction.prepare_cached("insert into product values (?1, ?2, ?3)")?;
            let mut term_row = transaction.prepare_cached("insert into term values (?1, ?2)")?;
            let mut words_row = transaction.prepare_cached(
                "insert into words (rowid, title, names, attributes, description) values (?1, ?2, ?3, ?4, ?5)",
            )?;
            for (number, product) in products.by_ref().take(CHUNK) {
                product_row.execute((number, &product.id, product.price))?;
                let Texts { title, names, attributes, description } = Texts::of(&product);
                words_row.execute((number, title, names, attributes, description))?;
                for term in terms::of_product(&product) {
                    let next = i64::try_from(self.terms.len())?;
                    let term = *self.terms.entry(term).or_insert(next);
                    term_row.execute((number, term))?;
                }
            }
            drop((product_row, term_row, words_row));
            transaction.commit()?;
        }
        Ok(())
    }

    /// Ids in order, of at most so many.
    fn found(&self, query: &Query, asked: &str, limit: usize) -> anyhow::Result<Vec<String>> {
        let (filters, values) = self.filters(query, asked);
        let ask = format!(
            "select p.id from words join product p on p.n = words.rowid where words match ? {filters} order by rank limit {limit}"
        );
        let mut statement = self.connection.prepare_cached(&ask)?;
        let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The most frequent terms of what matches, and how the prices lie: all that the facets of a page are made of.
    fn count(&self, query: &Query, asked: &str) -> anyhow::Result<()> {
        let (filters, values) = self.filters(query, asked);
        let ask = format!(
            "with fitting as materialized
                 (select p.n, p.price from words join product p on p.n = words.rowid where words match ? {filters})
             select * from (select term, count(*) from fitting join term using (n) group by term order by 2 desc limit 300)
             union all
             select (price > 1000) + (price > 2500) + (price > 5000) + (price > 10000) + (price > 25000), count(*)
             from fitting group by 1"
        );
        let mut statement = self.connection.prepare_cached(&ask)?;
        let mut rows = statement.query(params_from_iter(values))?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Conditions, and their values after the words.
    fn filters(&self, query: &Query, asked: &str) -> (String, Vec<Value>) {
        let (mut conditions, mut values) = (String::new(), vec![Value::Text(asked.to_owned())]);
        for (value, sign) in [(query.filters.price_min, ">="), (query.filters.price_max, "<=")] {
            if let Some(value) = value {
                conditions.push_str(&format!(" and p.price {sign} ?"));
                values.push(Value::Integer(value));
            }
        }
        for list in terms::of_filters(&query.filters) {
            // A term that no product has has a number that no product has.
            let numbers: Vec<i64> = list.iter().map(|term| self.terms.get(term).copied().unwrap_or(-1)).collect();
            let places = vec!["?"; numbers.len()].join(", ");
            conditions
                .push_str(&format!(" and exists (select 1 from term t where t.n = p.n and t.term in ({places}))"));
            values.extend(numbers.into_iter().map(Value::Integer));
        }
        (conditions, values)
    }
}

impl Contender for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite FTS5"
    }

    fn best(&mut self, query: &Query) -> anyhow::Result<Vec<String>> {
        let wanted = limit(query);
        let words: Vec<String> = query.text.split_whitespace().map(quoted).collect();
        let (all, any) = (words.join(" AND "), words.join(" OR "));
        let mut best = self.found(query, &all, wanted)?;
        let is_thin = best.len() < wanted && words.len() > 1;
        if is_thin {
            // Those with any of the words have those with all among them.
            let more = self.found(query, &any, wanted + best.len())?;
            let more: Vec<String> = more.into_iter().filter(|id| !best.contains(id)).collect();
            best.extend(more);
            best.truncate(wanted);
        }
        if query.facets {
            self.count(query, if is_thin { &any } else { &all })?;
        }
        Ok(best)
    }
}

/// As FTS5 reads a text that is none of its commands.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

fn file(folder: &Path) -> std::path::PathBuf {
    folder.join("products.sqlite")
}

#[cfg(test)]
mod tests {
    use search_index::Filters;

    use super::*;
    use crate::catalogue::Catalogue;
    use crate::contender::plain;

    fn product(id: &str, title: &str, price: i64) -> ProductDocument {
        ProductDocument { id: id.to_owned(), title: title.to_owned(), price, ..ProductDocument::default() }
    }

    #[test]
    fn all_words_come_first_then_any() {
        let products = [product("a", "Red lamp", 5), product("b", "Blue lamps", 7), product("c", "Red \"chair\"", 9)];
        let mut sqlite = Sqlite::holding(products.into_iter()).unwrap();
        assert_eq!(sqlite.best(&plain("lamp blue", 10)).unwrap(), ["b", "a"]);
        assert_eq!(sqlite.best(&plain("red", 1)).unwrap().len(), 1);
        let cheap = Filters { price_max: Some(6), ..Filters::default() };
        assert_eq!(sqlite.best(&Query { filters: cheap, facets: true, ..plain("red", 10) }).unwrap(), ["a"]);
        assert!(sqlite.best(&plain("\"; drop", 10)).unwrap().is_empty());
    }

    #[test]
    fn filters_find_what_passes_them() {
        let catalogue = Catalogue::new(1, 200);
        let mut sqlite = Sqlite::holding(catalogue.products()).unwrap();
        let wanted = catalogue.product(17);
        let attribute = &wanted.attributes[0];
        let filters = Filters {
            brands: wanted.brand.iter().map(|brand| brand.slug.clone()).collect(),
            categories: vec![wanted.categories[0].slug.clone()],
            attributes: [(attribute.key.clone(), vec![attribute.value.clone()])].into(),
            availability: vec![wanted.availability],
            ..Filters::default()
        };
        let found = sqlite.best(&Query { filters, facets: true, ..plain(&wanted.title, 20) }).unwrap();
        assert!(found.contains(&wanted.id), "{found:?}");
    }
}
