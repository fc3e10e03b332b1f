//! What the index is made from.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use search_index::{Availability, Embedding, Language, ProductDocument};
use tokio::runtime::Handle as Runtime;
use tokio::task::JoinHandle;

use crate::catalog::{Catalog, ProductDetail};
use crate::clock::{Clock, Timestamp};
use crate::id::{ProductId, StoreId, VariantId};
use crate::outbox::Outbox;
use crate::postgres::Database;

use super::error::Error;
use super::meaning::{Embedder, embeddings_of_products};
use super::projection::{self, Signals};
use super::store::{self, Stock};

/// Cheap to clone.
#[derive(Clone)]
pub struct Sources {
    pub(super) database: Database,
    pub(super) catalog: Catalog,
    pub(super) outbox: Outbox,
    pub(super) clock: Arc<dyn Clock>,
    /// None: nobody says what products mean.
    pub(super) embedder: Option<Arc<dyn Embedder>>,
}

/// Products as they were read, to be made into documents by whoever wants them.
#[derive(Default)]
pub(super) struct Read {
    details: Vec<ProductDetail>,
    stock: HashMap<ProductId, Stock>,
    signals: HashMap<ProductId, Signals>,
    embeddings: HashMap<ProductId, Embedding>,
}

/// A product as the index shall have it.
pub(super) struct Projected {
    pub(super) id: ProductId,
    pub(super) version: u64,
    /// None: it shall not be found.
    pub(super) document: Option<ProductDocument>,
    /// When it changes by schedule.
    pub(super) until: Option<Timestamp>,
}

/// Rows read at once where everything is read.
const STOCK_PAGE: i64 = 5_000;

impl Sources {
    pub fn new(database: Database, catalog: Catalog, clock: Arc<dyn Clock>) -> Self {
        let outbox = Outbox::new(database.clone());
        Self { database, catalog, outbox, clock, embedder: None }
    }

    /// The same, and this model says what products and searches mean.
    #[must_use]
    pub fn meaning(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }

    /// The same over at most `size` connections of their own, living on `io`.
    pub(super) fn apart(&self, size: usize, io: Runtime) -> Self {
        let database = self.database.apart(size, io);
        let embedder = self.embedder.clone();
        Self { embedder, ..Self::new(database.clone(), self.catalog.over(database), Arc::clone(&self.clock)) }
    }

    pub(super) async fn products(
        &self,
        store: StoreId,
        ids: Vec<ProductId>,
        language: Language,
    ) -> Result<Vec<Projected>, Error> {
        let details = self.catalog.product_details(store, ids).await?;
        Ok(self.projected(self.with_signals(details).await?, language))
    }

    /// Begins to read so many of a store's products, in the order of their ids, while the caller does something else.
    pub(super) fn page_ahead(
        &self,
        store: StoreId,
        after: Option<ProductId>,
        size: usize,
    ) -> JoinHandle<Result<Read, Error>> {
        let sources = self.clone();
        self.database.io().spawn(async move {
            let details = sources.catalog.product_page_after(store, after, size as i64).await?;
            sources.with_signals(details).await
        })
    }

    /// Documents of what was read. Work for the processor alone.
    pub(super) fn projected(&self, read: Read, language: Language) -> Vec<Projected> {
        let now = self.clock.now();
        let Read { details, stock, signals, mut embeddings } = read;
        let project = |detail: ProductDetail| {
            let id = detail.product.id;
            let sellable = stock.get(&id).map_or(0, |stock| stock.sellable);
            let signals = signals.get(&id).copied().unwrap_or_default();
            let document = projection::document(&detail, sellable, signals, language, now);
            let embedding = embeddings.remove(&id);
            Projected {
                id,
                version: projection::version(&detail),
                document: document.map(|document| ProductDocument { embedding, ..document }),
                until: detail.next_boundary(now).filter(|_| detail.is_public()),
            }
        };
        details.into_iter().map(project).collect()
    }

    /// What shoppers are shown of the products that have these variants.
    pub(super) async fn availabilities_around(
        &self,
        variants: &BTreeSet<VariantId>,
    ) -> Result<Vec<(String, Availability)>, Error> {
        if variants.is_empty() {
            return Ok(Vec::new());
        }
        let variants: Vec<_> = variants.iter().copied().collect();
        let stock =
            self.database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::stock_around(&mut connection, &variants).await?)
                })
                .await?;
        Ok(availabilities(&stock))
    }

    /// Tells `hear` the availability of every product there is.
    pub(super) async fn every_availability(
        &self,
        mut hear: impl FnMut(&[(String, Availability)]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page: Vec<Stock> = self
                .database
                .run(move |mut connection| async move {
                    Ok::<_, Error>(store::stock_after(&mut connection, after, STOCK_PAGE).await?)
                })
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.product);
            hear(&availabilities(&page))?;
        }
    }

    async fn with_signals(&self, details: Vec<ProductDetail>) -> Result<Read, Error> {
        if details.is_empty() {
            return Ok(Read::default());
        }
        let ids: Vec<ProductId> = details.iter().map(|detail| detail.product.id).collect();
        let model = self.embedder.as_ref().map(|embedder| embedder.model().to_owned());
        let (stock, signals, embeddings) = self
            .database
            .run(move |mut connection| async move {
                let stock = store::stock_of_products(&mut connection, &ids).await?;
                let signals = store::signals_of_products(&mut connection, &ids).await?;
                let embeddings = match model {
                    Some(model) => embeddings_of_products(&mut connection, &model, &ids).await?,
                    None => HashMap::new(),
                };
                Ok::<_, Error>((stock, signals, embeddings))
            })
            .await?;
        Ok(Read { details, stock, signals, embeddings })
    }
}

impl Read {
    /// Where the next page begins; none: it was the last.
    pub(super) fn last(&self) -> Option<ProductId> {
        self.details.last().map(|detail| detail.product.id)
    }

    pub(super) fn len(&self) -> usize {
        self.details.len()
    }
}

fn availabilities(stock: &[Stock]) -> Vec<(String, Availability)> {
    let told = |stock: &Stock| (stock.product.to_string(), projection::availability(stock.policy, stock.sellable));
    stock.iter().map(told).collect()
}
