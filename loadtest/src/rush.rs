//! The rush: many agents, a few threads, one moment when the doors open.
//!
//! Each thread has a runtime and a tally of its own; threads meet only at the doors and in the counter
//! that hands out the next arrival. Every agent is connected before the doors open.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, bail};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use tokio::sync::Barrier;
use tokio::task::LocalSet;

use crate::agent::Agent;
use crate::http::{Connection, Target};
use crate::measure::{Live, Tally};
use crate::patience::Patience;

/// What shoppers do. A file per scenario; it reads like a customer.
pub(crate) trait Scenario: Send + Sync + 'static {
    /// What a thread writes down for the verdict.
    type Notes: Default + Send + 'static;

    async fn visit(&self, visit: Visit, agent: &mut Agent, notes: &RefCell<Self::Notes>);
}

#[derive(Clone, Copy)]
pub(crate) struct Visit {
    /// Each visit of a run has its own, from 0 without gaps.
    pub(crate) number: u64,
    /// Which of the agents came, from 0. An agent makes one visit at a time.
    pub(crate) agent: usize,
    /// When the shopper meant to arrive. Latency counts from here.
    pub(crate) planned: Instant,
}

#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) target: Arc<Target>,
    pub(crate) threads: usize,
    /// Connections, and so requests in flight at most.
    pub(crate) agents: usize,
    pub(crate) pace: Pace,
    /// What ends in this time after the doors open is not measured.
    pub(crate) warm_up: Duration,
    /// Width of the slices that plots are made of.
    pub(crate) slice: Duration,
    pub(crate) timeout: Duration,
    pub(crate) patience: Patience,
    pub(crate) seed: u64,
}

#[derive(Clone)]
pub(crate) enum Pace {
    /// An agent starts its next visit when the last one ended, for so many visits in all.
    Visits(u64),
    /// The same, until the time is up.
    Lasting(Duration),
    /// Visits start at these moments (nanoseconds after the doors open), whatever happens to the earlier ones.
    Planned(Arc<[u64]>),
}

pub(crate) struct Takings<N> {
    pub(crate) tally: Tally,
    pub(crate) notes: Vec<N>,
    pub(crate) visits: u64,
}

/// An arrival is late when it leaves this much after its moment; below, it is the timer's grain.
const LATE: Duration = Duration::from_millis(5);

/// Blocks until the last agent has left.
pub(crate) fn rush<S: Scenario>(scenario: &Arc<S>, plan: &Plan, live: &Arc<Live>) -> anyhow::Result<Takings<S::Notes>> {
    let threads = plan.threads.clamp(1, plan.agents.max(1));
    let doors =
        Arc::new(Doors { barrier: Barrier::new(plan.agents), opened: OnceLock::new(), next: AtomicU64::new(0) });
    let handles: Vec<_> = (0..threads)
        .map(|thread| {
            let (scenario, plan, live, doors) = (scenario.clone(), plan.clone(), live.clone(), doors.clone());
            thread::Builder::new()
                .name(format!("shoppers-{thread}"))
                .spawn(move || thread_of_agents(&scenario, &plan, &live, &doors, thread, threads))
        })
        .collect::<Result<_, _>>()
        .context("a thread for the shoppers could not be started")?;
    let mut takings: Option<Takings<S::Notes>> = None;
    for handle in handles {
        let (tally, notes) = handle.join().map_err(|_| anyhow!("a thread of shoppers panicked"))??;
        match &mut takings {
            None => takings = Some(Takings { tally, notes: vec![notes], visits: 0 }),
            Some(takings) => {
                takings.tally.merge(&tally);
                takings.notes.push(notes);
            }
        }
    }
    let takings = takings.context("nobody came")?;
    Ok(Takings { visits: doors.visits(&plan.pace), ..takings })
}

struct Doors {
    barrier: Barrier,
    opened: OnceLock<Instant>,
    next: AtomicU64,
}

