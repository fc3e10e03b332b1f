//! Carries what the outbox says into the index, step by step, and picks up where the index was left.
//!
//! Idempotent: it reads again what an event names, so hearing one twice, late or in a heap does no harm. The index and
//! its watermark are durable together; after any failure it goes back to the watermark and begins anew from there.
//!
//! An index that has to be made anew is made on another thread, while this one goes on with the old as far as that goes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use search_index::{Index, Status};
use tokio::sync::oneshot;

use crate::clock::Timestamp;
use crate::fail_point::{Point, reach};
use crate::outbox::Position;

use super::building::Building;
use super::changed::{self, EVENTS_AT_ONCE, PRODUCTS_AT_ONCE};
use super::changes::{Changes, TOPICS};
use super::error::Error;
use super::freshness::{self, What};
use super::handle::Settings;
use super::known::Known;
use super::priority;
use super::reindex::{self, Filled};
use super::session::Session;
use super::sources::Sources;
use super::store;
use super::tuning;
use super::watermark::Watermark;

/// Who asked for a new index waits here for the number of its products.
pub(super) type Asker = oneshot::Sender<Result<u64, Error>>;

/// Runs on a thread of its own: commits and merges block.
pub struct Indexer {
    index: Index,
    sources: Sources,
    settings: Settings,
    known: Arc<Known>,
    /// None: to be picked up from the index first.
    session: Option<Session>,
    building: Option<Building>,
    /// Calls this thread when a rebuild has ended.
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Somebody wants it made anew, after the one that is being made.
    wanted: bool,
    asked: Vec<Asker>,
    /// Who waits for the one that is being made.
    waiting: Vec<Asker>,
    /// After one that failed.
    not_before: Option<Instant>,
    /// Stock moves without documents, and what was known of it went with the last process.
    availability_told: bool,
    /// Under which the outbox knew an index that is damaged: nobody goes on from there.
    gone: Option<String>,
    /// Which index was looked at last, and when.
    inspected: Option<(Option<String>, Timestamp)>,
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
/// Between a rebuild that failed and the next.
const RETRY: Duration = Duration::from_secs(1);
/// Reading a large index whole takes seconds: the same one is not looked at sooner.
const INSPECTION_EVERY: TimeDelta = TimeDelta::minutes(1);

impl Indexer {
    pub fn new(index: Index, sources: Sources, settings: Settings) -> Self {
        Self::knowing(index, sources, settings, Arc::default(), Arc::new(|| {}))
    }

    /// Tells others what it knows, and is told by `wake` to take the next step.
    pub(super) fn knowing(
        index: Index,
        sources: Sources,
        settings: Settings,
        known: Arc<Known>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let indexer = Self {
            index,
            sources,
            settings,
            known,
            session: None,
            building: None,
            wake,
            wanted: false,
            asked: Vec::new(),
            waiting: Vec::new(),
            not_before: None,
            availability_told: false,
            gone: None,
            inspected: None,
        };
        indexer.tell_languages();
        indexer
    }

    /// Hears what has happened and writes it. After an error the next step begins from the last commit.
    pub async fn step(&mut self) -> Result<Step, Error> {
        let result = self.try_step().await;
        if result.is_err() {
            self.session = None;
        }
        if let Some(session) = &self.session {
            self.known.hear(Heard { up_to: session.read, at: session.looked_at });
        }
        result
    }

    /// Whether a new index is being made beside the one that serves.
    pub fn is_building(&self) -> bool {
        self.building.is_some()
    }

    /// Whether the one that was being made waits for the next step to take over.
    pub fn is_built(&self) -> bool {
        self.building.as_ref().is_some_and(Building::is_done)
    }

    /// Whether a new index has to be made, however often that fails.
    pub fn owes_rebuild(&self) -> bool {
        self.wanted || self.session.as_ref().is_none_or(|session| session.anew)
    }

    /// Commits whatever waits.
    pub async fn flush(&mut self) -> Result<(), Error> {
        let now = self.sources.clock.now();
        match &mut self.session {
            Some(session) => session.commit(&self.sources, now).await,
            None => Ok(()),
        }
    }

    /// The next steps will make the index anew; whoever asks is told when it is in charge.
    pub(super) fn ask_for_rebuild(&mut self, asker: Asker) {
        self.wanted = true;
        self.asked.push(asker);
    }

