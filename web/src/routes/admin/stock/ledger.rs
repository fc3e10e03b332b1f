//! `GET /api/v1/admin/stock/{sku}/ledger`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Sku;
use engine::id::{LocationId, OrderId};
use engine::inventory::store::{self, LedgerRow};
use engine::postgres::DatabaseError;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::offer;
use crate::error::ApiError;
use crate::extract::needs::StockRead;
use crate::extract::{FromQuery, PageRequest, Parameters, Query, Segment, Staff};
use crate::state::State;
use crate::view::{Listing, rfc3339};

pub(super) struct Request {
    page: PageRequest,
    after: Option<(LocationId, i64)>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let page = PageRequest::take(parameters)?;
        let parse = |cursor: &str| {
            let (location, seq) = cursor.split_once('.')?;
            Some((location.parse().ok()?, seq.parse().ok()?))
        };
        let after = page.cursor_with(parse)?;
        Ok(Self { page, after })
    }
}

/// One line of the books.
#[derive(Serialize, ToSchema)]
#[schema(as = LedgerEntry)]
pub(super) struct EntryView {
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    /// Without gaps at each location.
    seq: i64,
    batch: i64,
    #[schema(example = "hold")]
    kind: String,
    on_hand_delta: i64,
    reserved_delta: i64,
    #[schema(value_type = Option<String>, example = "ord_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    order_id: Option<OrderId>,
    reason: Option<String>,
    reference: Option<String>,
    #[schema(format = DateTime)]
    at: String,
}

/// Every change of a SKU's stock, oldest first. The sum of its deltas is the level.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stock/{sku}/ledger",
    tag = "admin: stock",
    security(("account" = ["stock:read"]), ("key" = ["stock:read"])),
    params(
        ("sku" = String, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<EntryView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<StockRead>,
    Segment(sku): Segment<Sku>,
    Query(Request { page, after }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let variant = offer(&state, staff.store, &sku).await?.variant_id;
    let wanted = i64::from(page.limit) + 1;
    let rows = state
        .engine
        .database()
        .run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::ledger(&mut connection, variant, after, wanted).await?)
        })
        .await?;
    let cursor = |row: &LedgerRow| format!("{}.{}", row.location, row.seq);
    let listing = Listing::cut(rows, page.limit, cursor, EntryView::from);
    Ok(listing.respond(request.path(), request.query_string()))
}

impl From<LedgerRow> for EntryView {
    fn from(row: LedgerRow) -> Self {
        Self {
            location_id: row.location,
            seq: row.seq,
            batch: row.batch,
            kind: row.kind,
            on_hand_delta: row.on_hand_delta,
            reserved_delta: row.reserved_delta,
            order_id: row.order,
            reason: row.reason,
            reference: row.reference,
            at: rfc3339(row.at),
        }
    }
}
