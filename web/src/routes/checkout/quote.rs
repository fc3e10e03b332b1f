//! `POST /api/v1/checkout/quote`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::checkout::{Priced, QuoteRequest};
use engine::clock::Timestamp;
use engine::order::{Address, Contact};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::basket::{self, AddressFields, ContactFields, Item};
use super::quote_id;
use crate::error::ApiError;
use crate::extract::{Body, Principal, Query};
use crate::middleware::Arrival;
use crate::state::State;
use crate::view::{MoneyView, TotalsView, millis_until, rfc3339};

/// The body of a checkout, as far as it is known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuoteRequest)]
pub(super) struct Request {
    /// Left out: the cart.
    #[schema(min_items = 1, max_items = 200)]
    items: Option<Vec<Item>>,
    contact: Option<ContactFields>,
    address: Option<AddressFields>,
    #[schema(example = "standard")]
    shipping_method: Option<String>,
    #[schema(example = "cash_on_delivery")]
    payment_method: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Quote)]
pub(super) struct Response {
    /// Send it along with the checkout.
    #[schema(example = "quote_1764268200000")]
    quote_id: String,
    totals: TotalsView,
    lines: Vec<Line>,
    /// How the price came about, step by step.
    trace: serde_json::Value,
    #[schema(format = DateTime)]
    expires_at: String,
    expires_in_ms: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuotedLine)]
struct Line {
    sku: String,
    title: String,
    quantity: i64,
    unit_mrp: MoneyView,
    unit_price: MoneyView,
    mrp: MoneyView,
    net: MoneyView,
    discount: MoneyView,
    tax: MoneyView,
    /// In basis points: 1800 is 18 %.
    tax_rate_bp: u32,
    /// The tax is contained in the price.
    tax_inclusive: bool,
}

/// What the basket costs now.
///
/// Promises nothing: stock is held when the order is placed. `totals.grand` is what checkout wants as `expected_total`.
#[utoipa::path(
    post,
    path = "/api/v1/checkout/quote",
    tag = "checkout",
    security(("guest" = [])),
    request_body = Request,
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    principal: Principal,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { items, contact, address, shipping_method, payment_method } = body.value;
    let mut errors = Vec::new();
    let basket = basket::basket(items, &mut errors);
    if let Some(contact) = contact {
        basket::flaws("/contact", Contact::from(contact).flaws(), &mut errors);
    }
    if let Some(address) = address {
        basket::flaws("/address", Address::from(address).flaws(), &mut errors);
    }
    if let Some(word) = shipping_method {
        basket::shipping_method(&word, &mut errors);
    }
    if let Some(word) = payment_method {
        basket::payment_method(&word, &mut errors);
    }
    basket::finish(errors)?;
    let request = QuoteRequest { store: principal.store, principal: principal.id, basket };
    let priced = state.engine.checkout().quote(request).await?;
    Ok(HttpResponse::Ok().json(Response::new(&priced, arrival.now)?))
}

impl Response {
    fn new(priced: &Priced, now: Timestamp) -> Result<Self, ApiError> {
        let quote = &priced.quote;
        let money = |amount| MoneyView::new(amount, quote.currency);
        let lines = quote.lines.iter().zip(&priced.offers).map(|(line, offer)| Line {
            sku: offer.sku.to_string(),
            title: offer.title.clone(),
            quantity: line.quantity.get(),
            unit_mrp: money(line.unit_mrp_minor),
            unit_price: money(line.unit_price_minor),
            mrp: money(line.mrp_minor),
            net: money(line.net_minor),
            discount: money(line.discount_minor),
            tax: money(line.tax_minor),
            tax_rate_bp: line.tax.rate_bp,
            tax_inclusive: line.tax.inclusive,
        });
        Ok(Self {
            quote_id: quote_id::format(quote),
            totals: TotalsView::new(&quote.totals, quote.currency),
            lines: lines.collect(),
            trace: serde_json::to_value(quote.trace()).map_err(ApiError::internal)?,
            expires_at: rfc3339(quote.valid_until),
            expires_in_ms: millis_until(quote.valid_until, now),
        })
    }
}