    /// Ends what goes on beside the steps.
    pub(super) fn stop(&mut self) {
        if let Some(building) = self.building.take() {
            building.stop();
        }
    }

    async fn try_step(&mut self) -> Result<Step, Error> {
        self.look_at_rebuild().await?;
        self.inspect();
        let session = match self.session.take() {
            Some(session) => Some(session),
            None => self.pick_up().await?,
        };
        let Some(mut session) = session else {
            // Nobody hears of stock until there is one.
            self.availability_told = false;
            self.begin_rebuild()?;
            return Ok(Step::Rest(LONG));
        };
        // Also where what follows fails.
        self.begin_if_wanted(session.anew)?;
        let stretch = self.sources.outbox.read(TOPICS, session.read, EVENTS_AT_ONCE).await?;
        if !stretch.events.is_empty() {
            reach(Point::OutboxRead);
        }
        let changes = Changes::of(&stretch.events);
        // First: it is what a sale is about, and costs least.
        self.hear_stock(&changes).await?;
        let products = changed::products(&self.sources, &changes).await?;
        session.hear(stretch.reached, products, &changes.documents_at, !stretch.events.is_empty());
        session.hear_schedule(self.sources.clock.now());
        if changes.settings {
            self.hear_settings(&mut session).await?;
        }
        if changes.reindex {
            // One that is being made may have passed what this one is about.
            (session.anew, self.wanted) = (true, true);
        }
        let more_wait = session.write_some(&self.sources, PRODUCTS_AT_ONCE).await?;
        let due = session.commit_if_due(&self.sources, &self.settings.rhythm()).await?;
        self.begin_if_wanted(session.anew)?;
        self.session = Some(session);
        Ok(if stretch.more || more_wait { Step::Again } else { due })
    }

    /// Opens the index where it was left. None: that is not possible.
    async fn pick_up(&mut self) -> Result<Option<Session>, Error> {
        let database = self
            .sources
            .database
            .run(|mut connection| async move { Ok::<_, Error>(store::identity(&mut connection).await?) })
            .await?;
        let Some(watermark) = self.left_at(&database).await? else { return Ok(None) };
        let at = watermark.at;
        // What it starts beside this thread, merges above all, makes way for orders.
        let (index, memory) = (&self.index, self.settings.writer_memory_bytes);
        let writer = priority::at_lower(|| index.writer_with_memory(memory))?;
        let boundaries = self
            .sources
            .database
            .run_at_length(move |mut connection| async move {
                Ok::<_, Error>(store::boundaries_after(&mut connection, at).await?)
            })
            .await?;
        if !self.availability_told {
            let index = &self.index;
            self.sources
                .every_availability(|page| Ok(index.set_availability(page.iter().map(|(id, a)| (id.as_str(), *a)))?))
                .await?;
            self.availability_told = true;
        }
        let mut session = Session::begin(writer, watermark, boundaries);
        self.hear_settings(&mut session).await?;
        Ok(Some(session))
    }

    /// Where the index stands, if the outbox surely still has all that came after.
    async fn left_at(&self, database: &str) -> Result<Option<Watermark>, Error> {
        let watermark = match self.index.status() {
            Status::Ready { watermark, .. } => watermark.as_deref().and_then(Watermark::read),
            Status::NeedsRebuild(reason) => {
                if self.building.is_none() {
                    tracing::info!(%reason, "the search index has to be built");
                }
                return Ok(None);
            }
        };
        let cursor = match &watermark {
            Some(watermark) => self.sources.outbox.cursor(&watermark.consumer).await?,
            None => None,
        };
        let left = match (watermark, cursor) {
            // The cursor is saved after the commit. An index behind its own cursor is an older copy.
            (Some(watermark), Some(cursor)) if watermark.database == database && cursor <= watermark.position => {
                Some(watermark)
            }
            (Some(_) | None, Some(_) | None) => {
                if self.building.is_none() {
                    tracing::info!("the search index is not of this database and time, and is built anew");
                }
                None
            }
        };
        Ok(left)
    }

    async fn hear_stock(&self, changes: &Changes) -> Result<(), Error> {
        let heard = self.sources.availabilities_around(&changes.variants).await?;
        self.index.set_availability(heard.iter().map(|(id, availability)| (id.as_str(), *availability)))?;
        freshness::seen(What::Stock, changes.stock_at.iter().copied(), self.sources.clock.now());
        Ok(())
    }

