//! The stock of one SKU, location by location.

use actix_web::HttpResponse;
use actix_web::http::header::{ETAG, HeaderValue};
use engine::catalog::{Offer, Sku};
use engine::id::{LocationId, StoreId, VariantId};
use engine::inventory::Changed;
use engine::inventory::store::LevelRow;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::routes::checkout::IDEMPOTENT_REPLAYED;
use crate::state::State;
use crate::view::etag;

#[derive(Serialize, ToSchema)]
#[schema(as = Stock)]
pub(super) struct StockView {
    sku: String,
    #[schema(value_type = String, example = "var_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    variant_id: VariantId,
    /// Moves with every change, also with every hold.
    version: i64,
    locations: Vec<LevelView>,
    /// The changes that were made, with their numbers; the levels may have moved on since. A repeat is told the same ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StockChange)]
struct ChangeView {
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    seq: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StockLevel)]
struct LevelView {
    location: String,
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    on_hand: i64,
    /// Of it, promised to orders.
    reserved: i64,
    /// Of it, kept back.
    safety: i64,
    sellable: i64,
    /// The number of the last change.
    seq: i64,
    count_version: i64,
}

impl StockView {
    /// Reads what is durable.
    pub(super) async fn read(state: &State, sku: &Sku, variant: VariantId) -> Result<Self, ApiError> {
        let levels = state.engine.stockroom().levels(variant).await?;
        let version = levels.iter().map(|row| row.level.seq).sum();
        let locations = levels.into_iter().map(LevelView::from).collect();
        Ok(Self { sku: sku.to_string(), variant_id: variant, version, locations, changes: Vec::new() })
    }

    /// `touched`: where each of the changes was made.
    pub(super) fn after(mut self, changed: Changed, touched: Vec<LocationId>) -> HttpResponse {
        let changes = touched.into_iter().zip(changed.seqs);
        self.changes = changes.map(|(location_id, seq)| ChangeView { location_id, seq }).collect();
        let mut response = HttpResponse::Ok();
        if changed.replayed {
            response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
        }
        response.insert_header((ETAG, self.etag())).json(self)
    }

    pub(super) fn etag(&self) -> HeaderValue {
        etag(self.version)
    }
}

impl From<LevelRow> for LevelView {
    fn from(row: LevelRow) -> Self {
        let level = row.level;
        Self {
            location: row.location_code,
            location_id: row.location,
            on_hand: level.on_hand,
            reserved: level.reserved,
            safety: level.safety,
            sellable: level.sellable(),
            seq: level.seq,
            count_version: level.count_version,
        }
    }
}

/// The offer of a SKU that is known, for sale or not.
pub(super) async fn offer(state: &State, store: StoreId, sku: &Sku) -> Result<std::sync::Arc<Offer>, ApiError> {
    let offer = state.engine.offers().get_one(store, sku).await?;
    offer.ok_or_else(|| ApiError::not_found(format!("there is no SKU {sku}")))
}
