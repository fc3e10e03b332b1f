//! `GET /api/v1/me/data`

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, HeaderValue};
use actix_web::web::Data;
use engine::cart::Owner;
use engine::order::OrderSnapshot;
use identity::notification::Sent;
use serde::Serialize;
use utoipa::ToSchema;

use super::addresses::AddressView;
use super::identities::IdentityView;
use super::sessions::SessionView;
use super::view::ProfileView;
use super::viewed::ViewedView;
use super::wishlist::WishView;
use crate::error::ApiError;
use crate::extract::{Customer, Query};
use crate::middleware::Arrival;
use crate::routes::orders::OrderView;
use crate::state::State;
use crate::view::rfc3339;

#[derive(Serialize, ToSchema)]
#[schema(as = PersonalData)]
pub(super) struct Response {
    account: ProfileView,
    addresses: Vec<AddressView>,
    wishlist: Vec<WishView>,
    viewed: Vec<ViewedView>,
    cart: Vec<CartLineView>,
    /// Yours, and those of a guest under your address, the newest first; of more than 10,000 the last ones.
    orders: Vec<OrderView>,
    /// Whose accounts open yours.
    identities: Vec<IdentityView>,
    sessions: Vec<SessionView>,
    /// Since when a second factor is asked for; null: it is not.
    #[schema(format = DateTime)]
    second_factor_since: Option<String>,
    messages: Vec<MessageView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PersonalCartLine)]
struct CartLineView {
    sku: String,
    quantity: i64,
    #[schema(format = DateTime)]
    added_at: String,
}

/// That a message was sent to you. What it said is not kept.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonalMessage)]
struct MessageView {
    #[schema(example = "email")]
    channel: String,
    #[schema(example = "new_login")]
    kind: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    sent_at: Option<String>,
}

impl From<Sent> for MessageView {
    fn from(sent: Sent) -> Self {
        Self {
            channel: sent.channel,
            kind: sent.kind,
            created_at: rfc3339(sent.created_at),
            sent_at: sent.sent_at.map(rfc3339),
        }
    }
}

const ORDERS_AT_ONCE: i64 = 200;
/// An answer has to end: who has more is told by the shop's staff.
const ORDERS_MAX: usize = 10_000;

/// Everything that the shop knows about you, as one document.
#[utoipa::path(
    get,
    path = "/api/v1/me/data",
    tag = "me",
    security(("account" = [])),
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let account = state.identity.accounts().find(customer.store, customer.account).await?;
    let account = account.ok_or_else(ApiError::session_ended)?;
    let customers = state.identity.customers();
    customers.claim_what_is_theirs(customer.store, customer.account).await?;
    let known = customers.known(customer.store, customer.account).await?;
    let sessions = state.identity.sessions().list(customer.store, customer.account, arrival.now).await?;
    let identities = state.identity.federation().linked(customer.store, customer.account).await?;
    let factor = state.identity.second_factors().status(customer.store, customer.account).await?;
    let owner = Owner { store: customer.store, principal: customer.account.principal() };
    let cart = state.engine.cart().view(owner).await?;
    let orders = orders(&state, customer).await?;
    let cart_line = |line: &engine::cart::Line| CartLineView {
        sku: line.sku.to_string(),
        quantity: line.quantity.get(),
        added_at: rfc3339(line.added_at),
    };
    let response = Response {
        account: ProfileView::from(&account),
        addresses: known.addresses.into_iter().map(AddressView::from).collect(),
        wishlist: known.wishes.into_iter().map(WishView::from).collect(),
        viewed: known.viewed.into_iter().map(ViewedView::from).collect(),
        cart: cart.lines.iter().map(cart_line).collect(),
        orders: orders.into_iter().map(|order| OrderView::new(order, arrival.now)).collect(),
        identities: identities.into_iter().map(IdentityView::from).collect(),
        sessions: sessions.into_iter().map(|session| SessionView::new(session, customer.session)).collect(),
        second_factor_since: factor.since.map(rfc3339),
        messages: known.messages.into_iter().map(MessageView::from).collect(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"my-data.json\"")))
        .json(response))
}

async fn orders(state: &State, customer: Customer) -> Result<Vec<OrderSnapshot>, ApiError> {
    let (mut all, mut before) = (Vec::new(), None);
    while all.len() < ORDERS_MAX {
        let page = crate::routes::orders::of_customer(state, customer, before, ORDERS_AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        all.extend(page);
    }
    Ok(all)
}
