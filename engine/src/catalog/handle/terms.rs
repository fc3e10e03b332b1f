//! Create, change, archive, restore: locations and tax classes; and the change of shipping.

use crate::id::{LocationId, StoreId};

use super::super::change::{location, shipping, tax_class};
use super::super::error::Error;
use super::super::location::{Location, LocationDraft, LocationPatch};
use super::super::name::Code;
use super::super::shipping::{Shipping, ShippingPatch};
use super::super::tax::{TaxClass, TaxClassDraft, TaxClassPatch};
use super::Catalog;

impl Catalog {
    pub async fn create_location(&self, store: StoreId, draft: LocationDraft) -> Result<Location, Error> {
        self.write(store, move |writing| Box::pin(location::create(writing, draft))).await
    }

    pub async fn change_location(
        &self,
        store: StoreId,
        id: LocationId,
        expected: impl Into<Option<i64>>,
        patch: LocationPatch,
    ) -> Result<Location, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(location::change(writing, id, expected, patch))).await
    }

    pub async fn archive_location(
        &self,
        store: StoreId,
        id: LocationId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Location, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(location::archive(writing, id, expected))).await
    }

    pub async fn restore_location(
        &self,
        store: StoreId,
        id: LocationId,
        expected: impl Into<Option<i64>>,
    ) -> Result<Location, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(location::restore(writing, id, expected))).await
    }

    pub async fn create_tax_class(&self, store: StoreId, draft: TaxClassDraft) -> Result<TaxClass, Error> {
        self.write(store, move |writing| Box::pin(tax_class::create(writing, draft))).await
    }

    pub async fn change_tax_class(
        &self,
        store: StoreId,
        code: Code,
        expected: impl Into<Option<i64>>,
        patch: TaxClassPatch,
    ) -> Result<TaxClass, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(tax_class::change(writing, code, expected, patch))).await
    }

    pub async fn archive_tax_class(
        &self,
        store: StoreId,
        code: Code,
        expected: impl Into<Option<i64>>,
    ) -> Result<TaxClass, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(tax_class::archive(writing, code, expected))).await
    }

    pub async fn restore_tax_class(
        &self,
        store: StoreId,
        code: Code,
        expected: impl Into<Option<i64>>,
    ) -> Result<TaxClass, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(tax_class::restore(writing, code, expected))).await
    }

    /// What is quoted after this returned is quoted by it.
    pub async fn change_shipping(
        &self,
        store: StoreId,
        expected: impl Into<Option<i64>>,
        patch: ShippingPatch,
    ) -> Result<Shipping, Error> {
        let expected = expected.into();
        self.write(store, move |writing| Box::pin(shipping::change(writing, expected, patch))).await
    }
}
