//! The whole index, made anew from the database beside the one that serves.

use std::path::Path;

use search_index::Index;
use serde_json::json;

use crate::clock::{IdSource, RandomIds};
use crate::id::StoreId;

use super::changes::REINDEX;
use super::error::Error;
use super::sources::Sources;
use super::store;
use super::watermark::Watermark;

/// How far a rebuild is: products read, of so many (as counted when it began).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// What became of the wish for a new index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reindexed {
    /// With so many products.
    Done(u64),
    /// A running server has the index and was asked to do it; it serves from the old one until then.
    Requested,
}

/// For a program of its own: rebuilds the index below `dir`, or asks the server that uses it.
pub async fn reindex(sources: &Sources, dir: &Path, progress: &dyn Fn(Progress)) -> Result<Reindexed, Error> {
    match Index::open(dir) {
        Ok(index) => Ok(Reindexed::Done(rebuild(&index, sources, progress).await?)),
        Err(search_index::Error::InUse { .. }) => {
            sources.outbox.publish(StoreId::MAIN, REINDEX, json!({})).await?;
            Ok(Reindexed::Requested)
        }
        Err(error) => Err(error.into()),
    }
}

/// Fills a new generation and puts it in charge. Says how many products it has.
pub(super) async fn rebuild(index: &Index, sources: &Sources, progress: &dyn Fn(Progress)) -> Result<u64, Error> {
    // What is committed from here on is heard again afterwards; what the pages already show of it is the same or newer.
    let position = sources.outbox.horizon().await?;
    let at = sources.clock.now();
    let (database, stores, total) = sources
        .database
        .run_at_length(|mut connection| async move {
            let connection = &mut connection;
            let (identity, stores) = (store::identity(connection).await?, store::stores(connection).await?);
            Ok::<_, Error>((identity, stores, store::active_products(connection).await?))
        })
        .await?;
    let mut rebuild = index.rebuild()?;
    progress(Progress { done: 0, total });
    for store in stores {
        let mut after = None;
        loop {
            let page = sources.page(store, after).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for document in page.iter().filter_map(|product| product.document.as_ref()) {
                rebuild.add(document)?;
            }
            progress(Progress { done: rebuild.added(), total });
        }
    }
    let added = rebuild.added();
    // An index that was built anew has nothing to do with what others, or copies of it, have heard.
    let consumer = format!("search-{}", RandomIds.next(at));
    rebuild.finish(&Watermark::new(&database, &consumer, position, at).write())?;
    sources.outbox.save_cursor(&consumer, position).await?;
    tracing::info!(search.products = added, "built the search index");
    Ok(added)
}
