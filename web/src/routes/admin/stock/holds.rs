//! `GET /api/v1/admin/stock/{sku}/holds`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::catalog::Sku;
use engine::clock::Timestamp;
use engine::id::{LocationId, OrderId, PrincipalId};
use engine::inventory::store::{self, HoldRow, LevelRow};
use engine::postgres::DatabaseError;
use serde::Serialize;
use utoipa::ToSchema;

use super::view::offer;
use crate::error::ApiError;
use crate::extract::needs::StockRead;
use crate::extract::{FromQuery, PageRequest, Parameters, Query, Segment, Staff};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::{Listing, millis_until, rfc3339};

const STATES: [&str; 4] = ["held", "confirmed", "released", "expired"];

pub(super) struct Request {
    state: Option<&'static str>,
    page: PageRequest,
    after: Option<(LocationId, OrderId, i32)>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let known = |word: &str| {
            STATES.into_iter().find(|state| *state == word).ok_or_else(|| format!("one of {}", STATES.join(", ")))
        };
        let state = parameters.parsed("state", known)?;
        let page = PageRequest::take(parameters)?;
        let parse = |cursor: &str| {
            let mut parts = cursor.split('.');
            let after = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            parts.next().is_none().then_some(after)
        };
        let after = page.cursor_with(parse)?;
        Ok(Self { state, page, after })
    }
}

/// What an order holds, or held, of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Hold)]
pub(super) struct HoldView {
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    #[schema(value_type = String, example = "ord_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    order_id: OrderId,
    attempt: i32,
    quantity: i64,
    returned: i64,
    #[schema(example = "held")]
    state: String,
    #[schema(value_type = String, example = "prin_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    principal: PrincipalId,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    expires_in_ms: Option<i64>,
}

/// Holds, and as of when.
#[derive(Serialize, ToSchema)]
#[schema(as = HoldListing)]
struct HoldsView {
    #[serde(flatten)]
    listing: Listing<HoldView>,
    /// The numbers of the last changes that the page has seen.
    as_of: Vec<AsOf>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HoldsAsOf)]
struct AsOf {
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    reserved: i64,
    seq: i64,
}

/// To whom the stock of a SKU is promised, or was.
#[utoipa::path(
    get,
    path = "/api/v1/admin/stock/{sku}/holds",
    tag = "admin: stock",
    security(("account" = ["stock:read"]), ("key" = ["stock:read"])),
    params(
        ("sku" = String, Path),
        ("state" = Option<String>, Query, description = "held, confirmed, released or expired"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = HoldsView))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<StockRead>,
    arrival: Arrival,
    Segment(sku): Segment<Sku>,
    Query(Request { state: wanted_state, page, after }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let variant = offer(&state, staff.store, &sku).await?.variant_id;
    let wanted = i64::from(page.limit) + 1;
    let (levels, rows) = state
        .engine
        .database()
        .run(move |mut connection| async move {
            Ok::<_, DatabaseError>(
                store::holds_and_levels(&mut connection, variant, wanted_state, after, wanted).await?,
            )
        })
        .await?;
    let cursor = |row: &HoldRow| format!("{}.{}.{}", row.location, row.order, row.attempt);
    let listing = Listing::cut(rows, page.limit, cursor, |row| HoldView::new(row, arrival.now));
    let as_of = levels.into_iter().map(AsOf::from).collect();
    let mut answer = listing.link(request.path(), request.query_string());
    Ok(answer.json(HoldsView { listing, as_of }))
}

impl From<LevelRow> for AsOf {
    fn from(row: LevelRow) -> Self {
        Self { location_id: row.location, reserved: row.level.reserved, seq: row.level.seq }
    }
}

impl HoldView {
    fn new(row: HoldRow, now: Timestamp) -> Self {
        Self {
            location_id: row.location,
            order_id: row.order,
            attempt: row.attempt,
            quantity: row.quantity,
            returned: row.returned,
            state: row.state,
            principal: row.principal,
            expires_at: row.expires_at.map(rfc3339),
            expires_in_ms: row.expires_at.map(|at| millis_until(at, now)),
        }
    }
}
