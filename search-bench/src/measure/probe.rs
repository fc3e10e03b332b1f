//! Asking an index that another process built, first while nothing of it is in memory, then again and again.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use search_index::Index;

use super::build::ms;
use super::latency::Latencies;
use super::process::{memory, read_from_disk};
use super::questions::{Kind, Question, Questions};
use super::report::{KindProbed, Probed};

/// How much is asked.
pub(crate) struct Effort {
    /// Of each kind, one kind after the other, right after opening.
    pub(crate) cold: u64,
    /// Of each kind, before it is measured warm.
    pub(crate) warm_up: u64,
    /// Of each kind, unless the time is over before.
    pub(crate) warm: u64,
    pub(crate) warm_at_most: Duration,
    pub(crate) clients: usize,
    pub(crate) clients_for: Duration,
}

/// So many different questions the clients share.
const OF_CLIENTS: u64 = 4_000;

#[derive(Default)]
struct Totals {
    answers: u64,
    results: u64,
    matches: u64,
    facets: u64,
}

pub(crate) fn probe(folder: &Path, questions: &Questions<'_>, effort: &Effort) -> anyhow::Result<Probed> {
    let list = |kind, from: u64, count: u64| -> Vec<Question> {
        (from..from + count).map(|number| questions.nth(kind, number)).collect()
    };
    // Made before, so that only asking is measured.
    let cold: Vec<Vec<Question>> = Kind::ALL.iter().map(|&kind| list(kind, 0, effort.cold)).collect();
    let (empty, read_before, started) = (memory(), read_from_disk(), Instant::now());
    let index = Index::open(folder)?;
    let (open, opened) = (started.elapsed(), memory());

    let mut cold_latencies: Vec<Latencies> = Kind::ALL.iter().map(|_| Latencies::default()).collect();
    for number in 0..usize::try_from(effort.cold)? {
        for (asked, latencies) in cold.iter().zip(&mut cold_latencies) {
            ask(&index, &asked[number], latencies, &mut Totals::default())?;
        }
    }
    let cold_read_bytes = read_from_disk() - read_before;

    let mut kinds = Vec::new();
    for (&kind, cold) in Kind::ALL.iter().zip(cold_latencies) {
        for question in list(kind, effort.cold, effort.warm_up) {
            ask(&index, &question, &mut Latencies::default(), &mut Totals::default())?;
        }
        let asked = list(kind, effort.cold + effort.warm_up, effort.warm);
        let (mut latencies, mut totals, started) = (Latencies::default(), Totals::default(), Instant::now());
        for question in &asked {
            ask(&index, question, &mut latencies, &mut totals)?;
            if started.elapsed() > effort.warm_at_most {
                break;
            }
        }
        let mean = |total: u64| total as f64 / totals.answers.max(1) as f64;
        let (results, matches, facets) = (mean(totals.results), mean(totals.matches), mean(totals.facets));
        let (cold, warm) = (cold.spread(), latencies.spread());
        kinds.push(KindProbed { kind: kind.name().to_owned(), cold, warm, results, matches, facets });
    }
    let (searches_per_second, of_clients) = together(&index, &list(Kind::Filtered, 1 << 32, OF_CLIENTS), effort)?;
    let at_end = memory();
    Ok(Probed {
        open_ms: ms(open),
        own_bytes: opened.own,
        mapped_bytes: opened.mapped,
        empty_bytes: empty.own,
        own_bytes_at_end: at_end.own,
        mapped_bytes_at_end: at_end.mapped,
        cold_read_bytes,
        kinds,
        clients: effort.clients,
        searches_per_second,
        of_clients: of_clients.spread(),
    })
}

fn ask(index: &Index, question: &Question, latencies: &mut Latencies, totals: &mut Totals) -> anyhow::Result<()> {
    let started = Instant::now();
    match question {
        Question::Search(query) => {
            let page = index.search(query)?;
            latencies.add(started.elapsed());
            totals.results += page.hits.len() as u64;
            totals.matches += page.total;
            totals.facets += page.facets.len() as u64;
        }
        Question::Suggest(suggest) => {
            let found = index.suggest(suggest)?;
            latencies.add(started.elapsed());
            let names = found.categories.len() + found.brands.len();
            totals.results += (found.queries.len() + found.products.len() + found.scoped.len() + names) as u64;
        }
    }
    totals.answers += 1;
    Ok(())
}

/// All clients at once, each with the next question as soon as it has an answer.
fn together(index: &Index, questions: &[Question], effort: &Effort) -> anyhow::Result<(f64, Latencies)> {
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    let client = || -> anyhow::Result<Latencies> {
        let mut latencies = Latencies::default();
        while started.elapsed() < effort.clients_for {
            let question = &questions[next.fetch_add(1, Ordering::Relaxed) % questions.len()];
            ask(index, question, &mut latencies, &mut Totals::default())?;
        }
        Ok(latencies)
    };
    let mut all = Latencies::default();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..effort.clients).map(|_| scope.spawn(client)).collect();
        for client in clients {
            all.join(client.join().expect("a client does not panic")?);
        }
        anyhow::Ok(())
    })?;
    let took = started.elapsed().as_secs_f64();
    Ok((all.len() as f64 / took, all))
}
