//! What is measured in which order: a rebuild alone, then in each round a sale in peace, the same sale beside rebuilds twice,
//! in peace again, and once more while products are changed and looked for.

use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;

use super::rebuild::{again_and_again, filled, rebuild};
use super::sale::Sales;
use super::{catalogue, freshness};
use crate::baseline::Setting;
use crate::bench::{Figure, Figures, Search};
use crate::measure::Live;
use crate::report::steps;
use crate::shop::Admin;

pub(crate) struct Course<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) setting: Setting,
    /// Of the catalogue.
    pub(crate) products: u32,
    pub(crate) rounds: u32,
    /// Orders a second.
    pub(crate) buyers: u64,
    pub(crate) live: Arc<Live>,
}

/// Products in a file: one is taken within the time that an answer is waited for.
const FILE: usize = 2_000;
/// More than are changed while one of them is looked for.
const RENAMED: usize = 1_000;

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let Self { admin, setting, buyers, .. } = *self;
        self.fill().await?;
        steps("a rebuild alone");
        add(Search::RebuiltAlone, rebuild(admin).await?.per_minute(), figures);

        let renamed = admin.oldest_products(RENAMED).await?;
        let mut renamed = renamed.iter().cycle();
        let sales = Sales { admin, setting, buyers, live: self.live.clone() };
        for round in 1..=self.rounds {
            steps(&format!("round {round} of {}", self.rounds));
            // A shop has more to look through with each sale, and the machine may have other work: neither is the rebuild's.
            in_peace(&sales, figures).await?;
            beside_rebuilds(&sales, figures).await?;
            beside_rebuilds(&sales, figures).await?;
            in_peace(&sales, figures).await?;
            find_changes(&sales, &mut renamed, figures).await?;
        }
        Ok(())
    }

    async fn fill(&self) -> anyhow::Result<()> {
        steps(&format!("{} products into the shop", self.products));
        for first in (0..self.products).step_by(FILE) {
            ensure!(!self.live.is_stopped(), "stopped by the operator");
            let end = self.products.min(first.saturating_add(FILE as u32));
            self.admin.import(&catalogue::lines(first..end)).await?;
        }
        steps("and into the search index");
        filled(self.admin, self.products.into()).await
    }
}

async fn in_peace(sales: &Sales<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    steps("a sale in peace");
    let waited = sales.in_peace().await?;
    add(Search::CheckoutP50InPeace, waited.p50_us, figures);
    add(Search::CheckoutP99InPeace, waited.p99_us, figures);
    Ok(())
}

async fn beside_rebuilds(sales: &Sales<'_>, figures: &mut Figures) -> anyhow::Result<()> {
    steps("the same sale beside rebuilds");
    let (waited, rebuilt) = sales.beside(async |over| again_and_again(sales.admin, over).await).await?;
    ensure!(rebuilt.per_minute() > 0, "nothing was added to a new index in the sale, so nothing was measured");
    add(Search::CheckoutP50BesideRebuild, waited.p50_us, figures);
    add(Search::CheckoutP99BesideRebuild, waited.p99_us, figures);
    add(Search::RebuiltBeside, rebuilt.per_minute(), figures);
    Ok(())
}

async fn find_changes<'a>(
    sales: &Sales<'_>,
    products: &mut impl Iterator<Item = &'a String>,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    steps("the same sale while products are changed");
    let Setting { warm_up, lasting, .. } = sales.setting;
    let (_, found) = sales
        .beside(async |_| Ok(freshness::measure(sales.admin, products, Instant::now() + warm_up, lasting).await))
        .await?;
    steps(&format!("  {}", found.summary()));
    ensure!(found.changed() > 0, "no product could be changed");
    add(Search::Changed, found.changed(), figures);
    add(Search::FoundP50, found.quantile_us(0.5), figures);
    add(Search::FoundP99, found.quantile_us(0.99), figures);
    add(Search::Unfound, found.unfound(), figures);
    Ok(())
}

fn add(search: Search, value: u64, figures: &mut Figures) {
    figures.add(Figure::Search(search), value);
}
