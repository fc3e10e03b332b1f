//! `GET /api/v1/seller/orders`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::OrderId;
use engine::order::store;
use engine::postgres::DatabaseError;

use super::view::OwnOrderView;
use crate::error::ApiError;
use crate::extract::needs::SellerOrdersRead;
use crate::extract::{FromQuery, PageRequest, Parameters, Query, Staff};
use crate::routes::seller::own::seller;
use crate::state::State;
use crate::view::Listing;

pub(super) struct Request {
    page: PageRequest,
    before: Option<OrderId>,
}

impl FromQuery for Request {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let page = PageRequest::take(parameters)?;
        let before = page.cursor_as()?;
        Ok(Self { page, before })
    }
}

/// The orders with something of yours in them, the newest first: your lines alone.
#[utoipa::path(
    get,
    path = "/api/v1/seller/orders",
    tag = "seller",
    security(("account" = ["seller_orders:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, description = "`page.next_cursor` of the page before")
    ),
    responses((status = 200, body = Listing<OwnOrderView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SellerOrdersRead>,
    Query(Request { page, before }): Query<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let (seller, shop) = (seller(&state, &staff).await?, staff.store);
    let wanted = i64::from(page.limit) + 1;
    let orders = state
        .engine
        .database()
        .run(move |mut connection| async move {
            Ok::<_, DatabaseError>(store::of_seller(&mut connection, shop, seller, before, wanted).await?)
        })
        .await?;
    let listing = Listing::cut(orders, page.limit, |order| order.id.to_string(), OwnOrderView::from);
    Ok(listing.respond(request.path(), request.query_string()))
}
