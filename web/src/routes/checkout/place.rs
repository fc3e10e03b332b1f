//! `POST /api/v1/checkout`

use std::sync::Arc;

use actix_web::http::header::{HeaderName, HeaderValue, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::checkout::{Answer, PlaceOrder, Placed, PlacedLine};
use engine::clock::Timestamp;
use engine::id::LocationId;
use engine::money::{Currency, Money};
use engine::order::{Address, Contact};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::basket::{self, AddressFields, ContactFields, Item};
use super::quote_id;
use crate::error::{ApiError, FieldError};
use crate::extract::{Body, IdempotencyKey, Principal, Query, admit};
use crate::middleware::{Arrival, Caller};
use crate::state::State;
use crate::view::{MoneyView, TotalsView, millis_until, rfc3339};

pub(crate) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CheckoutRequest)]
pub(super) struct Request {
    /// Buy these now. Left out: the cart is bought.
    #[schema(min_items = 1, max_items = 200)]
    items: Option<Vec<Item>>,
    contact: ContactFields,
    address: AddressFields,
    #[schema(example = "standard")]
    shipping_method: String,
    /// `manual` waits for the shop to confirm, `cash_on_delivery` is confirmed at once.
    #[schema(example = "cash_on_delivery")]
    payment_method: String,
    /// What the buyer was shown: `totals.grand` of the quote.
    #[schema(value_type = MoneyView)]
    expected_total: Money,
    /// Of the quote that the buyer was shown.
    #[schema(max_length = 64)]
    quote_id: Option<String>,
    /// How long to hold the goods while they are not paid for.
    #[schema(minimum = 1, maximum = 86_400)]
    hold_ttl_s: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlacedOrder)]
pub(super) struct Response<'a> {
    order_no: String,
    #[schema(value_type = String, example = "ord_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: engine::id::OrderId,
    #[schema(example = "confirmed")]
    status: &'static str,
    payment_status: &'static str,
    payment_method: &'static str,
    totals: TotalsView,
    lines: Vec<Line<'a>>,
    #[schema(format = DateTime)]
    placed_at: String,
    /// Until when an unpaid order holds its goods.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    expires_in_ms: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlacedLine)]
struct Line<'a> {
    sku: &'a str,
    title: &'a str,
    quantity: i64,
    unit_mrp: MoneyView,
    unit_price: MoneyView,
    net: MoneyView,
    /// Where it is promised from.
    #[schema(value_type = String, example = "loc_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    location_id: LocationId,
    /// The number of the stock change that promised it: changes of a SKU at a location have numbers without gaps.
    seq: i64,
}

/// Places an order: the items, or the cart.
///
/// All of it or nothing. Once for its `Idempotency-Key`: whoever repeats the request with the same key gets the same order,
/// with `Idempotent-Replayed: true`. `price_changed` tells in `changes` which lines cost what now (and what they cost when the
/// buyer was shown the total, where a scheduled price began or ended since), and in `totals` what the basket comes to.
#[utoipa::path(
    post,
    path = "/api/v1/checkout",
    tag = "checkout",
    security(("guest" = [])),
    params(("Idempotency-Key" = String, Header, description = "a fresh one for each purchase")),
    request_body = Request,
    responses((status = 201, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    principal: Principal,
    arrival: Arrival,
    key: IdempotencyKey,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    admit(&request, Caller::Checkout(principal.id.uuid()))?;
    let fingerprint = Sha256::digest(&body.raw).into();
    let order = body.value.parse(principal, key, fingerprint)?;
    let Some(turn) = state.load_shed.take_turn() else {
        return Err(ApiError::overloaded(1 + arrival.trace.luck() % 3));
    };
    let Answer { placed, replayed } = state.engine.checkout().place(order).await?;
    let view = Response::new(&placed, arrival.now);
    let mut response = HttpResponse::Created();
    let location =
        HeaderValue::try_from(format!("/api/v1/orders/{}", view.order_no)).expect("an order number is ASCII");
    response.insert_header((LOCATION, location));
    if replayed {
        response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    } else {
        turn.leave_served();
        state.order_rate.count_one();
    }
    Ok(response.json(view))
}

impl Request {
    fn parse(self, principal: Principal, key: IdempotencyKey, fingerprint: [u8; 32]) -> Result<PlaceOrder, ApiError> {
        let mut errors = Vec::new();
        let basket = basket::basket(self.items, &mut errors);
        let contact = Contact::from(self.contact);
        basket::flaws("/contact", contact.flaws(), &mut errors);
        let address = Address::from(self.address);
        basket::flaws("/address", address.flaws(), &mut errors);
        basket::shipping_method(&self.shipping_method, &mut errors);
        let payment_method = basket::payment_method(&self.payment_method, &mut errors);
        if !(0..=Money::MAX_TOTAL).contains(&self.expected_total.minor) {
            let detail = format!("0 to {}, not {}", Money::MAX_TOTAL, self.expected_total.minor);
            errors.push(FieldError::new("/expected_total/amount", "out_of_range", detail));
        }
        if self.hold_ttl_s.is_some_and(|ttl_s| ttl_s < 1) {
            errors.push(FieldError::new("/hold_ttl_s", "out_of_range", "at least 1"));
        }
        let quote_valid_until = self.quote_id.as_deref().map(quote_id::valid_until);
        if quote_valid_until == Some(None) {
            errors.push(FieldError::new("/quote_id", "invalid", "not the id of a quote"));
        }
        basket::finish(errors)?;
        Ok(PlaceOrder {
            store: principal.store,
            principal: principal.id,
            idempotency_key: Arc::from(key.into_string()),
            fingerprint,
            basket,
            contact,
            address,
            shipping_method: self.shipping_method,
            payment_method,
            expected_total: self.expected_total,
            quote_valid_until: quote_valid_until.flatten(),
            hold_ttl_s: self.hold_ttl_s,
        })
    }
}

impl<'a> Response<'a> {
    fn new(placed: &'a Placed, now: Timestamp) -> Self {
        Self {
            order_no: placed.number.to_string(),
            id: placed.order,
            status: placed.state.status.as_str(),
            payment_status: placed.state.payment.as_str(),
            payment_method: placed.payment_method.as_str(),
            totals: TotalsView::new(&placed.totals, placed.currency),
            lines: placed.lines.iter().map(|line| Line::new(line, placed.currency)).collect(),
            placed_at: rfc3339(placed.placed_at),
            expires_at: placed.expires_at.map(rfc3339),
            expires_in_ms: placed.expires_at.map(|at| millis_until(at, now)),
        }
    }
}

impl<'a> Line<'a> {
    fn new(line: &'a PlacedLine, currency: Currency) -> Self {
        let money = |amount| MoneyView::new(amount, currency);
        Self {
            sku: &line.sku,
            title: &line.title,
            quantity: line.quantity,
            unit_mrp: money(line.unit_mrp_minor),
            unit_price: money(line.unit_price_minor),
            net: money(line.net_minor),
            location_id: line.location,
            seq: line.seq,
        }
    }
}
