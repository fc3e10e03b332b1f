//! Carries what the outbox says into the index, step by step, and picks up where the index was left.
//!
//! Idempotent: it reads again what an event names, so hearing one twice, late or in a heap does no harm. The index and
//! its watermark are durable together; after any failure it goes back to the watermark and begins anew from there.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use search_index::{Due, Index, Rhythm, Status, Waiting, Writer};

use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::id::{ProductId, StoreId};
use crate::outbox::Position;

use super::changes::{Changes, TOPICS};
use super::error::Error;
use super::reindex::{self, Progress};
use super::sources::{Projected, Sources, availabilities};
use super::store;
use super::watermark::Watermark;

const EVENTS_AT_ONCE: usize = 1_000;
const PRODUCTS_AT_ONCE: usize = 200;
/// How long the watermark may lag behind when nothing but stock moves, which needs no commit: the outbox keeps rows for it.
const WATERMARK_LAG: TimeDelta = TimeDelta::seconds(10);
/// The outbox forgets who says nothing for days: it is told again where nothing happens.
const SIGN_OF_LIFE: TimeDelta = TimeDelta::hours(1);

/// Runs on a thread of its own: commits and merges block.
pub struct Indexer {
    index: Index,
    sources: Sources,
    rhythm: Rhythm,
    writer_memory_bytes: usize,
    /// None: to be picked up from the index first.
    session: Option<Session>,
}

/// What holds from one picking up to the next.
struct Session {
    writer: Writer,
    database: String,
    /// Under which the outbox knows this index.
    consumer: String,
    /// What the index has durably, and when the outbox was told so.
    durable: Position,
    told_at: Timestamp,
    /// What has been written, committed or not.
    reached: Position,
    committed_at: Timestamp,
    /// Up to when what changes by schedule has been written.
    scheduled_to: Timestamp,
    /// Whether anything was heard since the commit. Saving the cursor is itself a transaction, so that the position moves
    /// even when nothing happens.
    heard: bool,
    /// Since when something waits for a commit.
    waiting_since: Option<Timestamp>,
    /// Products that change by schedule.
    boundaries: BTreeSet<(Timestamp, StoreId, ProductId)>,
}

/// How far the index has heard of what happened, committed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub up_to: Position,
    pub at: Timestamp,
}

/// What there is to do after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// More events wait already.
    Again,
    /// Nothing, unless something happens; at the latest then.
    Rest(Duration),
}

const LONG: Duration = Duration::from_secs(3600);

impl Indexer {
    pub fn new(index: Index, sources: Sources, rhythm: Rhythm, writer_memory_bytes: usize) -> Self {
        Self { index, sources, rhythm, writer_memory_bytes, session: None }
    }

    /// Hears what has happened and writes it. After an error the next step begins from the last commit.
    pub async fn step(&mut self) -> Result<Step, Error> {
        let result = self.try_step().await;
        if result.is_err() {
            self.session = None;
        }
        result
    }

    /// Up to where everything was heard, and when it last listened. `None` while it has to pick up where it was left.
    pub(super) fn heard(&self) -> Option<Heard> {
        self.session.as_ref().map(|session| Heard { up_to: session.reached, at: session.scheduled_to })
    }

