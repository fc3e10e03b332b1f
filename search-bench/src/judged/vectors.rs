//! What products and queries mean, as some model put it: two files of lines, each `{"id": "...", "vector": [0.1, ...]}`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use search_index::{Embedding, ProductDocument};
use serde::Deserialize;

pub(crate) struct Vectors {
    products: HashMap<String, Embedding>,
    queries: HashMap<String, Embedding>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    vector: Vec<f32>,
}

impl Vectors {
    /// `products.vectors.jsonl` and `queries.vectors.jsonl` of a folder.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Vectors> {
        let read = |name| read(&folder.join(name)).with_context(|| format!("{} in {}", name, folder.display()));
        Ok(Vectors { products: read("products.vectors.jsonl")?, queries: read("queries.vectors.jsonl")? })
    }

    pub(crate) fn tell(&self, document: ProductDocument) -> ProductDocument {
        let embedding = self.products.get(&document.id).cloned();
        ProductDocument { embedding, ..document }
    }

    pub(crate) fn of_query(&self, id: u32) -> Option<Embedding> {
        self.queries.get(&id.to_string()).cloned()
    }
}

fn read(file: &Path) -> anyhow::Result<HashMap<String, Embedding>> {
    let lines = BufReader::new(File::open(file)?).lines().zip(1u32..);
    lines
        .map(|(line, number)| {
            let Line { id, vector } = serde_json::from_str(&line?).with_context(|| format!("line {number}"))?;
            Ok((id, Embedding::of("given", &vector).with_context(|| format!("line {number}"))?))
        })
        .collect()
}
