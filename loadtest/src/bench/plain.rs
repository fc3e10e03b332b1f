//! The baseline's half of a bench.

use std::sync::Arc;

use super::{Figure, Figures};
use crate::baseline::{Database, EmptyServer, Get, Schema, Setting, Trial, Way};
use crate::measure::{Live, Operation, Outcome};
use crate::report::steps;
use crate::rush::rush;

pub(crate) struct Plain<'a> {
    pub(crate) database: &'a Database,
    pub(crate) schema: &'a Schema,
    pub(crate) setting: Setting,
    pub(crate) skus: u32,
    /// The pool sizes that were best when they were swept: transaction, statement.
    best: (usize, usize),
}

const IN_FLIGHT: usize = 64;
const ORDINARY_POOL: usize = 32;
const SWEEP: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

impl<'a> Plain<'a> {
    /// Tries all pool sizes once, to know the best ones.
    pub(crate) async fn sweep(
        database: &'a Database,
        schema: &'a Schema,
        setting: Setting,
        skus: u32,
    ) -> anyhow::Result<Self> {
        let mut plain = Self { database, schema, setting, skus, best: (ORDINARY_POOL, ORDINARY_POOL) };
        plain.best = (plain.best_pool(Way::Transaction).await?, plain.best_pool(Way::Statement).await?);
        Ok(plain)
    }

    /// One round of everything.
    pub(crate) async fn round(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let trials = [
            (Figure::TransactionPool32, Way::Transaction, ORDINARY_POOL, 1),
            (Figure::StatementPool32, Way::Statement, ORDINARY_POOL, 1),
            (Figure::TransactionBest, Way::Transaction, self.best.0, 1),
            (Figure::StatementBest, Way::Statement, self.best.1, 1),
            (Figure::TransactionManySkus, Way::Transaction, ORDINARY_POOL, self.skus),
            (Figure::StatementManySkus, Way::Statement, ORDINARY_POOL, self.skus),
        ];
        for (figure, way, pool, skus) in trials {
            steps(figure.name());
            figures.add(figure, self.trial(way, pool, skus).await?);
        }
        steps(Figure::EmptyHandler.name());
        figures.add(Figure::EmptyHandler, self.empty().await?);
        Ok(())
    }

    /// While commits are slower.
    pub(crate) async fn slow_round(&self, figures: &mut Figures) -> anyhow::Result<()> {
        for (figure, way) in
            [(Figure::SlowTransactionPool32, Way::Transaction), (Figure::SlowStatementPool32, Way::Statement)]
        {
            steps(figure.name());
            figures.add(figure, self.trial(way, ORDINARY_POOL, 1).await?);
        }
        Ok(())
    }

    async fn best_pool(&self, way: Way) -> anyhow::Result<usize> {
        let mut best = (0, ORDINARY_POOL);
        for pool in SWEEP {
            best = best.max((self.trial(way, pool, 1).await?, pool));
        }
        steps(&format!("SQL: {}: best with a pool of {} ({}/s)", way.name(), best.1, best.0));
        Ok(best.1)
    }

    async fn trial(&self, way: Way, pool: usize, skus: u32) -> anyhow::Result<u64> {
        let trial = Trial { way, pool, skus, in_flight: IN_FLIGHT };
        trial.run(self.database, self.schema, self.setting).await
    }

    async fn empty(&self) -> anyhow::Result<u64> {
        let server = EmptyServer::start()?;
        let get = Arc::new(Get::new(&server.target(), "/", Operation::Plain));
        let plan = self.setting.plan(server.target(), IN_FLIGHT);
        let takings = tokio::task::spawn_blocking(move || rush(&get, &plan, &Arc::new(Live::default()))).await??;
        server.stop().await?;
        Ok(takings.tally.rate(Operation::Plain, Outcome::Accepted, self.setting.lasting))
    }
}
