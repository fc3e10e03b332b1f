//! PURE. What was answered to each query.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Query -> products, the best first.
#[derive(Default)]
pub(crate) struct Run {
    results: BTreeMap<u32, Vec<String>>,
}

impl Run {
    pub(crate) fn add(&mut self, query: u32, results: Vec<String>) {
        self.results.insert(query, results);
    }

    pub(crate) fn of(&self, query: u32) -> &[String] {
        self.results.get(&query).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn to_tsv(&self) -> String {
        let mut text = "query_id\trank\tproduct_id\n".to_owned();
        for (query, results) in &self.results {
            for (rank, product) in (1..).zip(results) {
                let _never = writeln!(text, "{query}\t{rank}\t{product}");
            }
        }
        text
    }
}