    /// Commits whatever waits.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let now = self.sources.clock.now();
        match &mut self.session {
            Some(session) => session.commit(&self.sources, now).await,
            None => Ok(()),
        }
    }

    /// Makes the index anew and goes on from there.
    pub async fn rebuild(&mut self, progress: &dyn Fn(Progress)) -> Result<u64, Error> {
        self.session = None;
        reindex::rebuild(&self.index, &self.sources, progress).await
    }

    async fn try_step(&mut self) -> Result<Step, Error> {
        let mut session = match self.session.take() {
            Some(session) => session,
            None => self.pick_up().await?,
        };
        let stretch = self.sources.outbox.read(TOPICS, session.reached, EVENTS_AT_ONCE).await?;
        if !stretch.events.is_empty() {
            reach(Point::OutboxRead);
        }
        let mut changes = Changes::of(&stretch.events);
        if changes.reindex {
            drop(session);
            self.rebuild(&|_| {}).await?;
            return Ok(Step::Again);
        }
        let now = self.sources.clock.now();
        for (store, product) in session.take_due(now) {
            changes.products.entry(store).or_default().insert(product);
        }
        self.apply(&mut session, &changes).await?;
        (session.reached, session.scheduled_to) = (stretch.reached, now);
        session.heard |= !stretch.events.is_empty();
        let due = session.commit_if_due(&self.sources, &self.rhythm).await?;
        self.session = Some(session);
        Ok(if stretch.more { Step::Again } else { due })
    }

    /// Opens the index where it was left, or makes it anew where that is not possible.
    async fn pick_up(&self) -> Result<Session, Error> {
        let database = self
            .sources
            .database
            .run(|mut connection| async move { Ok::<_, Error>(store::identity(&mut connection).await?) })
            .await?;
        let (committed, watermark) = match self.left_at(&database).await? {
            Some(left) => left,
            None => {
                reindex::rebuild(&self.index, &self.sources, &|_| {}).await?;
                let left = self.left_at(&database).await?;
                left.ok_or(search_index::Error::Superseded)?
            }
        };
        let committed_at = watermark.at;
        let writer = self.index.writer_with_memory(self.writer_memory_bytes)?;
        let boundaries = self
            .sources
            .database
            .run_at_length(move |mut connection| async move {
                Ok::<_, Error>(store::boundaries_after(&mut connection, committed_at).await?)
            })
            .await?;
        // Stock moves without documents, and what was known of it went with the last process.
        let index = &self.index;
        self.sources
            .every_availability(|page| Ok(index.set_availability(page.iter().map(|(id, a)| (id.as_str(), *a)))?))
            .await?;
        Ok(Session {
            writer,
            database,
            consumer: watermark.consumer,
            durable: committed,
            told_at: committed_at,
            reached: committed,
            committed_at,
            scheduled_to: committed_at,
            heard: false,
            waiting_since: None,
            boundaries: boundaries.into_iter().collect(),
        })
    }

    /// Where the index stands, if the outbox surely still has all that came after.
    async fn left_at(&self, database: &str) -> Result<Option<(Position, Watermark)>, Error> {
        let watermark = match self.index.status() {
            Status::Ready { watermark, .. } => watermark.as_deref().and_then(Watermark::read),
            Status::NeedsRebuild(reason) => {
                tracing::info!(%reason, "the search index has to be built");
                return Ok(None);
            }
        };
        let cursor = match &watermark {
            Some((watermark, _)) => self.sources.outbox.cursor(&watermark.consumer).await?,
            None => None,
        };
        let left = match (watermark, cursor) {
            // The cursor is saved after the commit. An index behind its own cursor is an older copy.
            (Some((watermark, position)), Some(cursor)) if watermark.database == database && cursor <= position => {
                Some((position, watermark))
            }
            (Some(_) | None, Some(_) | None) => {
                tracing::info!("the search index is not of this database and time, and is built anew");
                None
            }
        };
        Ok(left)
    }

    async fn apply(&self, session: &mut Session, changes: &Changes) -> Result<(), Error> {
        let mut products = changes.products.clone();
        let stores: BTreeSet<StoreId> = changes.categories.keys().chain(changes.brands.keys()).copied().collect();
        for store in stores {
            let showing = self.showing(store, changes).await?;
            products.entry(store).or_default().extend(showing);
        }
        for (store, ids) in products {
            let ids: Vec<ProductId> = ids.into_iter().collect();
            for chunk in ids.chunks(PRODUCTS_AT_ONCE) {
                let read = self.sources.products(store, chunk.to_vec()).await?;
                session.write(store, &read, self.sources.clock.now())?;
                // A brand may have more products than should wait for one commit.
                session.commit_if_due(&self.sources, &self.rhythm).await?;
            }
        }
        self.hear_stock(changes).await
    }

    async fn showing(&self, store: StoreId, changes: &Changes) -> Result<Vec<ProductId>, Error> {
        let categories: Vec<_> = changes.categories.get(&store).into_iter().flatten().copied().collect();
        let brands: Vec<_> = changes.brands.get(&store).into_iter().flatten().copied().collect();
        if categories.is_empty() && brands.is_empty() {
            return Ok(Vec::new());
        }
        self.sources
            .database
            .run(move |mut connection| async move {
                Ok(store::products_showing(&mut connection, store, &categories, &brands).await?)
            })
            .await
    }

    async fn hear_stock(&self, changes: &Changes) -> Result<(), Error> {
        if changes.variants.is_empty() {
            return Ok(());
        }
        let variants: Vec<_> = changes.variants.iter().copied().collect();
        let stock =
            self.sources
                .database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::stock_around(&mut connection, &variants).await?)
                })
                .await?;
        let heard = availabilities(&stock);
        Ok(self.index.set_availability(heard.iter().map(|(id, availability)| (id.as_str(), *availability)))?)
    }
}

