//! What the server's process takes of the machine's memory: idle, for SKUs, for shoppers who wait.
//!
//! Differences of resident memory over many of a kind. What the allocator keeps for later is in them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::figure::Figure;
use super::waiting::Waiting;
use super::{Figures, Process};
use crate::report::steps;
use crate::scenario::Stall;
use crate::shop::{Admin, Item, skus_awake};
use crate::workload::{Payment, Sale};

pub(crate) struct Footprint<'a> {
    pub(crate) admin: &'a Admin,
    pub(crate) server: Process,
    /// How many SKUs to wake; 0: none.
    pub(crate) skus: u32,
    /// How many shoppers wait, if the limit of open files lets them; 0: none.
    pub(crate) shoppers: u64,
}

const CONNECTIONS: usize = 16;
/// The server's database, logs and index, and this program's own files.
const OTHER_FILES: u64 = 300;

impl Footprint<'_> {
    pub(crate) async fn measure(&self, figures: &mut Figures) -> anyhow::Result<()> {
        figures.add(Figure::IdleMemory, self.settled().await?);
        if self.skus > 1 {
            self.skus(figures).await?;
        }
        if self.shoppers > 0 {
            self.waiting(figures).await?;
        }
        Ok(())
    }

    /// SKUs are first made, then asked the price of (so that the server knows them), then woken by a delivery. The first
    /// half also fills whatever is filled once: it does not count. Nor does what a delivery leaves behind beside an awake
    /// SKU (its key, its answer, its way through the search index): a second delivery to the awake tells how much that is.
    async fn skus(&self, figures: &mut Figures) -> anyhow::Result<()> {
        steps(&format!("memory of {} SKUs", self.skus));
        let run = format!("lt{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
        let sale = Sale {
            units: 0,
            skus: self.skus,
            lines: 1,
            same_sku: false,
            quantity: 1,
            cart: false,
            customers: false,
            payment: Payment::Manual,
        };
        let stall = Stall::set_up(self.admin, sale, 1, run, 1, None).await?;
        let (first, second) = stall.goods.skus.split_at(stall.goods.skus.len() / 2);
        let asked = async |skus: &[String]| self.ask_prices(&stall, skus).await;
        let known = self.growth(first, second, asked).await?;
        figures.add(Figure::KnownSku, known / second.len() as u64);
        let awake_before = skus_awake(&self.admin.client).await?;
        let woken = async |skus: &[String]| self.receive(skus, "wake").await;
        let awake = self.growth(first, second, woken).await?;
        let again = async |skus: &[String]| self.receive(skus, "again").await;
        let delivered = self.growth(first, second, again).await?;
        let all = skus_awake(&self.admin.client).await? - awake_before;
        ensure!(all >= u64::from(self.skus), "{} SKUs had a delivery, {all} are awake", self.skus);
        figures.add(Figure::AwakeSku, awake.saturating_sub(delivered) / second.len() as u64);
        Ok(())
    }

    /// By how much the server grows while `make` is done with the second half.
    async fn growth(
        &self,
        first: &[String],
        second: &[String],
        make: impl AsyncFn(&[String]) -> anyhow::Result<()>,
    ) -> anyhow::Result<u64> {
        make(first).await?;
        let before = self.settled().await?;
        make(second).await?;
        Ok(self.settled().await?.saturating_sub(before))
    }

    async fn ask_prices(&self, stall: &Stall, skus: &[String]) -> anyhow::Result<()> {
        stream::iter(skus)
            .map(|sku| async {
                stall.buyers[0].quote(&self.admin.client, &[Item { sku, quantity: 1 }], "manual").await.map(drop)
            })
            .buffer_unordered(CONNECTIONS)
            .try_collect()
            .await
    }

    async fn receive(&self, skus: &[String], delivery: &str) -> anyhow::Result<()> {
        stream::iter(skus)
            .map(|sku| async { self.admin.receive(sku, 1, delivery).await.map(drop) })
            .buffer_unordered(CONNECTIONS)
            .try_collect()
            .await
    }

    async fn waiting(&self, figures: &mut Figures) -> anyhow::Result<()> {
        let room = self.server.open_files_max()?.min(Process::this().open_files_max()?).saturating_sub(OTHER_FILES);
        let count = self.shoppers.min(room);
        steps(&format!("{count} waiting connections (the limits of open files leave room for {room})"));
        let target: Arc<_> = self.admin.client.target.clone();
        let before = self.settled().await?;
        let waiting = Waiting::come(&target, count).await;
        let after = self.settled().await?;
        let open = waiting.still_open();
        figures.add(Figure::Waiting, open);
        figures.add(Figure::WaitingConnection, after.saturating_sub(before) / open.max(1));
        Ok(())
    }

    /// Resident memory once it has stopped moving: what was finished a moment ago is given back a moment later.
    async fn settled(&self) -> anyhow::Result<u64> {
        const STILL: u64 = 1 << 20;
        let mut last = self.server.resident_bytes()?;
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = self.server.resident_bytes()?;
            if now.abs_diff(last) < STILL {
                return Ok(now);
            }
            last = now;
        }
        Ok(last)
    }
}
