//! Asks the model about products: those it was never asked about, and those that are told otherwise by now.
//!
//! All products are gone over again and again, by their ids, a page at a time: nothing has to be remembered of what failed, or
//! of a model that was changed, and a page whose products are all known costs one look at their texts.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::json;
use uuid::Uuid;

use crate::id::{ProductId, StoreId};
use crate::outbox;

use super::super::changes::SIGNALS;
use super::super::error::Error;
use super::super::sources::Sources;
use super::{Embedder, embedded, store};

/// Products that are looked at in one page.
const PAGE: i64 = 1_000;
/// Texts of one question to the model.
const TEXTS_AT_ONCE: usize = 32;
/// A server that ended in the middle of a turn is waited for so long.
const TURN: TimeDelta = TimeDelta::seconds(60);
/// Between two pages in which there was nothing to do; and when something went wrong.
const BETWEEN_PAGES: Duration = Duration::from_millis(200);
const TROUBLED: Duration = Duration::from_secs(30);

/// What became of a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Products that the model was asked about.
    pub products: usize,
    /// Where the next page begins; none: all were gone over, or it is another server's turn.
    pub last: Option<ProductId>,
}

/// Goes on until it is aborted, and rests so long when all products were gone over. `server` tells this process from others.
pub(in crate::search) async fn keep(sources: Sources, embedder: Arc<dyn Embedder>, server: Uuid, every: Duration) {
    let mut after = None;
    loop {
        let rest = match tell_meanings(&sources, &*embedder, server, after).await {
            Ok(Told { products, last }) => {
                after = last;
                match (last, products) {
                    (None, _) => every,
                    (Some(_), 0) => BETWEEN_PAGES,
                    (Some(_), _) => Duration::ZERO,
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what products mean is asked later");
                TROUBLED
            }
        };
        tokio::time::sleep(rest).await;
    }
}

/// Asks about the products of a page that are new, or told otherwise, and has the indexes of all servers write them. What the
/// model did not answer is asked again when its turn comes.
pub async fn tell_meanings(
    sources: &Sources,
    embedder: &dyn Embedder,
    server: Uuid,
    after: Option<ProductId>,
) -> Result<Told, Error> {
    let model = embedder.model().to_owned();
    let now = sources.clock.now();
    let page = sources
        .database
        .run(move |mut connection| async move {
            let is_ours = store::take_turn(&mut connection, server, now, now + TURN).await?;
            if !is_ours {
                return Ok::<_, Error>(Vec::new());
            }
            Ok(store::page(&mut connection, &model, after, PAGE).await?)
        })
        .await?;
    let last = page.last().map(|row| row.id).filter(|_| page.len() as i64 == PAGE);
    let mut stale = page.into_iter().filter_map(|row| Some((row.id, row.told?, row.made_of))).peekable();
    let mut products = 0;
    while stale.peek().is_some() {
        let (rows, texts): (Vec<_>, Vec<_>) =
            stale.by_ref().take(TEXTS_AT_ONCE).map(|(id, told, made_of)| ((id, made_of), told)).unzip();
        let embeddings = embedded(embedder, texts).await.inspect_err(|_| count("failed"))?;
        let told: Vec<_> =
            rows.into_iter().zip(embeddings).map(|((id, made_of), embedding)| (id, made_of, embedding)).collect();
        products += told.len();
        keep_told(sources, embedder.model().to_owned(), told).await?;
        count("answered");
    }
    Ok(Told { products, last })
}

async fn keep_told(
    sources: &Sources,
    model: String,
    told: Vec<(ProductId, Vec<u8>, search_index::Embedding)>,
) -> Result<(), Error> {
    sources
        .database
        .run_at_length(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let mut by_store = BTreeMap::<StoreId, Vec<ProductId>>::new();
                    for (store, product) in store::keep(connection, &model, &told).await? {
                        by_store.entry(store).or_default().push(product);
                    }
                    for (store, products) in by_store {
                        outbox::publish_in_op(connection, store, SIGNALS, &json!({ "products": products })).await?;
                    }
                    Ok::<_, Error>(())
                })
                .await
        })
        .await
}

fn count(outcome: &'static str) {
    metrics::counter!("doorbuster_search_embeddings_total", "of" => "products", "outcome" => outcome).increment(1);
}
