//! The catalogue over PostgreSQL: what is written is read back, what is wrong is told by its field, what changed is heard.

mod category;
mod hearing;
mod product;

use chrono::TimeDelta;
use engine::catalog::{
    AttributeDefinition, AttributeKind, AttributeValue, Attributes, Brand, BrandDraft, BrandPatch, Cached, Catalog,
    Category, CategoryDraft, CategoryNode, CategoryPatch, Changed, Code, Error, Media, PriceNow, ProductDraft,
    ProductPatch, ProductStatus, PurchaseLimit, SaleDraft, Sku, Slug, VariantDraft, VariantPatch,
};
use engine::clock::Clock;
use engine::error::{Coded, ErrorCode};
use engine::id::{ProductId, StoreId, VariantId};
use engine::money::{Currency, Money};
use engine::postgres::schema::outbox;
use uuid::Uuid;

use crate::fixture::Fixture;

const STORE: StoreId = StoreId::MAIN;

struct Shop {
    catalog: Catalog,
    fixture: Fixture,
}

impl Shop {
    fn new() -> Self {
        let fixture = Fixture::new();
        let catalog = Catalog::new(fixture.database.clone(), fixture.clock.clone(), fixture.ids.clone());
        Self { catalog, fixture }
    }

    fn category(&self, name: &str, parent: Option<&Category>) -> Category {
        let parent = parent.map(|parent| parent.slug.to_string());
        let draft = CategoryDraft { name: name.to_owned(), parent, ..CategoryDraft::default() };
        self.fixture.block_on(self.catalog.create_category(STORE, draft)).expect("a category")
    }

    fn brand(&self, name: &str) -> Brand {
        let draft = BrandDraft { name: name.to_owned(), slug: None };
        self.fixture.block_on(self.catalog.create_brand(STORE, draft)).expect("a brand")
    }

    fn category_of(&self, category: &Category) -> Category {
        self.fixture.block_on(self.catalog.category(STORE, category.id)).expect("a category")
    }

    /// An active product with one variant.
    fn product(&self, title: &str, sku: &str) -> (engine::catalog::Product, engine::catalog::Variant) {
        let draft = ProductDraft {
            title: title.to_owned(),
            status: ProductStatus::Active,
            variants: vec![VariantDraft::new(sku, inr(900))],
            ..ProductDraft::default()
        };
        let (product, mut variants) =
            self.fixture.block_on(self.catalog.create_product(STORE, draft)).expect("a product");
        (product, variants.pop().expect("its variant"))
    }

    /// What the outbox says since the last time.
    fn heard(&self) -> Vec<Changed> {
        use diesel::prelude::*;
        use diesel_async::RunQueryDsl;
        self.fixture.block_on(async {
            let mut connection = self.fixture.database.connection().await.expect("a connection");
            let rows: Vec<serde_json::Value> = diesel::delete(outbox::table.filter(outbox::topic.eq("catalog")))
                .returning(outbox::payload)
                .get_results(&mut connection)
                .await
                .expect("rows");
            rows.into_iter().map(|row| serde_json::from_value(row).expect("a payload")).collect()
        })
    }
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR)
}

fn sku(text: &str) -> Sku {
    Sku::parse(text).expect("a SKU")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// The wrong fields as `pointer code`.
fn wrong<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(errors)) => errors.iter().map(|error| format!("{} {}", error.pointer, error.code)).collect(),
        other => panic!("not a matter of fields: {other:?}"),
    }
}
