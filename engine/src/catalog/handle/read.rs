//! Reads: for admins whatever there is, for public pages only what is for sale.

use diesel_async::AsyncPgConnection;

use crate::id::{BrandId, CategoryId, LocationId, ProductId, SellerId, StoreId, VariantId};
use crate::money::Currency;

use super::super::brand::Brand;
use super::super::category::Category;
use super::super::error::{Error, Thing};
use super::super::listing::{CategoryDetail, CategoryNode, ProductDetail, tree};
use super::super::location::Location;
use super::super::name::{Code, Sku, Slug};
use super::super::page;
use super::super::product::{Product, ProductStatus};
use super::super::shipping::Shipping;
use super::super::store;
use super::super::tax::TaxClass;
use super::super::variant::Variant;
use super::Catalog;

impl Catalog {
    pub async fn category(&self, store: StoreId, id: CategoryId) -> Result<Category, Error> {
        self.read(move |connection| {
            Box::pin(async move { found(store::category(connection, store, id).await?, Thing::Category) })
        })
        .await
    }

    /// By id, those after `after`, archived ones too.
    pub async fn categories_after(
        &self,
        store: StoreId,
        after: Option<CategoryId>,
        limit: i64,
    ) -> Result<Vec<Category>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::categories_after(connection, store, after, limit).await?) })
        })
        .await
    }

    /// All categories that are not archived, as a tree.
    pub async fn category_tree(&self, store: StoreId) -> Result<Vec<CategoryNode>, Error> {
        self.read(move |connection| Box::pin(async move { Ok(tree(store::categories(connection, store).await?)) }))
            .await
    }

    /// A public category page: absent when it or an ancestor is archived.
    pub async fn category_detail(&self, store: StoreId, slug: &Slug) -> Result<CategoryDetail, Error> {
        let slug = slug.clone();
        self.read(move |connection| Box::pin(async move { page::category_detail(connection, store, &slug).await }))
            .await
    }

    pub async fn brand(&self, store: StoreId, id: BrandId) -> Result<Brand, Error> {
        self.read(move |connection| {
            Box::pin(async move { found(store::brand(connection, store, id).await?, Thing::Brand) })
        })
        .await
    }

    /// By id, those after `after`, archived ones too.
    pub async fn brands_after(&self, store: StoreId, after: Option<BrandId>, limit: i64) -> Result<Vec<Brand>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::brands_after(connection, store, after, limit).await?) })
        })
        .await
    }

    /// The brands that are not archived, by name.
    pub async fn live_brands(&self, store: StoreId) -> Result<Vec<Brand>, Error> {
        self.read(move |connection| Box::pin(async move { Ok(store::live_brands(connection, store).await?) })).await
    }

    /// For admins: in whatever state.
    pub async fn product(&self, store: StoreId, id: ProductId) -> Result<ProductDetail, Error> {
        self.read(move |connection| {
            Box::pin(async move {
                let product = found(store::product(connection, store, id).await?, Thing::Product)?;
                one_detail(connection, product).await
            })
        })
        .await
    }

    /// A seller's own, in whatever state; another's is not there.
    pub async fn product_of_seller(
        &self,
        store: StoreId,
        seller: SellerId,
        id: ProductId,
    ) -> Result<ProductDetail, Error> {
        let detail = self.product(store, id).await?;
        if detail.product.seller_id == Some(seller) { Ok(detail) } else { Err(Error::NotFound(Thing::Product)) }
    }

    /// A seller's, by id, those after `after`, in whatever state.
    pub async fn products_of_seller_after(
        &self,
        store: StoreId,
        seller: SellerId,
        after: Option<ProductId>,
        limit: i64,
    ) -> Result<Vec<Product>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::products_of_seller_after(connection, store, seller, after, limit).await?) })
        })
        .await
    }

    /// By id, those after `after`; only those in `status`, if one is given.
    pub async fn products_after(
        &self,
        store: StoreId,
        status: Option<ProductStatus>,
        after: Option<ProductId>,
        limit: i64,
    ) -> Result<Vec<Product>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::products_after(connection, store, status, after, limit).await?) })
        })
        .await
    }

    /// A public product page: absent unless it is active.
    pub async fn product_detail(&self, store: StoreId, slug: &Slug) -> Result<ProductDetail, Error> {
        let slug = slug.clone();
        self.read(move |connection| {
            Box::pin(async move {
                let product = store::product_by_slug(connection, store, slug.as_str()).await?;
                let product = product.filter(|product| product.status == ProductStatus::Active);
                one_detail(connection, found(product, Thing::Product)?).await
            })
        })
        .await
    }

    /// Whole products of these ids, in the order of their ids, in whatever state; those that are not there are left out.
    pub async fn product_details(&self, store: StoreId, ids: Vec<ProductId>) -> Result<Vec<ProductDetail>, Error> {
        self.read(move |connection| {
            Box::pin(async move {
                let products = store::products_by_ids(connection, store, &ids).await?;
                page::details(connection, products).await
            })
        })
        .await
    }

    /// A page of all products of a store, whole, in the order of their ids: what an index is rebuilt from.
    pub async fn product_page_after(
        &self,
        store: StoreId,
        after: Option<ProductId>,
        limit: i64,
    ) -> Result<Vec<ProductDetail>, Error> {
        self.read(move |connection| {
            Box::pin(async move { page::product_page_after(connection, store, after, limit).await })
        })
        .await
    }

    /// The products in these categories (and below them) and of these brands, by id, those after `after`.
    pub async fn product_ids_of(
        &self,
        categories: Vec<CategoryId>,
        brands: Vec<BrandId>,
        after: Option<ProductId>,
        limit: i64,
    ) -> Result<Vec<ProductId>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::product_ids_of(connection, &categories, &brands, after, limit).await?) })
        })
        .await
    }

    pub async fn variant(&self, store: StoreId, id: VariantId) -> Result<Variant, Error> {
        self.read(move |connection| {
            Box::pin(async move { found(store::variant(connection, store, id).await?, Thing::Variant) })
        })
        .await
    }

    pub async fn variant_by_sku(&self, store: StoreId, sku: &Sku) -> Result<Variant, Error> {
        let sku = sku.clone();
        self.read(move |connection| {
            Box::pin(
                async move { found(store::variant_by_sku(connection, store, sku.as_str()).await?, Thing::Variant) },
            )
        })
        .await
    }

    /// What the store sells in.
    pub async fn currency(&self, store: StoreId) -> Result<Currency, Error> {
        self.read(move |connection| Box::pin(async move { Ok(store::currency(connection, store).await?) })).await
    }

    pub async fn shipping(&self, store: StoreId) -> Result<Shipping, Error> {
        self.read(move |connection| Box::pin(async move { Ok(store::shipping(connection, store).await?) })).await
    }

    pub async fn tax_class(&self, store: StoreId, code: Code) -> Result<TaxClass, Error> {
        self.read(move |connection| {
            Box::pin(async move { found(store::tax_class(connection, store, &code).await?, Thing::TaxClass) })
        })
        .await
    }

    /// By code, those after `after`, archived ones too.
    pub async fn tax_classes_after(
        &self,
        store: StoreId,
        after: Option<Code>,
        limit: i64,
    ) -> Result<Vec<TaxClass>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::tax_classes_after(connection, store, after.as_ref(), limit).await?) })
        })
        .await
    }

    pub async fn location(&self, store: StoreId, id: LocationId) -> Result<Location, Error> {
        self.read(move |connection| {
            Box::pin(async move { found(store::location(connection, store, id).await?, Thing::Location) })
        })
        .await
    }

    /// By id, those after `after`, archived ones too.
    pub async fn locations_after(
        &self,
        store: StoreId,
        after: Option<LocationId>,
        limit: i64,
    ) -> Result<Vec<Location>, Error> {
        self.read(move |connection| {
            Box::pin(async move { Ok(store::locations_after(connection, store, after, limit).await?) })
        })
        .await
    }
}

fn found<T>(thing: Option<T>, what: Thing) -> Result<T, Error> {
    thing.ok_or(Error::NotFound(what))
}

async fn one_detail(connection: &mut AsyncPgConnection, product: Product) -> Result<ProductDetail, Error> {
    let mut details = page::details(connection, vec![product]).await?;
    Ok(details.pop().expect("one detail for one product"))
}
