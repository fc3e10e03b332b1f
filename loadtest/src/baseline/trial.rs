//! One trial: one way, one pool, so many SKUs, so many in flight; a few seconds, and the books checked afterwards.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};

use super::Database;
use super::endpoint::{Way, start};
use super::pool::Pool;
use super::schema::{Schema, UNIT_PRICE};
use super::shopper::Buy;
use crate::measure::{Live, Operation, Outcome};
use crate::patience::Patience;
use crate::rush::{Pace, Plan, rush};
use crate::shop::Money;

/// How long, and with how many threads of shoppers: the same for everything that is to be compared.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) threads: usize,
    pub(crate) warm_up: Duration,
    pub(crate) lasting: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Trial {
    pub(crate) way: Way,
    pub(crate) pool: usize,
    pub(crate) skus: u32,
    pub(crate) in_flight: usize,
}

impl Setting {
    pub(crate) fn plan(self, target: Arc<crate::http::Target>, in_flight: usize) -> Plan {
        Plan {
            target,
            threads: self.threads,
            agents: in_flight,
            pace: Pace::Lasting(self.warm_up + self.lasting),
            warm_up: self.warm_up,
            slice: Duration::from_millis(100),
            timeout: Duration::from_secs(30),
            patience: Patience::DEFAULT,
            seed: 1,
        }
    }
}

impl Trial {
    /// Orders a second.
    pub(crate) async fn run(self, database: &Database, schema: &Schema, setting: Setting) -> anyhow::Result<u64> {
        let client = database.connect(Some(&schema.name)).await?;
        schema.empty(&client).await?;
        let server = start(self.way, Pool::new(database.config(Some(&schema.name)), self.pool))?;
        let buy = Arc::new(Buy {
            target: server.target.clone(),
            skus: self.skus,
            run: uuid::Uuid::new_v4().to_string(),
            price: Money { amount: UNIT_PRICE, currency: "INR".into() },
        });
        // A purchase that fails is a failure of the trial, not something to wait out.
        let patience = Patience { whole: Duration::ZERO, ..Patience::DEFAULT };
        let plan = Plan { patience, ..setting.plan(server.target.clone(), self.in_flight) };
        let takings = tokio::task::spawn_blocking(move || rush(&buy, &plan, &Arc::new(Live::default()))).await??;
        server.stop().await?;
        let orders = schema.check(&client).await?;
        let purchases = takings.tally.operation(Operation::Plain).context("nobody bought anything")?;
        ensure!(purchases.codes.0.is_empty(), "purchases of the baseline failed: {:?}", purchases.codes.0);
        let answered = purchases.count(Outcome::Accepted);
        ensure!(answered <= u64::try_from(orders)?, "{answered} purchases were answered, {orders} are there");
        Ok(takings.tally.rate(Operation::Plain, Outcome::Accepted, setting.lasting))
    }
}
