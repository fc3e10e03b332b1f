//! What is made once for a key.

use futures_util::future::BoxFuture;

use crate::id::{ProductId, SellerId, StoreId};
use crate::idempotency::{self, CREATED, Keyed, Made};

use super::super::brand::{Brand, BrandDraft};
use super::super::category::{Category, CategoryDraft};
use super::super::change::{Writing, brand, category, location, product, tax_class, variant};
use super::super::error::Error;
use super::super::location::{Location, LocationDraft};
use super::super::product::{Product, ProductDraft};
use super::super::tax::{TaxClass, TaxClassDraft};
use super::super::variant::{Variant, VariantDraft};
use super::Catalog;

impl Catalog {
    pub async fn make_brand(
        &self,
        store: StoreId,
        draft: BrandDraft,
        keyed: Option<Keyed<Brand>>,
    ) -> Result<Made<Brand>, Error> {
        self.make(store, keyed, move |writing| Box::pin(brand::create(writing, draft))).await
    }

    pub async fn make_category(
        &self,
        store: StoreId,
        draft: CategoryDraft,
        keyed: Option<Keyed<Category>>,
    ) -> Result<Made<Category>, Error> {
        self.make(store, keyed, move |writing| Box::pin(category::create(writing, draft))).await
    }

    pub async fn make_product(
        &self,
        store: StoreId,
        draft: ProductDraft,
        keyed: Option<Keyed<(Product, Vec<Variant>)>>,
    ) -> Result<Made<(Product, Vec<Variant>)>, Error> {
        self.make(store, keyed, move |writing| Box::pin(product::create(writing, draft, None))).await
    }

    /// The same for a seller, whose it is from then on.
    pub async fn make_product_of_seller(
        &self,
        store: StoreId,
        seller: SellerId,
        draft: ProductDraft,
        keyed: Option<Keyed<(Product, Vec<Variant>)>>,
    ) -> Result<Made<(Product, Vec<Variant>)>, Error> {
        self.make(store, keyed, move |writing| Box::pin(product::create(writing, draft, Some(seller)))).await
    }

    pub async fn make_variant(
        &self,
        store: StoreId,
        product: ProductId,
        draft: VariantDraft,
        keyed: Option<Keyed<Variant>>,
    ) -> Result<Made<Variant>, Error> {
        self.make(store, keyed, move |writing| Box::pin(variant::create(writing, product, draft))).await
    }

    pub async fn make_location(
        &self,
        store: StoreId,
        draft: LocationDraft,
        keyed: Option<Keyed<Location>>,
    ) -> Result<Made<Location>, Error> {
        self.make(store, keyed, move |writing| Box::pin(location::create(writing, draft))).await
    }

    pub async fn make_tax_class(
        &self,
        store: StoreId,
        draft: TaxClassDraft,
        keyed: Option<Keyed<TaxClass>>,
    ) -> Result<Made<TaxClass>, Error> {
        self.make(store, keyed, move |writing| Box::pin(tax_class::create(writing, draft))).await
    }

    async fn make<T, W>(&self, store: StoreId, keyed: Option<Keyed<T>>, work: W) -> Result<Made<T>, Error>
    where
        T: Send + Sync + 'static,
        W: for<'w, 'c> FnOnce(&'w mut Writing<'c>) -> BoxFuture<'w, Result<T, Error>> + Send + 'static,
    {
        let Some(Keyed { call, answer }) = keyed else { return self.write(store, work).await.map(Made::Now) };
        let claim = idempotency::claim(&self.claims, &call, self.clock.now())?;
        let made = self
            .write(store, move |writing| {
                Box::pin(async move {
                    let before = idempotency::answered_in_op::<Error>(writing.connection, &call, writing.now).await?;
                    if let Some(before) = before {
                        return Ok(Made::Before(before));
                    }
                    let thing = work(writing).await?;
                    idempotency::answer_in_op(writing.connection, &call, CREATED, answer(&thing)).await?;
                    Ok(Made::Now(thing))
                })
            })
            .await?;
        if let Some(claim) = claim {
            claim.end(());
        }
        Ok(made)
    }
}