impl Session {
    fn write(&mut self, store: StoreId, products: &[Projected], now: Timestamp) -> Result<(), Error> {
        for product in products {
            let written = match &product.document {
                Some(document) => self.writer.upsert(document)?,
                None => self.writer.delete(&product.id.to_string(), product.version)?,
            };
            if let search_index::Written::Stale { indexed } = written {
                tracing::debug!(product.id = %product.id, product.version, indexed, "the index knows a later version");
            }
            self.boundaries.extend(product.until.map(|at| (at, store, product.id)));
        }
        if self.writer.waiting() > 0 {
            self.waiting_since.get_or_insert(now);
        }
        Ok(())
    }

    /// The products whose moment has come. A moment that was moved meanwhile only costs a look.
    fn take_due(&mut self, now: Timestamp) -> Vec<(StoreId, ProductId)> {
        let mut due = Vec::new();
        while let Some(&(at, store, product)) = self.boundaries.first()
            && at <= now
        {
            self.boundaries.pop_first();
            due.push((store, product));
        }
        due
    }

    async fn commit_if_due(&mut self, sources: &Sources, rhythm: &Rhythm) -> Result<Step, Error> {
        let now = sources.clock.now();
        let since = self.waiting_since.map_or(TimeDelta::zero(), |since| now - since);
        let waiting = Waiting { documents: self.writer.waiting(), oldest: since.to_std().unwrap_or_default() };
        match rhythm.due(waiting) {
            Due::Now => self.commit(sources, now).await?,
            Due::In(rest) => return Ok(Step::Rest(rest)),
            Due::Never if self.heard && now - self.committed_at >= WATERMARK_LAG => {
                self.commit(sources, now).await?;
            }
            Due::Never if now - self.told_at >= SIGN_OF_LIFE => self.tell_outbox(sources, now).await?,
            Due::Never => {}
        }
        Ok(Step::Rest(LONG))
    }

    async fn commit(&mut self, sources: &Sources, now: Timestamp) -> Result<(), Error> {
        let watermark = Watermark::new(&self.database, &self.consumer, self.reached, self.scheduled_to);
        self.writer.commit(&watermark.write())?;
        (self.heard, self.waiting_since, self.committed_at, self.durable) = (false, None, now, self.reached);
        reach(Point::OutboxDelivered);
        self.tell_outbox(sources, now).await
    }

    /// Lets the outbox go up to what the index has durably.
    async fn tell_outbox(&mut self, sources: &Sources, now: Timestamp) -> Result<(), Error> {
        sources.outbox.save_cursor(&self.consumer, self.durable).await?;
        self.told_at = now;
        Ok(())
    }
}
