//! Asks the model about products: those it was never asked about, and those that are told otherwise by now.
//!
//! All products are gone over again and again, by their ids, a page or a question at a time: nothing has to be remembered of
//! what failed, or of a model that was changed, and a page whose products are all known costs one look at their texts. In a
//! sale it waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use search_index::Embedding;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::id::ProductId;

use super::super::error::Error;
use super::super::sale::{Beside, Ear};
use super::super::signals;
use super::super::sources::Sources;
use super::{Embedder, EmbedderError, embedded, store};

/// Products that are looked at in one page.
const PAGE: i64 = 500;
/// Texts of one question to the model.
const TEXTS_AT_ONCE: usize = 32;
/// Asked beside a text that was refused: who refuses this as well refuses everything.
const PLAIN: &str = "lamp";
/// A server that ended in the middle of a turn is waited for so long. Longer than a question may take.
const TURN: TimeDelta = TimeDelta::seconds(60);
const BETWEEN_PAGES: Duration = Duration::from_millis(500);
/// When something went wrong.
const TROUBLED: Duration = Duration::from_secs(30);
/// Whether a sale is over is listened for so often.
const IN_A_SALE: Duration = Duration::from_secs(1);

/// What became of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Products of which the model said what they mean.
    pub products: usize,
    /// Where to go on; none: all were gone over, or it is another server's turn.
    pub last: Option<ProductId>,
    /// Why the model did not answer. Those that it was asked about are met again in the next round.
    pub trouble: Option<EmbedderError>,
}

/// A product, of what its text was made, and what that means; none: the model refuses it.
pub(super) type Meant = (ProductId, Vec<u8>, Option<Embedding>);

/// Goes on until it is aborted, and rests so long when all products were gone over. `server` tells this process from others.
pub(in crate::search) async fn keep(sources: Sources, embedder: Arc<dyn Embedder>, server: Uuid, every: Duration) {
    let mut ear: Option<Ear> = None;
    let mut after = None;
    loop {
        let begun = Instant::now();
        let turned = match beside(&sources, &mut ear).await {
            Ok(Beside::Sale) => Ok(None),
            Ok(Beside::Nobody) => tell_meanings(&sources, &*embedder, server, after).await.map(Some),
            Err(error) => Err(error),
        };
        let rest = match turned {
            Ok(None) => IN_A_SALE,
            Ok(Some(Told { last, trouble, .. })) => {
                after = last;
                match trouble {
                    Some(error) => {
                        tracing::warn!(%error, "what products mean is asked later");
                        TROUBLED
                    }
                    None if last.is_none() => every,
                    // Whoever has much to tell leaves others as much time as it takes.
                    None => BETWEEN_PAGES.max(begun.elapsed()),
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

async fn beside(sources: &Sources, ear: &mut Option<Ear>) -> Result<Beside, Error> {
    let ear = match ear {
        Some(ear) => ear,
        None => {
            let from = sources.outbox.horizon().await?;
            ear.insert(Ear::new(sources.outbox.clone(), from, Beside::Nobody))
        }
    };
    ear.listen().await?;
    Ok(ear.beside())
}

/// Looks at a page of products and asks about the first of them that are new, or told otherwise; has the indexes of all servers
/// write them. What the model did not answer is asked again in the next round; what it refuses, when it is told otherwise.
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
            if !store::take_turn(&mut connection, server, now, now + TURN).await? {
                return Ok::<_, Error>(Vec::new());
            }
            Ok(store::page(&mut connection, &model, after, PAGE).await?)
        })
        .await?;
    let end = page.last().map(|row| row.id).filter(|_| page.len() as i64 == PAGE);
    let mut stale = page.into_iter().filter_map(|row| Some((row.id, row.made_of, row.told?)));
    let asked: Vec<_> = stale.by_ref().take(TEXTS_AT_ONCE).collect();
    let Some((last_asked, ..)) = asked.last() else { return Ok(Told { last: end, ..Told::default() }) };
    let last = if stale.next().is_some() { Some(*last_asked) } else { end };
    let meant = match meanings(sources, embedder, server, asked).await {
        Ok(meant) => meant,
        Err(Error::Embedder(trouble)) => {
            // Perhaps it is this server alone that is not answered.
            let given_back = sources.database.run(move |mut connection| async move {
                Ok::<_, Error>(store::give_turn_back(&mut connection, server, now).await?)
            });
            given_back.await?;
            return Ok(Told { products: 0, last, trouble: Some(trouble) });
        }
        Err(error) => return Err(error),
    };
    let known = meant.iter().filter(|(_, _, embedding)| embedding.is_some()).count();
    let is_kept = keep_meant(sources, embedder.model().to_owned(), server, meant).await?;
    Ok(if is_kept { Told { products: known, last, trouble: None } } else { Told::default() })
}

/// One text that is refused does not stand in the way of the others.
async fn meanings(
    sources: &Sources,
    embedder: &dyn Embedder,
    server: Uuid,
    told: Vec<(ProductId, Vec<u8>, String)>,
) -> Result<Vec<Meant>, Error> {
    let texts = told.iter().map(|(_, _, text)| text.clone()).collect();
    match embedded(embedder, texts).await {
        Ok(embeddings) => {
            count("answered", told.len());
            let meant = told.into_iter().zip(embeddings);
            return Ok(meant.map(|((id, made_of, _), embedding)| (id, made_of, Some(embedding))).collect());
        }
        Err(EmbedderError::Refused(_)) => {}
        Err(trouble @ EmbedderError::Unavailable(_)) => return Err(failed(trouble)),
    }
    if let Err(error) = embedded(embedder, vec![PLAIN.to_owned()]).await {
        return Err(failed(EmbedderError::Unavailable(format!("it refuses plain texts as well: {error}"))));
    }
    let mut meant = Vec::new();
    for (id, made_of, text) in told {
        if !take_turn(sources, server).await? {
            // What is known by now is kept by nobody: another server asks.
            return Ok(meant);
        }
        let embedding = match embedded(embedder, vec![text]).await {
            Ok(mut embeddings) => embeddings.pop(),
            Err(EmbedderError::Refused(reason)) => {
                tracing::warn!(product.id = %id, reason, "the embedding model refuses the text of a product");
                None
            }
            Err(trouble @ EmbedderError::Unavailable(_)) => return Err(failed(trouble)),
        };
        count(if embedding.is_some() { "answered" } else { "refused" }, 1);
        meant.push((id, made_of, embedding));
    }
    Ok(meant)
}

fn failed(trouble: EmbedderError) -> Error {
    count("failed", 1);
    trouble.into()
}

async fn take_turn(sources: &Sources, server: Uuid) -> Result<bool, Error> {
    let now = sources.clock.now();
    sources
        .database
        .run(move |mut connection| async move { Ok(store::take_turn(&mut connection, server, now, now + TURN).await?) })
        .await
}

/// Says whether it was this server's turn still: if not, another has asked, perhaps another model.
async fn keep_meant(sources: &Sources, model: String, server: Uuid, meant: Vec<Meant>) -> Result<bool, Error> {
    let now: Timestamp = sources.clock.now();
    sources
        .database
        .run_at_length(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    if !store::take_turn(connection, server, now, now + TURN).await? {
                        return Ok(false);
                    }
                    let moved = store::keep(connection, &model, &meant).await?;
                    signals::publish(connection, moved).await?;
                    Ok::<_, Error>(true)
                })
                .await
        })
        .await
}

fn count(outcome: &'static str, texts: usize) {
    metrics::counter!("doorbuster_search_embeddings_total", "of" => "products", "outcome" => outcome)
        .increment(texts as u64);
}
