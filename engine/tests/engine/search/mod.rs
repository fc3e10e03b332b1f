//! The search over PostgreSQL: what the catalogue and the stock become is found, whatever happened to the index meanwhile.

mod following;
mod fresh;
mod killed;
mod meaning;
mod rebuilding;
mod signals;
mod tuning;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Attributes, AvailabilityPolicy, BrandDraft, BrandPatch,
    Catalog, CategoryDraft, CategoryPatch, Product, ProductDraft, ProductPatch, ProductStatus, SaleDraft, Variant,
    VariantDraft, VariantPatch,
};
use engine::clock::Clock;
use engine::id::{LocationId, StoreId};
use engine::money::{Currency, Money};
use engine::search::{
    Availability, Comparison, Embedder, Filters, Indexer, Pace, Progress, Query, Reindexed, Results, Search, Settings,
    Sort, Sources, Step, compare, reindex,
};
use search_index::Index;
use tempfile::TempDir;

use crate::fixture::Fixture;
use crate::shop;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    catalog: Catalog,
    /// None: nobody says what products mean.
    embedder: Option<Arc<dyn Embedder>>,
    dir: TempDir,
    fixture: Fixture,
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { catalog, embedder: None, dir: tempfile::tempdir().expect("a directory"), fixture }
    }

    fn sources(&self) -> Sources {
        let sources = Sources::new(
            self.fixture.database.clone(),
            self.catalog.clone(),
            Arc::clone(&self.fixture.clock) as Arc<dyn Clock>,
        );
        match &self.embedder {
            Some(embedder) => sources.meaning(Arc::clone(embedder)),
            None => sources,
        }
    }

    fn product(&self, draft: ProductDraft) -> (Product, Vec<Variant>) {
        let draft = ProductDraft { status: ProductStatus::Active, ..draft };
        self.fixture.block_on(self.catalog.create_product(STORE, draft)).expect("a product")
    }

    fn change(&self, product: &Product, patch: ProductPatch) -> Product {
        let changed = self.catalog.change_product(STORE, product.id, product.version, patch);
        self.fixture.block_on(changed).expect("a change")
    }

    /// What the journal does to stock, as far as the search hears of it.
    fn stock(&self, variant: &Variant, on_hand: i64, reserved: i64) {
        let (variant, location, store) = (variant.id, LocationId::MAIN, STORE.uuid());
        self.fixture.own.sql(format!(
            "begin;
             insert into stock_levels (variant_id, location_id, store_id, on_hand, reserved, seq)
             values ('{0}', '{1}', '{store}', {on_hand}, {reserved}, 1)
             on conflict (variant_id, location_id)
             do update set on_hand = excluded.on_hand, reserved = excluded.reserved, seq = stock_levels.seq + 1;
             insert into outbox (store_id, topic, payload) values ('{store}', 'stock',
                 '[{{\"variant\": \"{variant}\", \"location\": \"{location}\", \"sellable\": 0, \"seq\": 1}}]');
             commit",
            variant.uuid(),
            location.uuid(),
        ));
    }
}

/// An indexer that moves when told, and the index it keeps.
struct Kept<'a> {
    shop: &'a Shop,
    index: Index,
    indexer: Indexer,
}

impl<'a> Kept<'a> {
    fn open(shop: &'a Shop) -> Self {
        Self::open_in(shop, shop.dir.path())
    }

    fn open_in(shop: &'a Shop, dir: &Path) -> Self {
        let index = Index::open(dir).expect("a directory of our own");
        let patient = Settings { commit_interval: Duration::from_millis(300), ..settings(dir) };
        let indexer = Indexer::new(index.clone(), shop.sources(), patient);
        Self { shop, index, indexer }
    }

    /// Hears all there is to hear and commits it; waits for an index that is being made.
    fn catch_up(&mut self) {
        while self.step() == Step::Again || self.indexer.is_building() || self.indexer.owes_rebuild() {}
        self.shop.fixture.block_on(self.indexer.flush()).expect("a commit");
    }

    fn compared(&self) -> Comparison {
        self.shop.fixture.block_on(compare(&self.index, &self.shop.sources())).expect("a comparison")
    }

    fn step(&mut self) -> Step {
        self.shop.fixture.let_outbox_settle();
        self.shop.fixture.block_on(self.indexer.step()).expect("a step")
    }

    fn find(&self, query: Query) -> search_index::Page {
        self.index.search(&Query { store: STORE.to_string(), ..query }).expect("an answer")
    }

    fn titles(&self, text: &str) -> Vec<String> {
        let sort = vec![Sort::TitleAscending];
        let page = self.find(Query { text: text.to_owned(), sort, ..Query::default() });
        let title = |hit: &search_index::Hit| {
            let card: engine::search::Card = serde_json::from_str(&hit.stored).expect("a card");
            card.title
        };
        page.hits.iter().map(title).collect()
    }

    fn availability(&self, text: &str) -> Availability {
        self.find(Query { text: text.to_owned(), ..Query::default() }).hits[0].availability
    }

    fn price(&self, text: &str) -> i64 {
        let page = self.find(Query { text: text.to_owned(), ..Query::default() });
        let card: engine::search::Card = serde_json::from_str(&page.hits[0].stored).expect("a card");
        card.price_minor
    }

    /// What travelled with its last commit.
    fn watermark(&self) -> serde_json::Value {
        let search_index::Status::Ready { watermark: Some(watermark), .. } = self.index.status() else {
            panic!("it is not built");
        };
        serde_json::from_str(&watermark).expect("a watermark")
    }

    /// Under which the outbox knows it.
    fn consumer(&self) -> String {
        self.watermark()["consumer"].as_str().expect("a name").to_owned()
    }

    fn generation(&self) -> u64 {
        match self.index.status() {
            search_index::Status::Ready { generation, .. } => generation,
            search_index::Status::NeedsRebuild(reason) => panic!("{reason}"),
        }
    }
}

/// Of a search that hears of everything at once.
fn settings(dir: &Path) -> Settings {
    Settings {
        dir: dir.to_owned(),
        commit_interval: Duration::ZERO,
        writer_memory_bytes: 16 << 20,
        rebuild: Pace { memory_bytes: 16 << 20, ..Pace::default() },
        poll_interval: Duration::from_millis(5),
        popularity_interval: Duration::from_secs(3600),
        meaning_interval: Duration::from_secs(3600),
        meaning_patience: Duration::from_secs(5),
    }
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR)
}

fn titled(title: &str, sku: &str) -> ProductDraft {
    ProductDraft {
        title: title.to_owned(),
        variants: vec![VariantDraft::new(sku, inr(90_000))],
        ..ProductDraft::default()
    }
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::Text(value.to_owned())
}