    /// What counts how much holds from now on; another language with documents that are written in it.
    async fn hear_settings(&mut self, session: &mut Session) -> Result<(), Error> {
        let (languages, rankings) = self
            .sources
            .database
            .run(|mut connection| async move {
                let languages = tuning::languages_of_all(&mut connection).await?;
                Ok::<_, Error>((languages, tuning::rankings(&mut connection).await?))
            })
            .await?;
        self.known.set_rankings(rankings);
        for (store, language) in languages {
            if session.languages.of(store) == language {
                continue;
            }
            let has_products = self
                .sources
                .database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::has_active_products(&mut connection, store).await?)
                })
                .await?;
            if has_products {
                tracing::info!(store.id = %store, %language, "the search index is made anew in another language");
                session.anew = true;
            } else {
                session.languages.set(store, language);
            }
        }
        self.known.set_languages(session.languages.clone());
        Ok(())
    }

    /// A search may have met damage.
    fn inspect(&mut self) {
        if !self.index.is_suspected() {
            return;
        }
        let now = self.sources.clock.now();
        let consumer = || self.watermark().map(|watermark| watermark.consumer);
        let served = consumer();
        if self.inspected.as_ref().is_some_and(|(index, at)| *index == served && now - *at < INSPECTION_EVERY) {
            return;
        }
        self.index.inspect();
        if consumer() != served {
            // The generation before serves.
            self.gone = self.session.take().map(Session::into_consumer);
            self.tell_languages();
        }
        self.inspected = Some((served, now));
    }

    /// In which languages the documents are that serve.
    fn tell_languages(&self) {
        if let Some(watermark) = self.watermark() {
            self.known.set_languages(watermark.languages);
        }
    }

    /// Of what serves.
    fn watermark(&self) -> Option<Watermark> {
        match self.index.status() {
            Status::Ready { watermark, .. } => watermark.as_deref().and_then(Watermark::read),
            Status::NeedsRebuild(_) => None,
        }
    }

    fn begin_if_wanted(&mut self, anew: bool) -> Result<(), Error> {
        if self.wanted || anew || self.index.damage().is_some() { self.begin_rebuild() } else { Ok(()) }
    }

    fn begin_rebuild(&mut self) -> Result<(), Error> {
        if self.building.is_some() || self.not_before.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        let (sources, told, wake) = (self.sources.clone(), self.known.told_of_rebuild(), Arc::clone(&self.wake));
        let pace = self.settings.rebuild;
        let building = Building::start(self.index.clone(), sources, pace, told, move || wake())?;
        self.building = Some(building);
        self.wanted = false;
        self.waiting.append(&mut self.asked);
        Ok(())
    }

    async fn look_at_rebuild(&mut self) -> Result<(), Error> {
        let Some(outcome) = self.building.as_ref().and_then(Building::outcome) else { return Ok(()) };
        let built = match outcome {
            Ok(filled) => self.take_over(filled).await,
            Err(error) => Err(error),
        };
        self.building = None;
        // Whoever asked may have gone; the index is new all the same.
        let tell = |asker: Asker, answer| drop(asker.send(answer));
        match built {
            Ok(products) => {
                self.not_before = None;
                self.waiting.drain(..).for_each(|asker| tell(asker, Ok(products)));
            }
            Err(error) => {
                tracing::warn!(%error, "the search index could not be built");
                self.not_before = Some(Instant::now() + RETRY);
                for asker in self.waiting.drain(..) {
                    tell(asker, Err(Error::NotBuilt { reason: error.to_string() }));
                }
            }
        }
        Ok(())
    }

    /// Between two steps: what the old one has heard, the new one knows before it serves.
    async fn take_over(&mut self, mut filled: Filled) -> Result<u64, Error> {
        filled.catch_up(&self.index, &self.sources).await?;
        let products = filled.products();
        let languages = filled.languages().clone();
        let old = self.watermark().map(|old| old.consumer);
        filled.finish(&self.sources).await?;
        self.known.set_languages(languages);
        self.session = None;
        for consumer in old.into_iter().chain(self.gone.take()) {
            reindex::forget(&self.sources, &consumer).await;
        }
        Ok(products)
    }
}
