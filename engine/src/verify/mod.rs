//! Proves the promises against what the database says: folds the ledger, compares levels, holds, orders, limits and the
//! journal with each other.
//!
//! Everything is read in one snapshot, so it may run on a live shop; each check is one statement over whole tables.
//! Nothing is taken from the engine's own code: what wrote a wrong row would explain it the same way.

mod check;
mod holds;
mod journal;
mod orders;
mod report;
mod stock;
mod strays;

use anyhow::Context;
use tokio_postgres::{IsolationLevel, NoTls};

use check::Check;
pub use report::{Finding, Report, Violation};

/// All of them, in the order in which they are reported.
fn checks() -> impl Iterator<Item = &'static Check> {
    [stock::CHECKS, holds::CHECKS, orders::CHECKS, journal::CHECKS, strays::CHECKS].into_iter().flatten()
}

/// The names of the checks.
pub fn names() -> impl Iterator<Item = &'static str> {
    checks().map(|check| check.name)
}

/// Runs every check against the database at `url`. `heard` is told each finding as soon as it is there; at most
/// `examples` violations of each are shown.
pub async fn verify(url: &str, examples: u32, heard: &mut (dyn FnMut(&Finding) + Send)) -> anyhow::Result<Report> {
    let (mut client, connection) = tokio_postgres::connect(url, NoTls).await.context("connecting to the database")?;
    let driver = tokio::spawn(connection);
    let snapshot = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .context("beginning a snapshot")?;
    // Sorts and hashes over all orders; nobody waits for a lock of ours.
    snapshot
        .batch_execute("set local work_mem = '128MB'; set local statement_timeout = 0; set local jit = off")
        .await?;
    let mut findings = Vec::new();
    for check in checks() {
        let finding = check.run(&snapshot, examples).await.with_context(|| format!("the check `{}`", check.name))?;
        heard(&finding);
        findings.push(finding);
    }
    snapshot.rollback().await.context("ending the snapshot")?;
    driver.abort();
    Ok(Report { findings })
}
