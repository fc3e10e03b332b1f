//! The shop's half of a bench: sales of several kinds, each with its verdict.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use super::Figures;
use super::figure::Figure;
use crate::baseline::{Get, Setting};
use crate::command::{Kind, sell};
use crate::measure::{Live, Operation, Outcome};
use crate::report::{Report, steps};
use crate::rush::rush;
use crate::scenario::Shelf;
use crate::shop::{Admin, CommitTimes};
use crate::workload::{CrowdFlags, HabitFlags, SaleFlags};

pub(crate) struct ShopBench<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) setting: Setting,
    /// SKUs of the spread sales.
    pub(crate) skus: u32,
    pub(crate) live: Arc<Live>,
    pub(crate) orders: Cell<u64>,
}

const MANY: usize = 512;
const FEW: usize = 64;
/// Visits a second of the mixed load: with four pages a visit and one buyer in ten an ordinary busy shop.
const MIXED_VISITS: u64 = 400;

impl ShopBench<'_> {
    pub(crate) async fn take(&self, figure: Figure, figures: &mut Figures) -> anyhow::Result<()> {
        let hot = SaleFlags::default();
        #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the baseline's or a by-product")]
        let (sale, in_flight) = match figure {
            Figure::HotSku512 | Figure::SlowHotSku512 | Figure::FreshHotSku512 | Figure::GrownHotSku512 => (hot, MANY),
            Figure::HotSku64 => (hot, FEW),
            Figure::GuestsBuyNow => (hot, MANY),
            Figure::CustomersBuyNow => (SaleFlags { customers: Some(true), ..hot }, MANY),
            Figure::ManySkus512 => (SaleFlags { skus: Some(self.skus), ..hot }, MANY),
            Figure::CartFlow512 => (SaleFlags { cart: Some(true), ..hot }, MANY),
            Figure::SoldOutRefusals512 => (SaleFlags { units: Some(0), ..hot }, MANY),
            Figure::ProductPage => return self.product_page(figures).await,
            Figure::HalfPeakP99 => return self.half_peak(figures).await,
            Figure::MixedP95 => return self.mixed(figures).await,
            other => bail!("nobody measures {}", other.name()),
        };
        let report = self.sell(figure, Kind::FlashSale, sale, self.closed(in_flight)).await?;
        let outcome = if figure == Figure::SoldOutRefusals512 { Outcome::Refused } else { Outcome::Accepted };
        figures.add(figure, checkout_rate(&report, outcome)?);
        Ok(())
    }

    /// So far, in this bench.
    pub(crate) fn orders_placed(&self) -> u64 {
        self.orders.get()
    }

    /// Open arrivals at half of the measured peak.
    async fn half_peak(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let peak = figures.median(Figure::HotSku512).context("the peak was not measured")?;
        let crowd = self.open((peak / 2).max(1), MANY);
        let report = self.sell(Figure::HalfPeakP99, Kind::FlashSale, SaleFlags::default(), crowd).await?;
        figures.add(Figure::HalfPeakRate, checkout_rate(&report, Outcome::Accepted)?);
        let checkout = report.operation(Operation::Checkout).context("nobody checked out")?;
        let accepted = checkout.outcome(Outcome::Accepted).context("nobody bought")?;
        figures.add(Figure::HalfPeakP99, accepted.latency_us.p99);
        Ok(())
    }

    /// The slowest kind of request counts.
    async fn mixed(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let sale = SaleFlags { skus: Some(50), lines: Some(2), cart: Some(true), ..SaleFlags::default() };
        let before = CommitTimes::read(&self.admin.client).await?;
        let report = self.sell(Figure::MixedP95, Kind::Mixed, sale, self.open(MIXED_VISITS, MANY)).await?;
        let after = CommitTimes::read(&self.admin.client).await?;
        let visits = report.operation(Operation::Visit).context("nobody came")?;
        figures.add(Figure::MixedRate, visits.rate(Outcome::Accepted));
        let requests = report.operations.iter().filter(|measured| measured.operation != Operation::Visit.name());
        let slowest = requests.filter_map(|measured| Some(measured.outcome(Outcome::Accepted)?.latency_us.p95)).max();
        figures.add(Figure::MixedP95, slowest.context("nobody looked around")?);
        if let Some(p95) = after.since(&before).percentile(95) {
            figures.add(Figure::CommitP95, p95);
        }
        Ok(())
    }

    async fn sell(&self, figure: Figure, kind: Kind, sale: SaleFlags, crowd: CrowdFlags) -> anyhow::Result<Report> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let crowd = crowd.crowd(kind, 1)?;
        let sale = sale.sale(&crowd, kind)?;
        let run = format!("lt{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
        let habits = HabitFlags::default().habits(0);
        let sold = sell(kind, self.admin, sale, crowd, habits, run, self.live.clone()).await?;
        let verdict = sold.report.verdict.as_ref().context("a sale without a verdict")?;
        ensure!(sold.clean, "{}: a wrong sale has no rate:\n  {}", figure.name(), verdict.findings.join("\n  "));
        self.orders.set(self.orders.get() + verdict.verdict.orders_found);
        Ok(sold.report)
    }

    fn closed(&self, in_flight: usize) -> CrowdFlags {
        CrowdFlags {
            in_flight: Some(in_flight),
            duration: Some(self.setting.lasting),
            warm_up: Some(self.setting.warm_up),
            threads: Some(self.setting.threads),
            timeout: Some(Duration::from_secs(30)),
            ..CrowdFlags::default()
        }
    }

    fn open(&self, per_second: u64, in_flight: usize) -> CrowdFlags {
        CrowdFlags { rate: Some(per_second), ..self.closed(in_flight) }
    }

    async fn product_page(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let shelf = match Shelf::look(&self.admin.client).await {
            Ok(shelf) => shelf,
            // A shop without products to look at can still be bought from.
            Err(error) => {
                steps(&format!("not measured: {error:#}"));
                return Ok(());
            }
        };
        let target = self.admin.client.target.clone();
        let path = format!("/api/v1/products/{}", shelf.slugs[0]);
        let get = Arc::new(Get::new(&target, &path, Operation::Product));
        let plan = self.setting.plan(target, FEW);
        let live = self.live.clone();
        let takings = tokio::task::spawn_blocking(move || rush(&get, &plan, &live)).await??;
        let rate = takings.tally.rate(Operation::Product, Outcome::Accepted, self.setting.lasting);
        figures.add(Figure::ProductPage, rate);
        Ok(())
    }
}

fn checkout_rate(report: &Report, outcome: Outcome) -> anyhow::Result<u64> {
    Ok(report.operation(Operation::Checkout).context("nobody checked out")?.rate(outcome))
}
