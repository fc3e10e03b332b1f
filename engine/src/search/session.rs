//! What holds from one picking up to the next: the writer, how far it is, and what waits for it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use search_index::{Due, Rhythm, Waiting, Writer};

use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::id::{ProductId, StoreId};
use crate::outbox::Position;

use super::changed::Backlog;
use super::error::Error;
use super::freshness::{self, What};
use super::indexer::Step;
use super::languages::Languages;
use super::sources::{Projected, Sources};
use super::watermark::Watermark;

/// How long the watermark may lag behind when nothing but stock moves, which needs no commit: the outbox keeps rows for it.
const WATERMARK_LAG: TimeDelta = TimeDelta::seconds(10);
/// The outbox forgets who says nothing for days: it is told again where nothing happens.
const SIGN_OF_LIFE: TimeDelta = TimeDelta::hours(1);
/// More are not worth remembering one by one.
const UNSEEN_MAX: usize = 10_000;
const LONG: Duration = Duration::from_secs(3600);

pub(super) struct Session {
    writer: Writer,
    database: String,
    /// Under which the outbox knows this index.
    consumer: String,
    pub(super) languages: Languages,
    /// A new index was asked for by the outbox, and is not made yet.
    pub(super) anew: bool,
    /// What the index has durably, and when the outbox was told so.
    durable: Position,
    told_at: Timestamp,
    /// What has been read, and up to when what changes by schedule was looked for.
    pub(super) read: Position,
    pub(super) looked_at: Timestamp,
    /// The same of what has been written, committed or not: behind while something waits.
    written: (Position, Timestamp),
    committed_at: Timestamp,
    /// Whether anything was heard since the commit. Saving the cursor is itself a transaction, so that the position moves
    /// even when nothing happens.
    heard: bool,
    /// Since when something waits for a commit.
    waiting_since: Option<Timestamp>,
    /// Products that wait to be written.
    backlog: Backlog,
    /// When what has been heard and cannot be found yet was written.
    unseen: Vec<Timestamp>,
    /// Products that change by schedule.
    boundaries: BTreeSet<(Timestamp, StoreId, ProductId)>,
}

impl Session {
    pub(super) fn begin(
        writer: Writer,
        watermark: Watermark,
        boundaries: Vec<(Timestamp, StoreId, ProductId)>,
    ) -> Self {
        let Watermark { database, consumer, position, at, languages, anew } = watermark;
        Self {
            writer,
            database,
            consumer,
            languages,
            anew,
            durable: position,
            told_at: at,
            read: position,
            looked_at: at,
            written: (position, at),
            committed_at: at,
            heard: false,
            waiting_since: None,
            backlog: Backlog::default(),
            unseen: Vec::new(),
            boundaries: boundaries.into_iter().collect(),
        }
    }

    pub(super) fn into_consumer(self) -> String {
        self.consumer
    }

    /// Everything up to `reached` was read. What of it makes documents is in `products`, and was said at `said_at`.
    pub(super) fn hear(&mut self, reached: Position, products: Backlog, said_at: &[Timestamp], any: bool) {
        // What nobody can find, as a price of shipping, is not waited for.
        if !products.is_empty() {
            self.unseen.extend(said_at.iter().take(UNSEEN_MAX.saturating_sub(self.unseen.len())));
        }
        self.backlog.extend(products);
        self.read = reached;
        self.heard |= any;
    }

    /// The products whose moment has come wait with the others. A moment that was moved meanwhile only costs a look.
    pub(super) fn hear_schedule(&mut self, now: Timestamp) {
        while let Some(&(at, store, product)) = self.boundaries.first()
            && at <= now
        {
            self.boundaries.pop_first();
            self.backlog.push(store, product);
        }
        self.looked_at = now;
    }

    /// Writes the next of what waits; says whether more does.
    pub(super) async fn write_some(&mut self, sources: &Sources, count: usize) -> Result<bool, Error> {
        for (store, ids) in self.backlog.take(count) {
            let products = sources.products(store, ids, self.languages.of(store)).await?;
            self.write(store, &products, sources.clock.now())?;
        }
        if self.backlog.is_empty() {
            self.written = (self.read, self.looked_at);
        }
        Ok(!self.backlog.is_empty())
    }

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

    pub(super) async fn commit_if_due(&mut self, sources: &Sources, rhythm: &Rhythm) -> Result<Step, Error> {
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

    pub(super) async fn commit(&mut self, sources: &Sources, now: Timestamp) -> Result<(), Error> {
        let (position, at) = self.written;
        let watermark = Watermark {
            database: self.database.clone(),
            consumer: self.consumer.clone(),
            position,
            at,
            languages: self.languages.clone(),
            anew: self.anew,
        };
        self.writer.commit(&watermark.write())?;
        (self.heard, self.waiting_since, self.committed_at, self.durable) = (false, None, now, position);
        if self.backlog.is_empty() {
            freshness::seen(What::Product, self.unseen.drain(..), sources.clock.now());
        }
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
