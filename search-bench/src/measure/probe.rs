//! Asking an index that another process built, first while nothing of it is in memory, then again and again.
#![expect(clippy::float_arithmetic, reason = "statistics")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use search_index::Index;

use super::build::ms;
use super::latency::Latencies;
use super::process::{memory, of_thread, read_from_disk};
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
    pub(crate) kinds: Vec<Kind>,
}

/// So many different questions the clients share.
const OF_CLIENTS: u64 = 4_000;

#[derive(Default)]
struct Asked {
    took: Latencies,
    on_processor: Latencies,
    results: u64,
    matches: u64,
    facets: u64,
}

pub(crate) fn probe(folder: &Path, questions: &Questions<'_>, effort: &Effort) -> anyhow::Result<Probed> {
    let list = |kind, from: u64, count: u64| -> Vec<Question> {
        (from..from + count).map(|number| questions.nth(kind, number)).collect()
    };
    // Made before, so that only asking is measured.
    let cold: Vec<Vec<Question>> = effort.kinds.iter().map(|&kind| list(kind, 0, effort.cold)).collect();
    let (empty, read_before, started) = (memory(), read_from_disk(), Instant::now());
    let index = Index::open(folder)?;
    let (open, opened) = (started.elapsed(), memory());

    let mut cold_asked: Vec<Asked> = effort.kinds.iter().map(|_| Asked::default()).collect();
    for number in 0..usize::try_from(effort.cold)? {
        for (questions, asked) in cold.iter().zip(&mut cold_asked) {
            asked.ask(&index, &questions[number])?;
        }
    }
    let cold_read_bytes = read_from_disk() - read_before;

    let mut kinds = Vec::new();
    for (&kind, cold) in effort.kinds.iter().zip(cold_asked) {
        let mut warm_up = Asked::default();
        for question in list(kind, effort.cold, effort.warm_up) {
            warm_up.ask(&index, &question)?;
        }
        let (mut asked, started) = (Asked::default(), Instant::now());
        for question in list(kind, effort.cold + effort.warm_up, effort.warm) {
            asked.ask(&index, &question)?;
            if started.elapsed() > effort.warm_at_most {
                break;
            }
        }
        kinds.push(asked.probed(kind, cold));
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

impl Asked {
    fn ask(&mut self, index: &Index, question: &Question) -> anyhow::Result<()> {
        let (spent, started) = (of_thread(), Instant::now());
        match question {
            Question::Search(query) => {
                let page = index.search(query)?;
                self.note(started.elapsed(), of_thread() - spent);
                self.results += page.hits.len() as u64;
                self.matches += page.total;
                self.facets += page.facets.len() as u64;
            }
            Question::Hostile { question, may_be_refused } => match self.ask(index, question) {
                Err(error) if *may_be_refused && is_refusal(&error) => {
                    self.note(started.elapsed(), of_thread() - spent)
                }
                answered => answered?,
            },
            Question::Suggest(suggest) => {
                let found = index.suggest(suggest)?;
                self.note(started.elapsed(), of_thread() - spent);
                let names = found.categories.len() + found.brands.len();
                self.results += (found.queries.len() + found.products.len() + found.scoped.len() + names) as u64;
            }
        }
        Ok(())
    }

    fn note(&mut self, took: Duration, on_processor: Duration) {
        self.took.add(took);
        self.on_processor.add(on_processor);
    }

    fn probed(self, kind: Kind, cold: Asked) -> KindProbed {
        let answers = self.took.len().max(1) as f64;
        KindProbed {
            kind: kind.name().to_owned(),
            cold: cold.took.spread(),
            warm: self.took.spread(),
            warm_processor: self.on_processor.spread(),
            results: self.results as f64 / answers,
            matches: self.matches as f64 / answers,
            facets: self.facets as f64 / answers,
        }
    }
}

fn is_refusal(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(search_index::Error::Query(_)))
}

/// All clients at once, each with the next question as soon as it has an answer.
fn together(index: &Index, questions: &[Question], effort: &Effort) -> anyhow::Result<(f64, Latencies)> {
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    let client = || -> anyhow::Result<Latencies> {
        let mut asked = Asked::default();
        while started.elapsed() < effort.clients_for {
            let question = &questions[next.fetch_add(1, Ordering::Relaxed) % questions.len()];
            asked.ask(index, question)?;
        }
        Ok(asked.took)
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
