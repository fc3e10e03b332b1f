//! One sale from the first delivery to the verdict.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::clock::wall_clock;
use crate::history;
use crate::http::Target;
use crate::measure::Live;
use crate::patience::Patience;
use crate::report::{Report, VerdictNumbers, Watch, steps};
use crate::rush::{Pace, Plan, Takings, rush};
use crate::scenario::{Browse, FlashSale, Mixed, Notes, Shelf, Stall};
use crate::shop::Admin;
use crate::verdict::{Claim, Told, collect, judge, repeat_some, resolve};
use crate::workload::{Crowd, Habits, Sale};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    FlashSale,
    Mixed,
    Soak,
}

pub(crate) struct Sold {
    pub(crate) report: Report,
    pub(crate) clean: bool,
}

/// After a time-out the shopper asks again, and so does the verdict: for a restarting server, long enough.
const RESOLVE_PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn sell(
    kind: Kind,
    admin: &Admin,
    sale: Sale,
    crowd: Crowd,
    habits: Habits,
    run: String,
    live: Arc<Live>,
) -> anyhow::Result<Sold> {
    let started_at = wall_clock();
    let workload = json!({ "sale": sale, "crowd": crowd, "habits": habits });
    let target = admin.client.target.clone();
    steps(&format!("{} SKUs on the shelf, shoppers to the door", sale.skus));
    let buyers = FlashSale::buyers_needed(sale.cart, &crowd.pace, crowd.in_flight);
    let stall = Arc::new(Stall::set_up(admin, sale, buyers, run.clone(), crowd.seed, crowd.history.as_deref()).await?);
    let flash_sale = || FlashSale::new(stall.clone(), target.clone(), &crowd.pace);
    let plan = crowd.plan(target.clone());

    let watch = Watch::start(kind.name(), live.clone());
    let takings = match kind {
        Kind::FlashSale => rush_aside(flash_sale(), &plan, &live).await?,
        Kind::Mixed | Kind::Soak => {
            let shelf = Arc::new(Shelf::look(&admin.client).await?);
            let browse = Browse { shelf, target: target.clone(), pages: habits.pages };
            rush_aside(Mixed { browse, sale: flash_sale(), habits }, &plan, &live).await?
        }
    };
    drop(watch);

    let mut report = Report {
        scenario: kind.name().to_owned(),
        run,
        started_at,
        shop: target.authority.clone(),
        workload,
        took_ms: 0,
        visits: takings.visits,
        late_arrivals: 0,
        latest_arrival_ms: 0,
        operations: Vec::new(),
        verdict: None,
    };
    report.measured(&takings.tally, crowd.window());
    let verdict = pass_judgement(admin, &flash_sale(), takings).await?;
    let clean = verdict.verdict.clean;
    report.verdict = Some(verdict);
    Ok(Sold { report, clean })
}

pub(crate) async fn rush_aside<S: crate::rush::Scenario>(
    scenario: S,
    plan: &Plan,
    live: &Arc<Live>,
) -> anyhow::Result<Takings<S::Notes>> {
    let (scenario, plan, live) = (Arc::new(scenario), plan.clone(), live.clone());
    tokio::task::spawn_blocking(move || rush(&scenario, &plan, &live)).await?
}

/// Asks the shop for its books, and holds it to what it told.
pub(crate) async fn pass_judgement(
    admin: &Admin,
    sale: &FlashSale,
    takings: Takings<Notes>,
) -> anyhow::Result<VerdictNumbers> {
    let begun = Instant::now();
    let Takings { notes, visits, .. } = takings;
    let (mut claims, notes) = join_notes(notes, visits, sale.stall.goods.skus.len());
    let notes = RefCell::new(notes);
    let patience = Patience { whole: RESOLVE_PATIENCE, ..Patience::DEFAULT };
    let asked_again = resolve(sale, &mut claims, &notes, patience).await;
    if sale.stall.history.is_some() {
        repeat_some(sale, &claims).await;
    }
    steps("asking the shop for its books");
    let books = collect(admin, &sale.stall, &claims).await?;
    let told = Told {
        claims: &claims,
        refused_least: &notes.borrow().refused_least,
        received: sale.stall.sale.units,
        key: &|visit| sale.stall.key(visit),
    };
    let mut verdict = judge(&told, &books);
    let mut findings: Vec<String> = verdict.findings.iter().map(ToString::to_string).collect();
    let history = match &sale.stall.history {
        None => None,
        Some(recorder) => {
            steps("checking the history");
            let report = history::check_file(recorder.finish()?)?;
            findings.extend(report.findings.kept().iter().map(|finding| format!("in the history: {finding}")));
            verdict.clean &= report.findings.is_empty();
            Some(report.summary().to_string())
        }
    };
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(VerdictNumbers { verdict, asked_again, took_ms, findings, history })
}

/// The threads' notes as one: claims by visit number, and the least that was refused of each SKU.
fn join_notes(notes: Vec<Notes>, visits: u64, skus: usize) -> (Vec<Option<Claim>>, Notes) {
    let mut claims = Vec::new();
    claims.resize_with(usize::try_from(visits).unwrap_or(0), || None);
    let mut refused_least: Vec<Option<i64>> = vec![None; skus];
    for notes in notes {
        for (visit, claim) in notes.claims {
            if let Some(slot) = usize::try_from(visit).ok().and_then(|visit| claims.get_mut(visit)) {
                *slot = Some(claim);
            }
        }
        for (least, other) in refused_least.iter_mut().zip(notes.refused_least) {
            *least = [*least, other].into_iter().flatten().min();
        }
    }
    (claims, Notes { claims: Vec::new(), refused_least })
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FlashSale => "flash-sale",
            Self::Mixed => "mixed",
            Self::Soak => "soak",
        }
    }
}

impl Crowd {
    pub(crate) fn plan(&self, target: Arc<Target>) -> Plan {
        Plan {
            target,
            threads: self.threads,
            agents: self.agents(),
            pace: self.pace.clone(),
            warm_up: self.warm_up,
            slice: self.slice(),
            timeout: self.timeout,
            patience: Patience { whole: self.patience, ..Patience::DEFAULT },
            seed: self.seed,
        }
    }

    /// No more connections than visits.
    fn agents(&self) -> usize {
        let visits = match &self.pace {
            Pace::Lasting(_) => usize::MAX,
            Pace::Visits(visits) => usize::try_from(*visits).unwrap_or(usize::MAX),
            Pace::Planned(moments) => moments.len(),
        };
        self.in_flight.min(visits).max(1)
    }

    /// About two hundred points in a plot.
    fn slice(&self) -> Duration {
        let lasting = match &self.pace {
            Pace::Lasting(lasting) => *lasting,
            Pace::Visits(_) => Duration::from_secs(20),
            Pace::Planned(moments) => Duration::from_nanos(moments.last().copied().unwrap_or(0)),
        };
        let step = lasting / 200;
        [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000]
            .into_iter()
            .map(Duration::from_millis)
            .find(|slice| *slice >= step)
            .unwrap_or(Duration::from_secs(60))
    }

    /// The time that rates are taken over, where the run has a fixed one.
    pub(crate) fn window(&self) -> Option<Duration> {
        match &self.pace {
            Pace::Lasting(lasting) => Some(*lasting - self.warm_up),
            Pace::Visits(_) | Pace::Planned(_) => None,
        }
    }
}
