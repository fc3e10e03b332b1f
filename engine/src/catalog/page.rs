//! Puts the read models together: a few queries for a whole page of products, never one per product.

use std::collections::{BTreeSet, HashMap};

use diesel_async::AsyncPgConnection;

use crate::id::{BrandId, CategoryId, ProductId, StoreId};

use super::attribute::effective;
use super::brand::Brand;
use super::category::Category;
use super::error::{Error, Thing};
use super::listing::{CategoryDetail, ProductDetail};
use super::name::Slug;
use super::product::Product;
use super::store;
use super::variant::Variant;

/// A page of all products of a store in the order of their ids, for whoever reads the whole catalogue: the last id is
/// where the next page begins.
pub async fn product_page_after(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    after: Option<ProductId>,
    limit: i64,
) -> Result<Vec<ProductDetail>, Error> {
    let products = store::products_after(connection, store, None, after, limit).await?;
    details(connection, products).await
}

/// `products` with all that belongs to them, in their order.
pub(super) async fn details(
    connection: &mut AsyncPgConnection,
    products: Vec<Product>,
) -> Result<Vec<ProductDetail>, Error> {
    let ids: Vec<ProductId> = products.iter().map(|product| product.id).collect();
    let mut variants: HashMap<ProductId, Vec<Variant>> = HashMap::new();
    for variant in store::variants_of(connection, &ids).await? {
        variants.entry(variant.product_id).or_default().push(variant);
    }
    let brands = brands_of(connection, &products).await?;
    let categories = categories_of(connection, &products).await?;
    Ok(products
        .into_iter()
        .map(|product| ProductDetail {
            brand: product.brand_id.and_then(|id| brands.get(&id).cloned()),
            categories: product.category_id.and_then(|id| categories.get(&id).cloned()).unwrap_or_default(),
            variants: variants.remove(&product.id).unwrap_or_default(),
            product,
        })
        .collect())
}

async fn brands_of(connection: &mut AsyncPgConnection, products: &[Product]) -> Result<HashMap<BrandId, Brand>, Error> {
    let ids: BTreeSet<BrandId> = products.iter().filter_map(|product| product.brand_id).collect();
    let ids: Vec<BrandId> = ids.into_iter().collect();
    let brands = store::brands_by_ids(connection, &ids).await?;
    Ok(brands.into_iter().map(|brand| (brand.id, brand)).collect())
}

/// By category, the way from the root to it.
async fn categories_of(
    connection: &mut AsyncPgConnection,
    products: &[Product],
) -> Result<HashMap<CategoryId, Vec<Category>>, Error> {
    let ids: BTreeSet<CategoryId> = products.iter().filter_map(|product| product.category_id).collect();
    let ids: Vec<CategoryId> = ids.into_iter().collect();
    let own = store::categories_by_ids(connection, &ids).await?;
    let Some(store) = own.first().map(|category| category.store_id) else { return Ok(HashMap::new()) };
    let paths: BTreeSet<&str> = own.iter().flat_map(|category| Category::paths(&category.path)).collect();
    let paths: Vec<&str> = paths.into_iter().collect();
    let all = store::categories_at(connection, store, &paths).await?;
    let by_path: HashMap<&str, &Category> = all.iter().map(|category| (category.path.as_str(), category)).collect();
    Ok(own
        .iter()
        .map(|category| {
            let way = Category::paths(&category.path);
            (category.id, way.into_iter().filter_map(|path| by_path.get(path).copied().cloned()).collect())
        })
        .collect())
}

pub(super) async fn category_detail(
    connection: &mut AsyncPgConnection,
    store: StoreId,
    slug: &Slug,
) -> Result<CategoryDetail, Error> {
    let category = store::category_by_slug(connection, store, slug.as_str()).await?;
    let category = category.ok_or(Error::NotFound(Thing::Category))?;
    let mut way = store::categories_at(connection, store, &Category::paths(&category.path)).await?;
    if way.iter().any(|category| category.archived_at.is_some()) {
        return Err(Error::NotFound(Thing::Category));
    }
    let attributes = effective(way.iter().map(|category| category.attributes.clone()));
    way.pop();
    let children = store::children_of(connection, category.id).await?;
    Ok(CategoryDetail { category, ancestors: way, children, attributes })
}
