//! All clients together, from the opening to the last open question.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::buyer::Buyers;
use super::regular::Regular;
use super::shop::{GONE, HEAP, Shop, session};
use super::till::Till;
use super::wire::Wire;
use super::worker::{Sent, Worker, send};
use crate::notes::{Note, Pad, read};

pub(crate) struct Crowd {
    workers: JoinSet<Vec<Sent>>,
    stop: watch::Sender<bool>,
    served: Arc<AtomicU64>,
    pub(crate) till: Arc<Till>,
    files: Vec<PathBuf>,
    ports: Arc<[u16]>,
    last_pad: Arc<Pad>,
}

/// What came of it.
pub(crate) struct Gathered {
    pub(crate) notes: Vec<Note>,
    /// Requests that nobody knew the outcome of when the torture was over.
    pub(crate) open: usize,
    /// Of them, those that could not be settled even then.
    pub(crate) never_answered: usize,
}

/// Guests that the clients share.
const BUYERS: usize = 6;
const PATIENCE: Duration = Duration::from_secs(12);
const SETTLE: Duration = Duration::from_secs(60);

impl Crowd {
    pub(crate) async fn enter(
        folder: &Path,
        ports: &Arc<[u16]>,
        shop: Arc<Shop>,
        count: usize,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let mut wire = Wire::new(ports);
        let mut guests = Vec::new();
        for _ in 0..BUYERS {
            guests.push(session(&mut wire).await?);
        }
        let (buyers, ids, served) = (Arc::new(Buyers::new(guests)), Arc::default(), Arc::<AtomicU64>::default());
        let stop = watch::Sender::new(false);
        let (mut workers, mut files) = (JoinSet::new(), Vec::new());
        let mut last_pad = None;
        for number in 0..count {
            let file = folder.join(format!("client-{number}.jsonl"));
            let pad = Arc::new(Pad::open(&file)?);
            files.push(file);
            last_pad = Some(Arc::clone(&pad));
            let worker = Worker {
                number,
                shop: Arc::clone(&shop),
                wire: Wire::new(ports),
                tab: Wire::new(ports).starting_at(1),
                pad,
                dice: SmallRng::seed_from_u64(seed.wrapping_mul(1_000).wrapping_add(number as u64)),
                ids: Arc::clone(&ids),
                buyers: Arc::clone(&buyers),
                served: Arc::clone(&served),
                stop: stop.subscribe(),
                mine: Vec::new(),
                done: Vec::new(),
                open: Vec::new(),
                patience: PATIENCE,
            };
            workers.spawn(worker.run());
        }
        let last_pad = last_pad.context("a crowd of nobody")?;
        let till = Arc::new(Till::new());
        let counters = ports.iter().enumerate().flat_map(|counter| [HEAP, GONE].map(|sku| (counter, sku)));
        for (((place, port), sku), number) in counters.zip(count..) {
            let file = folder.join(format!("client-{number}.jsonl"));
            let pad = Arc::new(Pad::open(&file)?);
            files.push(file);
            let regular = Regular {
                number,
                place,
                wire: Wire::new(&Arc::from([*port])),
                sku,
                guest: session(&mut wire).await?,
                shop: Arc::clone(&shop),
                pad,
                ids: Arc::clone(&ids),
                till: Arc::clone(&till),
                stop: stop.subscribe(),
            };
            workers.spawn(regular.run());
        }
        Ok(Self { workers, stop, served, till, files, ports: Arc::clone(ports), last_pad })
    }

    /// How often anybody was given an answer so far.
    pub(crate) fn served(&self) -> u64 {
        self.served.load(Ordering::Relaxed)
    }

    /// Everybody ends what they are at; then each open question is asked until it is answered.
    pub(crate) async fn leave(mut self) -> anyhow::Result<Gathered> {
        self.stop.send_replace(true);
        let mut open = Vec::new();
        while let Some(ended) = self.workers.join_next().await {
            open.extend(ended.context("a client broke")?);
        }
        let questions = open.len();
        let mut never_answered = 0;
        let mut wire = Wire::new(&self.ports);
        let begun = Instant::now();
        for sent in open {
            if !settle(&mut wire, &sent, &self.last_pad, begun).await {
                never_answered += 1;
            }
        }
        let mut notes = Vec::new();
        for file in &self.files {
            notes.extend(read(file)?);
        }
        Ok(Gathered { notes, open: questions, never_answered })
    }
}

/// All of them together have so long, but each is asked at least once.
async fn settle(wire: &mut Wire, sent: &Sent, pad: &Pad, begun: Instant) -> bool {
    loop {
        if send(wire, sent, pad).await.is_final() {
            return true;
        }
        if begun.elapsed() > SETTLE {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
}
