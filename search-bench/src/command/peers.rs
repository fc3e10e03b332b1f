//! `peers`: the same products and the same questions for us, PostgreSQL and SQLite, in one table.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use search_index::ProductDocument;

use super::relevance::answered;
use super::say;
use crate::catalogue::Catalogue;
use crate::contender::{Contender, Ours};
use crate::judged::{Collection, Means, Scores, icecat};
use crate::measure::{Kind, Latencies, Question, Questions, Spread, bytes, micros};
use crate::peers::{Postgres, Sqlite};
use crate::table::Table;

/// Suggestions and listings are other things elsewhere.
const KINDS: [Kind; 3] = [Kind::OneWord, Kind::TwoWords, Kind::Filtered];

#[derive(Args)]
pub(crate) struct Flags {
    /// Of a database in which schemas may be made and dropped.
    #[arg(long)]
    postgres: String,
    /// The folder with the judged queries. Without it nothing is said of relevance.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many products are generated.
    #[arg(long, default_value_t = 100_000)]
    products: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Questions of each kind; a tenth as many come before.
    #[arg(long, default_value_t = 500)]
    asked: u64,
    /// Seconds after which no more questions of one kind are asked.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// What one of them did.
struct Result {
    name: &'static str,
    means: Option<Means>,
    loading: Duration,
    bytes: u64,
    spreads: Vec<Spread>,
}

pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let judged = match &flags.data {
        Some(folder) => Some((Collection::read(folder)?, icecat::products(folder)?)),
        None => None,
    };
    let judged = judged.as_ref();
    let catalogue = Catalogue::new(flags.seed, flags.products);
    // One after the other, each alone with the machine.
    let results = [
        measured(flags, judged, &catalogue, |_, products| {
            let ours = Ours::holding(products)?;
            let bytes = ours.bytes()?;
            Ok((ours, bytes))
        })?,
        measured(flags, judged, &catalogue, |schema, products| {
            let postgres = Postgres::holding(&flags.postgres, schema, products)?;
            let bytes = postgres.bytes()?;
            Ok((postgres, bytes))
        })?,
        measured(flags, judged, &catalogue, |_, products| {
            let sqlite = Sqlite::holding(products)?;
            let bytes = sqlite.bytes()?;
            Ok((sqlite, bytes))
        })?,
    ];
    show(flags, &results);
    Ok(ExitCode::SUCCESS)
}

type Products<'a> = Box<dyn Iterator<Item = ProductDocument> + 'a>;

fn measured<C: Contender>(
    flags: &Flags,
    judged: Option<&(Collection, Vec<ProductDocument>)>,
    catalogue: &Catalogue,
    holding: impl Fn(&'static str, Products<'_>) -> anyhow::Result<(C, u64)>,
) -> anyhow::Result<Result> {
    let means = match judged {
        Some((collection, products)) => {
            let (mut contender, _) = holding("judged", Box::new(products.iter().cloned()))?;
            Some(Scores::of(collection, &answered(&mut contender, collection, None)?).mean())
        }
        None => None,
    };
    let started = Instant::now();
    let (mut contender, bytes) = holding("generated", Box::new(catalogue.products()))?;
    let loading = started.elapsed();
    let questions = Questions::new(catalogue, flags.seed);
    let mut spreads = Vec::new();
    for kind in KINDS {
        spreads.push(ask(flags, &mut contender, &questions, kind)?.spread());
    }
    Ok(Result { name: contender.name(), means, loading, bytes, spreads })
}

fn ask(
    flags: &Flags,
    contender: &mut dyn Contender,
    questions: &Questions<'_>,
    kind: Kind,
) -> anyhow::Result<Latencies> {
    let warm_up = flags.asked / 10;
    let (mut latencies, most) = (Latencies::default(), Duration::from_secs(flags.seconds));
    let mut all = Duration::ZERO;
    for number in 0..warm_up + flags.asked {
        let Question::Search(query) = questions.nth(kind, number) else { continue };
        let started = Instant::now();
        contender.best(&query)?;
        let took = started.elapsed();
        all += took;
        if number >= warm_up {
            latencies.add(took);
        }
        if all > most && latencies.len() > 0 {
            break;
        }
    }
    Ok(latencies)
}

fn show(flags: &Flags, results: &[Result]) {
    let mut head = vec!["".to_owned(), "nDCG@10".to_owned(), "nDCGj@10".to_owned(), "R@100".to_owned()];
    head.extend(["loaded in".to_owned(), "on disk".to_owned()]);
    for kind in KINDS {
        head.extend([format!("{} p50", kind.name()), "p99".to_owned()]);
    }
    let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for result in results {
        let mut row = vec![result.name.to_owned()];
        row.extend(match &result.means {
            Some(means) => [means.ndcg, means.ndcg_judged, means.recall].map(|value| format!("{value:.3}")),
            None => ["-"; 3].map(str::to_owned),
        });
        row.extend([format!("{:.1} s", result.loading.as_secs_f64()), bytes(result.bytes)]);
        row.extend(result.spreads.iter().flat_map(|spread| [spread.p50, spread.p99].map(micros)));
        table.row(row);
    }
    say(&format!(
        "{} generated products; relevance on the judged queries; one client, warm, the first 20 products",
        flags.products
    ));
    say(&table.to_string());
    let counts = results.iter().map(|result| {
        let counts: Vec<String> = result.spreads.iter().map(|spread| spread.count.to_string()).collect();
        format!("{} {}", result.name, counts.join("/"))
    });
    say(&format!("asked: {}", counts.collect::<Vec<_>>().join(", ")));
    say("facets: ours each without its own filter; the others' under all filters, once");
}
