//! The baseline's half of a bench.

use std::sync::Arc;

use super::figure::Figure;
use crate::baseline::{Database, EmptyServer, Get, Schema, Setting, Trial, Way};
use crate::measure::{Live, Operation, Outcome};
use crate::report::steps;
use crate::rush::rush;

pub(crate) struct Plain<'a> {
    database: &'a Database,
    schema: &'a Schema,
    setting: Setting,
    /// SKUs of the spread trials.
    skus: u32,
    best: BestPools,
}

/// The pool sizes that were best when all were tried.
struct BestPools {
    transaction: usize,
    statement: usize,
    transaction_many: usize,
    statement_many: usize,
}

const IN_FLIGHT: usize = 64;
const ORDINARY_POOL: usize = 32;
const SWEEP: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

impl<'a> Plain<'a> {
    /// Tries all pool sizes once, for as long as `trying` says, to know the best ones.
    pub(crate) async fn sweep(
        database: &'a Database,
        schema: &'a Schema,
        setting: Setting,
        trying: Setting,
        skus: u32,
    ) -> anyhow::Result<Self> {
        let best = |way, skus| best_pool(database, schema, trying, way, skus);
        let best = BestPools {
            transaction: best(Way::Transaction, 1).await?,
            statement: best(Way::Statement, 1).await?,
            transaction_many: best(Way::Transaction, skus).await?,
            statement_many: best(Way::Statement, skus).await?,
        };
        Ok(Self { database, schema, setting, skus, best })
    }

    /// `None` for what is not the baseline's.
    pub(crate) async fn take(&self, figure: Figure) -> anyhow::Result<Option<u64>> {
        if figure == Figure::EmptyHandler {
            return Ok(Some(self.empty().await?));
        }
        match self.trial(figure) {
            Some(trial) => Ok(Some(trial.run(self.database, self.schema, self.setting).await?)),
            None => Ok(None),
        }
    }

    fn trial(&self, figure: Figure) -> Option<Trial> {
        let trial = |way, pool, skus| Some(Trial { way, pool, skus, in_flight: IN_FLIGHT });
        #[expect(clippy::wildcard_enum_match_arm, reason = "everything else is the shop's")]
        match figure {
            Figure::TransactionPool32 | Figure::SlowTransactionPool32 => trial(Way::Transaction, ORDINARY_POOL, 1),
            Figure::StatementPool32 | Figure::SlowStatementPool32 => trial(Way::Statement, ORDINARY_POOL, 1),
            Figure::TransactionBest => trial(Way::Transaction, self.best.transaction, 1),
            Figure::StatementBest => trial(Way::Statement, self.best.statement, 1),
            Figure::TransactionMany => trial(Way::Transaction, ORDINARY_POOL, self.skus),
            Figure::StatementMany => trial(Way::Statement, ORDINARY_POOL, self.skus),
            Figure::TransactionManyBest => trial(Way::Transaction, self.best.transaction_many, self.skus),
            Figure::StatementManyBest => trial(Way::Statement, self.best.statement_many, self.skus),
            _ => None,
        }
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

async fn best_pool(
    database: &Database,
    schema: &Schema,
    trying: Setting,
    way: Way,
    skus: u32,
) -> anyhow::Result<usize> {
    let mut best = (0, ORDINARY_POOL);
    let mut tried = String::new();
    for pool in SWEEP {
        let rate = Trial { way, pool, skus, in_flight: IN_FLIGHT }.run(database, schema, trying).await?;
        best = best.max((rate, pool));
        tried.push_str(&format!(" {pool}:{rate}"));
    }
    steps(&format!("SQL, {}, {skus} SKU(s): best with a pool of {} ({})", way.name(), best.1, tried.trim()));
    Ok(best.1)
}
