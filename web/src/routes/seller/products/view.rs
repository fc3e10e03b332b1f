//! A product as its seller sees it: as the shop does, at the seller's own address.

use engine::catalog::{Product, ProductDetail, Variant};
use serde::Serialize;
use utoipa::ToSchema;

use crate::routes::admin::ProductView;
use crate::routes::admin::thing::Thing;

#[derive(Serialize, ToSchema)]
#[serde(transparent)]
#[schema(as = SellerProduct)]
pub(super) struct OwnView(ProductView);

impl From<Product> for OwnView {
    fn from(product: Product) -> Self {
        Self(product.into())
    }
}

impl From<ProductDetail> for OwnView {
    fn from(detail: ProductDetail) -> Self {
        Self(detail.into())
    }
}

impl From<(Product, Vec<Variant>)> for OwnView {
    fn from(made: (Product, Vec<Variant>)) -> Self {
        Self(made.into())
    }
}

impl Thing for OwnView {
    const COLLECTION: &'static str = "/api/v1/seller/products";

    fn name(&self) -> String {
        self.0.name()
    }

    fn version(&self) -> i64 {
        self.0.version()
    }
}
