//! `relevance`: every judged query is asked, and what comes back is scored by the judgments.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use search_index::{ProductDocument, Query};

use super::say;
use crate::contender::{Contender, Ours, plain};
use crate::judged::{Collection, Run, Scores, Vectors, icecat};
#[cfg(feature = "peers")]
use crate::peers::{Postgres, Sqlite};
use crate::table::Table;

/// As far down as the judgments are looked for.
const RESULTS: usize = 100;

#[derive(Args)]
pub(crate) struct Flags {
    /// The folder with `products.jsonl` (or `.zst`), `queries.dev.tsv` and `qrels.dev.tsv`.
    #[arg(long)]
    data: PathBuf,
    /// Writes our results here: query, rank and product, separated by tabs.
    #[arg(long)]
    run: Option<PathBuf>,
    /// Writes the scores of each query here.
    #[arg(long)]
    per_query: Option<PathBuf>,
    /// A folder with what a model makes of products and queries (`products.vectors.jsonl`, `queries.vectors.jsonl`): results
    /// are also judged as they stand with it.
    #[arg(long)]
    vectors: Option<PathBuf>,
    /// A database in which schemas may be made and dropped, to be asked the same.
    #[cfg(feature = "peers")]
    #[arg(long)]
    postgres: Option<String>,
}

pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let collection = Collection::read(&flags.data)?;
    let vectors = flags.vectors.as_deref().map(Vectors::read).transpose()?;
    let mut documents = icecat::products(&flags.data)?;
    if let Some(vectors) = &vectors {
        documents = documents.into_iter().map(|document| vectors.tell(document)).collect();
    }
    let contenders = contenders(flags, &documents)?;

    let mut table = Table::new(&["", "queries", "nDCG@10", "nDCGj@10", "J@10", "MRR", "R@100", "no hit"]);
    let mut gains = None;
    for (position, mut contender) in contenders.into_iter().enumerate() {
        let run = answered(&mut *contender, &collection, None)?;
        let scores = Scores::of(&collection, &run);
        add_rows(&mut table, contender.name(), &scores);
        if position == 0 {
            write(flags.run.as_deref(), || run.to_tsv())?;
            write(flags.per_query.as_deref(), || scores.to_tsv(&collection))?;
            if let Some(vectors) = &vectors {
                let run = answered(&mut *contender, &collection, Some(vectors))?;
                let with_vectors = Scores::of(&collection, &run);
                add_rows(&mut table, "with vectors", &with_vectors);
                gains = Some(gained(&scores, &with_vectors));
            }
        }
    }
    say(&table.to_string());
    if let Some(gains) = gains {
        say(&gains);
    }
    say("halves: every second query, so that what was tuned on one of them can be judged by the other");
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "peers"))]
fn contenders(_: &Flags, documents: &[ProductDocument]) -> anyhow::Result<Vec<Box<dyn Contender>>> {
    Ok(vec![Box::new(Ours::holding(documents.iter().cloned())?)])
}

#[cfg(feature = "peers")]
fn contenders(flags: &Flags, documents: &[ProductDocument]) -> anyhow::Result<Vec<Box<dyn Contender>>> {
    let documents = || documents.iter().cloned();
    let mut contenders: Vec<Box<dyn Contender>> =
        vec![Box::new(Ours::holding(documents())?), Box::new(Sqlite::holding(documents())?)];
    if let Some(url) = &flags.postgres {
        contenders.push(Box::new(Postgres::holding(url, "judged", documents())?));
    }
    Ok(contenders)
}

pub(super) fn answered(
    contender: &mut dyn Contender,
    collection: &Collection,
    vectors: Option<&Vectors>,
) -> anyhow::Result<Run> {
    let mut run = Run::default();
    for query in collection.queries() {
        let embedding = vectors.and_then(|vectors| vectors.of_query(query.id));
        let asked = Query { embedding, ..plain(&query.text, RESULTS) };
        run.add(query.id, contender.best(&asked)?);
    }
    Ok(run)
}

fn add_rows(table: &mut Table, name: &str, scores: &Scores) {
    for (name, scores) in [
        (name.to_owned(), scores.mean()),
        ("  first half".to_owned(), scores.half(0).mean()),
        ("  second half".to_owned(), scores.half(1).mean()),
    ] {
        let mut row = vec![name, scores.queries.to_string()];
        let values = [scores.ndcg, scores.ndcg_judged, scores.judged_share, scores.mrr, scores.recall, scores.no_hit];
        row.extend(values.map(|value| format!("{value:.4}")));
        table.row(row);
    }
}

/// With the limits between which it lies for 95 of a hundred other choices of such queries.
fn gained(without: &Scores, with: &Scores) -> String {
    let gain = |of| without.difference(with, of).map_or_else(|| "none can be said".to_owned(), |it| it.to_string());
    format!(
        "vectors gain: nDCG@10 {}, nDCGj@10 {}, MRR {}",
        gain(|score| score.ndcg),
        gain(|score| score.ndcg_judged),
        gain(|score| score.reciprocal_rank)
    )
}

fn write(file: Option<&Path>, text: impl FnOnce() -> String) -> anyhow::Result<()> {
    let Some(file) = file else { return Ok(()) };
    std::fs::write(file, text()).with_context(|| format!("{} cannot be written", file.display()))
}
