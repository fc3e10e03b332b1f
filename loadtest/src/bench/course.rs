//! What is measured in which order.

use anyhow::Context;

use super::figure::Figure;
use super::{Figures, Footprint, Plain, ShopBench};
use crate::baseline::Database;
use crate::report::steps;

/// How much of it.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) rounds: u32,
    /// Microseconds; 0: commits stay as they are.
    pub(crate) commit_delay: u32,
}

pub(crate) struct Course<'a> {
    pub(crate) shop: &'a ShopBench<'a>,
    pub(crate) plain: &'a Plain<'a>,
    pub(crate) database: &'a Database,
    pub(crate) footprint: Option<&'a Footprint<'a>>,
    pub(crate) extent: Extent,
}

/// What belongs into one ratio stands side by side.
const ROUND: [Figure; 19] = [
    Figure::HotSku512,
    Figure::TransactionPool32,
    Figure::StatementPool32,
    Figure::TransactionBest,
    Figure::StatementBest,
    Figure::GuestsBuyNow,
    Figure::CustomersBuyNow,
    Figure::HotSku64,
    Figure::ManySkus512,
    Figure::StatementManyBest,
    Figure::StatementMany,
    Figure::TransactionManyBest,
    Figure::TransactionMany,
    Figure::ProductPage,
    Figure::EmptyHandler,
    Figure::SoldOutRefusals512,
    Figure::CartFlow512,
    Figure::HalfPeakP99,
    Figure::MixedP95,
];

/// While commits are slower.
const SLOW_ROUND: [Figure; 3] = [Figure::SlowHotSku512, Figure::SlowTransactionPool32, Figure::SlowStatementPool32];

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        if let Some(footprint) = self.footprint {
            // Of a server that has done nothing yet.
            footprint.measure(figures).await?;
        }
        self.grow(Figure::FreshHotSku512, Figure::FreshOrders, figures).await?;
        for round in 1..=self.extent.rounds {
            steps(&format!("round {round} of {}", self.extent.rounds));
            for figure in ROUND {
                self.take(figure, figures).await?;
            }
            if self.extent.commit_delay > 0 {
                self.slow_round(figures).await?;
            }
        }
        self.grow(Figure::GrownHotSku512, Figure::GrownOrders, figures).await
    }

    async fn take(&self, figure: Figure, figures: &mut Figures) -> anyhow::Result<()> {
        steps(figure.name());
        match self.plain.take(figure).await? {
            Some(rate) => figures.add(figure, rate),
            None => self.shop.take(figure, figures).await?,
        }
        Ok(())
    }

    async fn slow_round(&self, figures: &mut Figures) -> anyhow::Result<()> {
        if let Err(error) = self.database.slow_commits(Some(self.extent.commit_delay)).await {
            steps(&format!("commits cannot be made slower: {error:#}"));
            return Ok(());
        }
        let taken = self.slow_figures(figures).await;
        self.database
            .slow_commits(None)
            .await
            .context("commits are still slow: alter system reset commit_delay, commit_siblings")?;
        taken
    }

    async fn slow_figures(&self, figures: &mut Figures) -> anyhow::Result<()> {
        for figure in SLOW_ROUND {
            self.take(figure, figures).await?;
        }
        Ok(())
    }

    /// The same sale with few and with many orders in the books.
    async fn grow(&self, figure: Figure, orders: Figure, figures: &mut Figures) -> anyhow::Result<()> {
        figures.add(orders, self.shop.orders_placed());
        for _ in 0..self.extent.rounds {
            self.take(figure, figures).await?;
        }
        Ok(())
    }
}
