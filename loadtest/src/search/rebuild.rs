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

/// An index that is in charge.
pub(super) struct Rebuilt {
    documents: u64,
    took: Duration,
}

impl Rebuilt {
    /// Products.
    pub(super) fn per_minute(&self) -> u64 {
        let millis = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX).max(1);
        self.documents.saturating_mul(60_000) / millis
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
    let before = admin.search_index().await?.generation;
    let asked = Instant::now();
    admin.order_rebuild().await?;
    loop {
        tokio::time::sleep(AGAIN).await;
        let SearchIndex { generation, documents, .. } = admin.search_index().await?;
        if generation > before {
            let documents = documents.context("an index without documents")?;
            return Ok(Rebuilt { documents, took: asked.elapsed() });
        }
        ensure!(asked.elapsed() < LONGEST, "a rebuild that was ordered has not ended");
    }
}

/// One after the other until it is `over`. The last one is waited for: whoever comes next is to be left in peace. Answers
/// how many ended in time.
pub(super) async fn again_and_again(admin: &Admin, over: &Cell<bool>) -> anyhow::Result<u64> {
    let mut ended = 0;
    while !over.get() {
        let Rebuilt { documents, took } = rebuild(admin).await?;
        if !over.get() {
            ended += 1;
            let took = show_us(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
            steps(&format!("  a new index of {documents} products after {took}"));
        }
    }
    Ok(ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_counted_by_the_minute() {
        let rebuilt = |documents, seconds| Rebuilt { documents, took: Duration::from_secs(seconds) }.per_minute();
        assert_eq!([rebuilt(50_000, 10), rebuilt(50_000, 120), rebuilt(7, 0)], [300_000, 25_000, 420_000]);
    }
}
