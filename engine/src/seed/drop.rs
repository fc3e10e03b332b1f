//! The flash sale of the demo: one product, a hundred units, one for each buyer, opening soon after the start.

use chrono::TimeDelta;

use crate::audit::Subject;
use crate::catalog::{
    Bulk, BulkOutcome, BulkRow, Catalog, ProductPatch, ProductStatus, PurchaseLimit, Sku, VariantPatch,
};
use crate::clock::Timestamp;
use crate::id::StoreId;
use crate::money::Money;
use crate::transfer::{StockCount, StockDesk};

use super::SeedError;

/// A demo sale that is about to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSale {
    pub sku: Sku,
    pub opens_at: Timestamp,
    pub units: i64,
}

const SKU: &str = "DROP-AURORA";
const UNITS: i64 = 100;
const OPENS_AFTER: TimeDelta = TimeDelta::seconds(60);

/// Arms the sale: it opens a minute after `now` with a hundred units to sell, whatever an earlier one left behind. What
/// is promised to orders of an earlier sale stays promised.
pub async fn arm(
    catalog: &Catalog,
    stock: &dyn StockDesk,
    store: StoreId,
    now: Timestamp,
) -> Result<DemoSale, SeedError> {
    let currency = catalog.currency(store).await?;
    let opens_at = now + OPENS_AFTER;
    let row = BulkRow {
        key: Some("aurora-handheld".to_owned()),
        product: ProductPatch {
            title: Some("Aurora Handheld Console, first batch".to_owned()),
            description: Some(
                "A handheld console in a run of one hundred. One for each buyer, while they last.\n\
                 This is the demo's flash sale: it opens a minute after the server starts."
                    .to_owned(),
            ),
            status: Some(ProductStatus::Active),
            tags: Some(vec!["flash sale".to_owned(), "limited".to_owned()]),
            ..ProductPatch::default()
        },
        brand: Some(Some("Zentra".to_owned())),
        category: Some(Some(vec!["Electronics".to_owned(), "Gaming".to_owned()])),
        sku: Some(SKU.to_owned()),
        variant: VariantPatch {
            price: Some(Money::new(1_499_900, currency)),
            mrp: Some(Some(Money::new(2_999_900, currency))),
            weight_grams: Some(640),
            purchase_limit: Some(Some(PurchaseLimit { max: 1, window_s: None })),
            on_sale_from: Some(Some(opens_at)),
            ..VariantPatch::default()
        },
    };
    let mut bulk = Bulk::new(catalog.clone(), store);
    let variant = match bulk.write(vec![row]).await?.pop() {
        Some(BulkOutcome::Accepted { variant: Some((variant, _)), .. }) => variant,
        Some(BulkOutcome::Rejected(errors)) => return Err(SeedError::Refused(errors)),
        Some(BulkOutcome::Accepted { variant: None, .. }) | None => {
            unreachable!("one row with a SKU, one outcome with it")
        }
    };
    let levels = stock.levels(store, vec![variant]).await.map_err(SeedError::Stock)?;
    let promised = levels.iter().filter(|level| level.location.is_none()).map(|level| level.reserved).sum::<i64>();
    let count = StockCount { variant, location: None, on_hand: promised + UNITS };
    for answer in stock.set(store, Subject::new("import", bulk.run()), vec![count]).await {
        answer.map_err(SeedError::Stock)?;
    }
    Ok(DemoSale { sku: Sku::parse(SKU).expect("a SKU"), opens_at, units: UNITS })
}
