//! Create, change, archive, restore: each for the four things of the catalogue.
//!
//! `expected` is the version that the caller saw; another one now is `Error::VersionConflict`. None: whatever is there.

use crate::id::{BrandId, CategoryId, ProductId, StoreId, VariantId};

use super::super::brand::{Brand, BrandDraft, BrandPatch};
use super::super::category::{Category, CategoryDraft, CategoryPatch};
use super::super::change::{brand, category, product, variant};
use super::super::error::Error;
use super::super::product::{Product, ProductDraft, ProductPatch};
use super::super::variant::{Variant, VariantDraft, VariantPatch};
use super::Catalog;

impl Catalog {
    pub async fn create_category(&self, store: StoreId, draft: CategoryDraft) -> Result<Category, Error> {
        self.write(store, move |writing| Box::pin(category::create(writing, draft))).await
    }

    pub async fn change_category(
        &self,
        store: StoreId,
        id: CategoryId,
        expected: impl Into<Option<i64>>,
        patch: CategoryPatch,
    ) -> Result<Category, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(category::change(writing, id, expected, patch))).await
    }

    pub async fn archive_category(
        &self,
        store: StoreId,
        id: CategoryId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Category, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(category::archive(writing, id, expected))).await
    }

    pub async fn restore_category(
        &self,
        store: StoreId,
        id: CategoryId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Category, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(category::restore(writing, id, expected))).await
    }

    pub async fn create_brand(&self, store: StoreId, draft: BrandDraft) -> Result<Brand, Error> {
        self.write(store, move |writing| Box::pin(brand::create(writing, draft))).await
    }

    pub async fn change_brand(
        &self,
        store: StoreId,
        id: BrandId,
        expected: impl Into<Option<i64>>,
        patch: BrandPatch,
    ) -> Result<Brand, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(brand::change(writing, id, expected, patch))).await
    }

    pub async fn archive_brand(
        &self,
        store: StoreId,
        id: BrandId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Brand, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(brand::archive(writing, id, expected))).await
    }

    pub async fn restore_brand(
        &self,
        store: StoreId,
        id: BrandId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Brand, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(brand::restore(writing, id, expected))).await
    }

    /// The product and the variants that came with it.
    pub async fn create_product(&self, store: StoreId, draft: ProductDraft) -> Result<(Product, Vec<Variant>), Error> {
        self.write(store, move |writing| Box::pin(product::create(writing, draft, None))).await
    }

    pub async fn change_product(
        &self,
        store: StoreId,
        id: ProductId,
        expected: impl Into<Option<i64>>,
        patch: ProductPatch,
    ) -> Result<Product, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(product::change(writing, id, expected, patch))).await
    }

    pub async fn archive_product(
        &self,
        store: StoreId,
        id: ProductId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Product, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(product::archive(writing, id, expected))).await
    }

    pub async fn create_variant(
        &self,
        store: StoreId,
        product: ProductId,
        draft: VariantDraft,
    ) -> Result<Variant, Error> {
        self.write(store, move |writing| Box::pin(variant::create(writing, product, draft))).await
    }

    pub async fn change_variant(
        &self,
        store: StoreId,
        id: VariantId,
        expected: impl Into<Option<i64>>,
        patch: VariantPatch,
    ) -> Result<Variant, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(variant::change(writing, id, expected, patch))).await
    }

    pub async fn archive_variant(
        &self,
        store: StoreId,
        id: VariantId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Variant, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(variant::archive(writing, id, expected))).await
    }

    pub async fn restore_variant(
        &self,
        store: StoreId,
        id: VariantId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Variant, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(variant::restore(writing, id, expected))).await
    }
}
