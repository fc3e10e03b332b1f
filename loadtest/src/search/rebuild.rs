//! The index made anew: once, or again and again beside something else.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use crate::report::steps;
use crate::shop::{Admin, SearchIndex};
use crate::span::show_us;

const AGAIN: Duration = Duration::from_millis(100);
/// Without one more product in the index it has been given up.
const STUCK: Duration = Duration::from_secs(60);
/// The longest that a rebuild is waited for.
const LONGEST: Duration = Duration::from_secs(1_800);

/// Products that were added to a new index, in so long.
pub(super) struct Rebuilt {
    products: u64,
    took: Duration,
}

impl Rebuilt {
    pub(super) fn per_minute(&self) -> u64 {
        let millis = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX).max(1);
        self.products.saturating_mul(60_000) / millis
    }
}

/// Waits until so many products can be found, and nothing is made anew.
pub(super) async fn filled(admin: &Admin, products: u64) -> anyhow::Result<()> {
    let (mut most, mut since) = (0, Instant::now());
    loop {
        let index = admin.search_index().await?;
        let documents = index.documents.unwrap_or(0);
        if documents >= products && !index.is_being_made() {
            return Ok(());
        }
        if documents > most {
            (most, since) = (documents, Instant::now());
        }
        ensure!(since.elapsed() < STUCK, "the search index has {documents} of {products} products, and no more come");
        tokio::time::sleep(AGAIN).await;
    }
}

/// Asks for a new index, and waits until it is in charge.
pub(super) async fn rebuild(admin: &Admin) -> anyhow::Result<Rebuilt> {
    rebuild_told(admin, |_| {}).await
}

/// The same; `told` is told again and again how many products have been added.
async fn rebuild_told(admin: &Admin, mut told: impl FnMut(u64)) -> anyhow::Result<Rebuilt> {
    let before = admin.search_index().await?.generation;
    let asked = Instant::now();
    admin.order_rebuild().await?;
    loop {
        tokio::time::sleep(AGAIN).await;
        let SearchIndex { generation, documents, rebuild } = admin.search_index().await?;
        if generation > before {
            let products = documents.context("an index without documents")?;
            return Ok(Rebuilt { products, took: asked.elapsed() });
        }
        if let Some(rebuild) = rebuild {
            told(rebuild.done);
        }
        ensure!(asked.elapsed() < LONGEST, "a rebuild that was ordered has not ended");
    }
}

/// One after the other until it is `over`; answers what was added until then. The last one is waited for: whoever comes next
/// is to be left in peace.
pub(super) async fn again_and_again(admin: &Admin, over: &Cell<bool>) -> anyhow::Result<Rebuilt> {
    let begun = Instant::now();
    let (mut added, mut took) = (0, Duration::ZERO);
    while !over.get() {
        let mut done = 0;
        let rebuilt = rebuild_told(admin, |so_far| {
            if !over.get() {
                (done, took) = (so_far, begun.elapsed());
            }
        })
        .await?;
        if !over.get() {
            (done, took) = (rebuilt.products, begun.elapsed());
            let lasted = show_us(u64::try_from(rebuilt.took.as_micros()).unwrap_or(u64::MAX));
            steps(&format!("  a new index of {done} products after {lasted}"));
        }
        added += done;
    }
    Ok(Rebuilt { products: added, took })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_counted_by_the_minute() {
        let rebuilt = |products, seconds| Rebuilt { products, took: Duration::from_secs(seconds) }.per_minute();
        assert_eq!([rebuilt(50_000, 10), rebuilt(50_000, 120), rebuilt(7, 0)], [300_000, 25_000, 420_000]);
    }
}
