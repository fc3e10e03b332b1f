//! A sale in peace, then the same sale beside a storm of logins.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::future::join;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::storm::{Storm, Unsent};
use crate::arrival::{Spacing, Step, departures};
use crate::baseline::Setting;
use crate::bench::{Figure, Figures};
use crate::command::{pass_judgement, rush_aside};
use crate::measure::{Live, Operation, Outcome};
use crate::report::steps;
use crate::rush::{Pace, Plan, Takings};
use crate::scenario::{FlashSale, Notes, Stall};
use crate::shop::{Account, Admin};

pub(crate) struct Course<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) setting: Setting,
    /// Orders a second.
    pub(crate) buyers: u64,
    /// Logins a second.
    pub(crate) logins: u64,
    pub(crate) live: Arc<Live>,
}

/// Connections of those who buy, and of those who log in.
const BUYERS: usize = 256;
const LOGINS: usize = 2_048;
/// Whose logins they are.
const ACCOUNTS: usize = 16;

impl Course<'_> {
    pub(crate) async fn run(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let mut accounts = Vec::with_capacity(ACCOUNTS);
        for _ in 0..ACCOUNTS {
            accounts.push(Account::register(&self.admin.client).await?);
        }

        steps("a sale in peace");
        let sale = self.sale(&self.plan(self.buyers, BUYERS)).await?;
        let bought = rush_aside(sale.again(), &self.plan(self.buyers, BUYERS), &self.live).await?;
        self.judge(Figure::CheckoutInPeace, &sale, bought, figures).await?;

        steps("the same sale beside logins");
        let (buying, logging_in) = (self.plan(self.buyers, BUYERS), self.plan(self.logins, LOGINS));
        let (sale, storm) = (self.sale(&buying).await?, Storm::new(&accounts, &self.admin.client.target));
        let bought = rush_aside(sale.again(), &buying, &self.live);
        let (bought, logged_in) = join(bought, rush_aside(storm, &logging_in, &self.live)).await;
        self.judge(Figure::CheckoutBesideLogins, &sale, bought?, figures).await?;
        self.count(&logged_in?, figures)
    }

    async fn sale(&self, plan: &Plan) -> anyhow::Result<FlashSale> {
        ensure!(!self.live.is_stopped(), "stopped by the operator");
        let stall = Arc::new(Stall::with_plenty(self.admin).await?);
        Ok(FlashSale::new(stall, self.admin.client.target.clone(), &plan.pace))
    }

    /// So many a second, whatever happens to the earlier ones.
    fn plan(&self, per_second: u64, connections: usize) -> Plan {
        let lasting: Duration = self.setting.warm_up + self.setting.lasting;
        let moments = departures(&[Step { per_second, lasting }], Spacing::Poisson, &mut SmallRng::seed_from_u64(1));
        let pace = Pace::Planned(moments.into());
        Plan { pace, ..self.setting.plan(self.admin.client.target.clone(), connections) }
    }

    async fn judge(
        &self,
        p99: Figure,
        sale: &FlashSale,
        bought: Takings<Notes>,
        figures: &mut Figures,
    ) -> anyhow::Result<()> {
        let checkouts = bought.tally.operation(Operation::Checkout).context("nobody came")?;
        ensure!(checkouts.count(Outcome::Failed) == 0, "buyers were not served: {:?}", checkouts.codes.0);
        figures.add(p99, checkouts.latency_us(Outcome::Accepted).value_at_quantile(0.99));
        let numbers = pass_judgement(self.admin, sale, bought).await?;
        ensure!(numbers.verdict.clean, "a wrong sale has no figures:\n  {}", numbers.findings.join("\n  "));
        Ok(())
    }

    fn count(&self, logged_in: &Takings<Unsent>, figures: &mut Figures) -> anyhow::Result<()> {
        let logins = logged_in.tally.operation(Operation::Login).context("nobody logged in")?;
        let unsent: u64 = logged_in.notes.iter().map(|unsent| unsent.0).sum();
        let seconds = (self.setting.warm_up + self.setting.lasting).as_secs().max(1);
        figures.add(Figure::LoginsOffered, logged_in.visits / seconds);
        figures.add(Figure::LoginsSent, logged_in.visits.saturating_sub(unsent) / seconds);
        let of =
            |code: &str| logins.codes.0.iter().filter(|(name, _)| name == code).map(|(_, times)| times).sum::<u64>();
        figures.add(Figure::LoginsServed, logins.count(Outcome::Accepted));
        figures.add(Figure::LoginsLimited, of("rate_limited"));
        figures.add(Figure::LoginsTurnedAway, of("overloaded"));
        let failed = logins.count(Outcome::Failed);
        if failed > 0 {
            steps(&format!("  logins that were answered otherwise: {:?}", logins.codes.0));
        }
        figures.add(Figure::LoginsFailed, failed);
        figures.add(Figure::LoginP99, logins.latency_us(Outcome::Accepted).value_at_quantile(0.99));
        figures.add(Figure::LoginRefusedP50, logins.latency_us(Outcome::Refused).value_at_quantile(0.5));
        Ok(())
    }
}
