//! Left in peace, then beside one kind of harm after the other.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::attack::Attack;
use super::honest::Honest;
use crate::arrival::{Spacing, Step, departures};
use crate::baseline::Setting;
use crate::bench::{Figure, Figures, Honest as Kind, Trouble};
use crate::command::{pass_judgement, rush_aside};
use crate::measure::{Live, Operation, OperationTally, Outcome};
use crate::report::steps;
use crate::rush::{Pace, Plan};
use crate::scenario::Stall;
use crate::shop::Admin;

pub(crate) struct Course<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) setting: Setting,
    /// Honest visits a second: half of them buy.
    pub(crate) visits: u64,
    pub(crate) live: Arc<Live>,
}

/// Connections of honest shoppers.
const CONNECTIONS: usize = 256;

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        for trouble in Trouble::ALL {
            steps(Kind::Look.name(trouble));
            self.beside(trouble, figures).await?;
        }
        Ok(())
    }

    async fn beside(&self, trouble: Trouble, figures: &mut Figures) -> anyhow::Result<()> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let stall = Arc::new(Stall::with_plenty(self.admin).await?);
        let target = self.admin.client.target.clone();
        let pace = self.pace();
        let plan = Plan { pace: pace.clone(), ..self.setting.plan(target.clone(), CONNECTIONS) };
        let honest = || Honest::new(stall.clone(), target.clone(), &pace);

        let tokens = stall.buyers.iter().map(|buyer| buyer.token().to_owned()).collect();
        let attack = Attack::begin(trouble, target.clone(), tokens)?;
        let takings = rush_aside(honest(), &plan, &self.live).await;
        let harm = attack.call_off()?;
        let takings = takings?;
        if trouble != Trouble::None {
            steps(&format!("  {harm} attacks"));
            figures.add(Figure::Harm(trouble), harm);
        }
        for (kind, operation) in [(Kind::Look, Operation::Product), (Kind::Buy, Operation::Checkout)] {
            let measured = takings.tally.operation(operation).context("nobody came")?;
            figures.add(Figure::P99(trouble, kind), p99(measured)?);
        }
        let numbers = pass_judgement(self.admin, &honest().sale, takings).await?;
        ensure!(numbers.verdict.clean, "a wrong sale has no figures:\n  {}", numbers.findings.join("\n  "));
        Ok(())
    }

    fn pace(&self) -> Pace {
        let lasting: Duration = self.setting.warm_up + self.setting.lasting;
        let step = Step { per_second: self.visits, lasting };
        Pace::Planned(departures(&[step], Spacing::Poisson, &mut SmallRng::seed_from_u64(1)).into())
    }
}

/// Of the served. That somebody honest was not is no figure.
fn p99(measured: &OperationTally) -> anyhow::Result<u64> {
    ensure!(measured.count(Outcome::Failed) == 0, "honest shoppers were not served: {:?}", measured.codes.0);
    Ok(measured.latency_us(Outcome::Accepted).value_at_quantile(0.99))
}
