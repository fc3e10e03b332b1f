//! `GET /api/v1/admin/orders`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use engine::catalog::Sku;
use engine::id::OrderId;
use engine::order::store::{self, Filter};
use engine::postgres::DatabaseError;

use super::view::AdminOrderView;
use crate::error::ApiError;
use crate::extract::needs::OrdersRead;
use crate::extract::{FromQuery, PageRequest, Parameters, Query, Staff};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    filter: Filter,
    page: PageRequest,
    before: Option<OrderId>,
    include_total: bool,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let filter = Filter {
            status: parameters.parsed("status", str::parse)?,
            sku: parameters.parsed("sku", Sku::parse)?.map(|sku| sku.to_string()),
            since: parameters.parsed("since", DateTime::parse_from_rfc3339)?.map(|since| since.with_timezone(&Utc)),
            idempotency_key: parameters.text("idempotency_key", 255)?,
        };
        let page = PageRequest::take(parameters)?;
        let before = page.cursor_as()?;
        let include_total = parameters.boolean("include_total")?.unwrap_or(false);
        Ok(Self { filter, page, before, include_total })
    }
}

/// Orders, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/admin/orders",
    tag = "admin: orders",
    security(("account" = ["orders:read"]), ("key" = ["orders:read"])),
    params(
        ("status" = Option<String>, Query, example = "payment_pending"),
        ("sku" = Option<String>, Query, description = "with a line of it"),
        ("since" = Option<String>, Query, format = DateTime, description = "placed then or later"),
        ("idempotency_key" = Option<String>, Query, max_length = 255),
        ("include_total" = Option<bool>, Query),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<AdminOrderView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<OrdersRead>,
    arrival: Arrival,
    Query(Request { filter, page, before, include_total }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let wanted = i64::from(page.limit) + 1;
    let (orders, total) = state
        .engine
        .database()
        .run(move |mut connection| async move {
            let orders = store::list(&mut connection, staff.store, &filter, before, wanted).await?;
            let total = match include_total {
                true => Some(store::count(&mut connection, staff.store, &filter).await?),
                false => None,
            };
            Ok::<_, DatabaseError>((orders, total))
        })
        .await?;
    let view = |order| AdminOrderView::new(order, Vec::new(), arrival.now);
    let mut listing = Listing::cut(orders, page.limit, |order| order.id.to_string(), view);
    listing.page.total = total;
    Ok(listing.respond(request.path(), request.query_string()))
}