impl Doors {
    /// All agents leave at once, with the same idea of when the doors opened.
    async fn wait(&self) -> Instant {
        self.barrier.wait().await;
        *self.opened.get_or_init(Instant::now)
    }

    /// The next visit's number and moment, if there is to be one.
    fn next(&self, pace: &Pace, opened: Instant) -> Option<(u64, Instant)> {
        match pace {
            Pace::Lasting(lasting) if opened.elapsed() >= *lasting => None,
            Pace::Lasting(_) => Some((self.next.fetch_add(1, Relaxed), Instant::now())),
            Pace::Visits(visits) => {
                let number = self.next.fetch_add(1, Relaxed);
                (number < *visits).then(|| (number, Instant::now()))
            }
            Pace::Planned(moments) => {
                let number = self.next.fetch_add(1, Relaxed);
                let after = moments.get(usize::try_from(number).ok()?)?;
                Some((number, opened + Duration::from_nanos(*after)))
            }
        }
    }

    /// Numbers handed out beyond the end do not count.
    fn visits(&self, pace: &Pace) -> u64 {
        let handed_out = self.next.load(Relaxed);
        match pace {
            Pace::Lasting(_) => handed_out,
            Pace::Visits(visits) => handed_out.min(*visits),
            Pace::Planned(moments) => handed_out.min(moments.len() as u64),
        }
    }
}

fn thread_of_agents<S: Scenario>(
    scenario: &Arc<S>,
    plan: &Plan,
    live: &Arc<Live>,
    doors: &Arc<Doors>,
    thread: usize,
    threads: usize,
) -> anyhow::Result<(Tally, S::Notes)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let notes = Rc::new(RefCell::new(S::Notes::default()));
        // Its beginning is moved to the doors' opening before anything is recorded.
        let tally = Rc::new(RefCell::new(Tally::new(Instant::now(), plan.slice)));
        let agents: Vec<_> = (thread..plan.agents)
            .step_by(threads)
            .map(|number| {
                let (scenario, plan, live, doors) = (scenario.clone(), plan.clone(), live.clone(), doors.clone());
                let (tally, notes) = (tally.clone(), notes.clone());
                tokio::task::spawn_local(async move {
                    let connection = Connection::new(plan.target.clone(), plan.timeout);
                    let dice = SmallRng::seed_from_u64(plan.seed.wrapping_add(number as u64));
                    let mut agent = Agent::new(connection, plan.patience, tally.clone(), live.clone(), dice);
                    let connected = agent.connect().await;
                    let opened = doors.wait().await;
                    if let Err(fault) = connected {
                        bail!("agent {number} of {} found no way in: {}", plan.agents, fault.name());
                    }
                    tally.borrow_mut().begin(opened + plan.warm_up);
                    come_and_go(&*scenario, &plan, &live, &doors, opened, number, &mut agent, &tally, &notes).await;
                    Ok(())
                })
            })
            .collect();
        for agent in agents {
            agent.await.context("a shopper panicked")??;
        }
        let tally = Rc::into_inner(tally).context("an agent kept the tally")?.into_inner();
        let notes = Rc::into_inner(notes).context("an agent kept the notes")?.into_inner();
        Ok((tally, notes))
    })
}

#[expect(clippy::too_many_arguments, reason = "the inside of one agent's task, named so that it can be read")]
async fn come_and_go<S: Scenario>(
    scenario: &S,
    plan: &Plan,
    live: &Live,
    doors: &Doors,
    opened: Instant,
    number: usize,
    agent: &mut Agent,
    tally: &RefCell<Tally>,
    notes: &RefCell<S::Notes>,
) {
    while let Some((visit, planned)) = doors.next(&plan.pace, opened) {
        if let Pace::Planned(_) = plan.pace {
            tokio::time::sleep_until(planned.into()).await;
        }
        if live.is_stopped() {
            return;
        }
        let late = planned.elapsed();
        if late > LATE {
            tally.borrow_mut().late(late);
            live.late();
        }
        scenario.visit(Visit { number: visit, agent: number, planned }, agent, notes).await;
    }
}
