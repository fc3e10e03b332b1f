//! The judged queries: two files of tab-separated values with a head line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::Context;

/// Product -> grade, 0 irrelevant to [`Collection::grade_max`] exact.
pub(crate) type Judgments = BTreeMap<String, f64>;

pub(crate) struct Query {
    pub(crate) id: u32,
    pub(crate) text: String,
}

/// In order of the ids of the queries, and only those that were judged.
pub(crate) struct Collection {
    queries: Vec<Query>,
    judgments: BTreeMap<u32, Judgments>,
    pub(crate) grade_max: f64,
}

impl Collection {
    /// `queries.dev.tsv` (id, text) and `qrels.dev.tsv` (query, product, grade) of a folder.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Collection> {
        Collection::of(&text(&folder.join("queries.dev.tsv"))?, &text(&folder.join("qrels.dev.tsv"))?)
    }

    pub(crate) fn of(queries: &str, judgments: &str) -> anyhow::Result<Collection> {
        let mut judged: BTreeMap<u32, Judgments> = BTreeMap::new();
        let mut grade_max: f64 = 0.0;
        for [query, product, grade] in rows(judgments) {
            let (query, grade): (u32, f64) = (number(query)?, number(grade)?);
            grade_max = grade_max.max(grade);
            let known = judged.entry(query).or_default().entry(product.to_owned()).or_insert(grade);
            *known = known.max(grade);
        }
        let mut asked = Vec::new();
        for [id, text] in rows(queries) {
            asked.push(Query { id: number(id)?, text: text.to_owned() });
        }
        asked.retain(|query| judged.contains_key(&query.id));
        asked.sort_by_key(|query| query.id);
        Ok(Collection { queries: asked, judgments: judged, grade_max })
    }

    pub(crate) fn queries(&self) -> &[Query] {
        &self.queries
    }

    pub(crate) fn judgments(&self, query: u32) -> &Judgments {
        &self.judgments[&query]
    }
}

fn text(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// The rows under the head that have as many cells as wanted.
fn rows<const N: usize>(text: &str) -> impl Iterator<Item = [&str; N]> {
    text.lines().skip(1).filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

fn number<T: FromStr>(cell: &str) -> anyhow::Result<T> {
    cell.parse().ok().with_context(|| format!("{cell:?} is not a number"))
}
