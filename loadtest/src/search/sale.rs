//! The same sale again and again: so many buyers a second, whatever else goes on, and a verdict at the end.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::future::join;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::arrival::{Spacing, Step, departures};
use crate::baseline::Setting;
use crate::command::{pass_judgement, rush_aside};
use crate::measure::{Live, Operation, Outcome};
use crate::rush::{Pace, Plan, Takings};
use crate::scenario::{FlashSale, Notes, Stall};
use crate::shop::Admin;

pub(super) struct Sales<'a> {
    pub(super) admin: &'a Admin,
    pub(super) setting: Setting,
    /// Orders a second.
    pub(super) buyers: u64,
    pub(super) live: Arc<Live>,
}

/// How long those waited who got what they wanted.
pub(super) struct Waited {
    pub(super) p50_us: u64,
    pub(super) p99_us: u64,
}

const CONNECTIONS: usize = 256;

impl Sales<'_> {
    pub(super) async fn in_peace(&self) -> anyhow::Result<Waited> {
        let (waited, ()) = self.beside(async |_| Ok(())).await?;
        Ok(waited)
    }

    /// Sells while something else goes on, which is told when the sale is over.
    pub(super) async fn beside<T>(
        &self,
        other: impl AsyncFnOnce(&Cell<bool>) -> anyhow::Result<T>,
    ) -> anyhow::Result<(Waited, T)> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let plan = self.plan();
        let stall = Arc::new(Stall::with_plenty(self.admin).await?);
        let sale = FlashSale::new(stall, self.admin.client.target.clone(), &plan.pace);
        let over = Cell::new(false);
        let selling = async {
            let bought = rush_aside(sale.again(), &plan, &self.live).await;
            over.set(true);
            bought
        };
        let (bought, other) = join(selling, other(&over)).await;
        let waited = self.judge(&sale, bought?).await?;
        Ok((waited, other?))
    }

    fn plan(&self) -> Plan {
        let lasting: Duration = self.setting.warm_up + self.setting.lasting;
        let step = Step { per_second: self.buyers, lasting };
        let moments = departures(&[step], Spacing::Poisson, &mut SmallRng::seed_from_u64(1));
        let pace = Pace::Planned(moments.into());
        Plan { pace, ..self.setting.plan(self.admin.client.target.clone(), CONNECTIONS) }
    }

    async fn judge(&self, sale: &FlashSale, bought: Takings<Notes>) -> anyhow::Result<Waited> {
        let checkouts = bought.tally.operation(Operation::Checkout).context("nobody came")?;
        ensure!(checkouts.count(Outcome::Failed) == 0, "buyers were not served: {:?}", checkouts.codes.0);
        let accepted = checkouts.latency_us(Outcome::Accepted);
        let waited = Waited { p50_us: accepted.value_at_quantile(0.5), p99_us: accepted.value_at_quantile(0.99) };
        let numbers = pass_judgement(self.admin, sale, bought).await?;
        ensure!(numbers.verdict.clean, "a wrong sale has no figures:\n  {}", numbers.findings.join("\n  "));
        Ok(waited)
    }
}
