//! The shop's half of a bench: sales of several kinds, each with its verdict.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::{Figure, Figures};
use crate::baseline::{Get, Setting};
use crate::command::{Kind, sell};
use crate::measure::{Live, Operation, Outcome};
use crate::report::{Report, steps};
use crate::rush::rush;
use crate::scenario::Shelf;
use crate::shop::Admin;
use crate::workload::{CrowdFlags, HabitFlags, SaleFlags};

pub(crate) struct ShopBench<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) setting: Setting,
    pub(crate) skus: u32,
    pub(crate) live: Arc<Live>,
}

const MANY: usize = 512;
const FEW: usize = 64;

impl ShopBench<'_> {
    /// One round of everything but the half of the peak, which needs to know the peak.
    pub(crate) async fn round(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let hot = SaleFlags::default();
        let sales = [
            (Figure::HotSku512, hot.clone(), MANY),
            (Figure::HotSku64, hot.clone(), FEW),
            (Figure::ManySkus512, SaleFlags { skus: Some(self.skus), ..hot.clone() }, MANY),
            (Figure::CartFlow512, SaleFlags { cart: Some(true), ..hot.clone() }, MANY),
        ];
        for (figure, sale, in_flight) in sales {
            let report = self.sell(figure, sale, self.closed(in_flight)).await?;
            figures.add(figure, checkout_rate(&report, 0)?);
        }
        let nothing_left = SaleFlags { units: Some(0), ..hot };
        let report = self.sell(Figure::SoldOutRefusals512, nothing_left, self.closed(MANY)).await?;
        figures.add(Figure::SoldOutRefusals512, checkout_rate(&report, 1)?);
        steps(Figure::ProductPage.name());
        match self.product_page().await {
            Ok(rate) => figures.add(Figure::ProductPage, rate),
            // A shop without products to look at can still be bought from.
            Err(error) => steps(&format!("{}: not measured: {error:#}", Figure::ProductPage.name())),
        }
        Ok(())
    }

    /// Open arrivals at half of the measured peak.
    pub(crate) async fn half_peak(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let peak = figures.median(Figure::HotSku512).context("the peak was not measured")?;
        let crowd = CrowdFlags { rate: Some((peak / 2).max(1)), ..self.closed(MANY) };
        let report = self.sell(Figure::HalfPeakP99Us, SaleFlags::default(), crowd).await?;
        figures.add(Figure::HalfPeakRate, checkout_rate(&report, 0)?);
        let checkout = report.operation(Operation::Checkout).context("nobody checked out")?;
        let p99 =
            checkout.outcome(Outcome::Accepted).map(|accepted| accepted.latency_us.p99).context("nobody bought")?;
        figures.add(Figure::HalfPeakP99Us, p99);
        Ok(())
    }

    /// While commits are slower.
    pub(crate) async fn slow_round(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let report = self.sell(Figure::SlowHotSku512, SaleFlags::default(), self.closed(MANY)).await?;
        figures.add(Figure::SlowHotSku512, checkout_rate(&report, 0)?);
        Ok(())
    }

    async fn sell(&self, figure: Figure, sale: SaleFlags, crowd: CrowdFlags) -> anyhow::Result<Report> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        steps(figure.name());
        let crowd = crowd.crowd(Kind::FlashSale, 1)?;
        let sale = sale.sale(&crowd, Kind::FlashSale)?;
        let run = format!("lt{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
        let habits = HabitFlags::default().habits(0);
        let sold = sell(Kind::FlashSale, self.admin, sale, crowd, habits, run, self.live.clone()).await?;
        let findings = sold.report.verdict.as_ref().map(|verdict| verdict.findings.join("\n  ")).unwrap_or_default();
        ensure!(sold.clean, "{}: a wrong sale has no rate:\n  {findings}", figure.name());
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

    async fn product_page(&self) -> anyhow::Result<u64> {
        let shelf = Shelf::look(&self.admin.client).await?;
        let target = self.admin.client.target.clone();
        let path = format!("/api/v1/products/{}", shelf.slugs[0]);
        let get = Arc::new(Get::new(&target, &path, Operation::Product));
        let plan = self.setting.plan(target, FEW);
        let live = self.live.clone();
        let takings = tokio::task::spawn_blocking(move || rush(&get, &plan, &live)).await??;
        Ok(takings.tally.rate(Operation::Product, Outcome::Accepted, self.setting.lasting))
    }
}

/// `outcome`: 0 accepted, 1 refused.
fn checkout_rate(report: &Report, outcome: usize) -> anyhow::Result<u64> {
    Ok(report.operation(Operation::Checkout).context("nobody checked out")?.rates[outcome])
}
