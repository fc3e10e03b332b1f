//! `POST /api/v1/orders/{order_no}/cancel`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::desk::{Asked, By, Order};
use engine::idempotency::Call;
use engine::order::{Command, OrderNo};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::view::OrderView;
use super::whose;
use crate::error::ApiError;
use crate::extract::{OptionalBody, OptionalIdempotencyKey, OptionalIfMatch, Principal, Query, Segment};
use crate::middleware::Arrival;
use crate::routes::admin::moved;
use crate::state::State;

#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CancelRequest)]
pub(crate) struct Request {
    /// For the shop to read.
    #[schema(max_length = 500)]
    reason: Option<String>,
}

impl Request {
    pub(crate) fn parse(self) -> Result<Command, ApiError> {
        let reason = crate::extract::note("/reason", self.reason)?;
        Ok(Command::Cancel { reason })
    }
}

/// Cancels an order that has not been shipped. What it held is for sale again, once.
#[utoipa::path(
    post,
    path = "/api/v1/orders/{order_no}/cancel",
    tag = "orders",
    security(("guest" = [])),
    params(
        ("order_no" = String, Path),
        ("Idempotency-Key" = Option<String>, Header),
        ("If-Match" = Option<String>, Header, description = "the ETag you read")
    ),
    request_body(content = Option<Request>),
    responses((status = 200, body = OrderView))
)]
#[expect(clippy::too_many_arguments, reason = "what is easy to forget is an argument")]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    Segment(number): Segment<OrderNo>,
    OptionalIdempotencyKey(key): OptionalIdempotencyKey,
    OptionalIfMatch(version): OptionalIfMatch,
    _: Query<()>,
    body: OptionalBody<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let call = key.map(|key| Call {
        store: principal.store,
        principal: principal.id,
        route: "POST /orders/{order_no}/cancel",
        key: key.into_string(),
        // The same key for another order is another request.
        fingerprint: Sha256::new().chain_update(number.to_string()).chain_update(&body.raw).finalize().into(),
    });
    let buyer = whose::who_moves(&state, principal, Order::Number(principal.store, number)).await?;
    let asked = Asked {
        order: Order::Number(principal.store, number),
        principal: Some(buyer),
        version: version.and_then(|version| version.expected()),
        by: By::Buyer,
        call,
    };
    let answer = state.engine.desk().move_order(asked, body.value.parse()?).await?;
    Ok(moved(answer, |order, stock| OrderView::moved(order, stock, arrival.now), OrderView::version))
}
