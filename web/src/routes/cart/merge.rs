//! `POST /api/v1/cart/merge`

use std::sync::Arc;

use actix_web::web::{Data, Json};
use engine::cart::{CutReason, Merged, Owner, Stock};
use engine::id::{AccountId, PrincipalId, StoreId, VariantId};
use futures_util::FutureExt;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, Customer, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CartMerge)]
pub(super) struct Request {
    /// The token of `POST /api/v1/session` that the cart was filled with.
    #[schema(value_type = String, max_length = 512, example = "guest_AZIyBv4kdSyg5hD8mVwQ3w")]
    guest_token: SecretString,
}

/// What came along of a guest's cart.
#[derive(Serialize, ToSchema)]
#[schema(as = CartMerged)]
pub(crate) struct CartMergedView {
    /// `merged`, `nothing` (it was empty), or `later`: it could not be done now, for example because that cart is being
    /// checked out; `POST /api/v1/cart/merge` does it.
    #[schema(example = "merged")]
    state: &'static str,
    /// How many lines the guest's cart had.
    lines: usize,
    /// What did not come along as it was.
    cut: Vec<CutView>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CartCut)]
struct CutView {
    sku: String,
    /// Of both carts together.
    asked: i64,
    kept: i64,
    /// `purchase_limit`, `stock`, `cart_full` or `not_for_sale`.
    #[schema(example = "purchase_limit")]
    reason: &'static str,
}

/// Brings along a cart that you filled as a guest. Done by itself when you log in and show the guest's token.
///
/// Quantities of one item are added up, cut to what one buyer may have of it and, where the shop shows exact numbers, to what
/// is left; nothing is taken out of your own cart. What is not for sale any more stays behind. The guest's cart is empty
/// afterwards, so that doing it again changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/cart/merge",
    tag = "cart",
    security(("account" = [])),
    request_body = Request,
    responses((status = 200, body = CartMergedView))
)]
pub(super) async fn handler(
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<Json<CartMergedView>, ApiError> {
    let shown = state.guest_tokens.verify(customer.store, body.value.guest_token.expose_secret(), arrival.now);
    let guest = shown.map_err(|_| ApiError::invalid("/guest_token", "is not a guest's token that is still good"))?;
    let merged = merge(&state, customer.store, guest.principal, customer.account).await?;
    Ok(Json(CartMergedView::from(merged)))
}

/// For who logs in: whatever becomes of the cart, they are in.
pub(crate) async fn bring_along(
    state: &State,
    store: StoreId,
    guest: PrincipalId,
    account: AccountId,
) -> CartMergedView {
    match merge(state, store, guest, account).await {
        Ok(merged) => merged.into(),
        Err(error) => {
            tracing::info!(%error, "a guest's cart is not merged at login");
            CartMergedView { state: "later", lines: 0, cut: Vec::new() }
        }
    }
}

async fn merge(
    state: &State,
    store: StoreId,
    guest: PrincipalId,
    account: AccountId,
) -> Result<Merged, engine::cart::Error> {
    let (from, into) = (Owner { store, principal: guest }, Owner { store, principal: account.principal() });
    state.engine.cart().merge(state.engine.database(), from, into, stock(state, store)).await
}

/// Of a store that is not heard of yet nothing is known.
fn stock(state: &State, store: StoreId) -> Stock {
    let inventory = state.engine.inventory().clone();
    let sells_from = state.engine.shops().of(store).map(|shop| shop.sells_from);
    Arc::new(move |variants: Vec<VariantId>| {
        let inventory = inventory.clone();
        async move {
            let Some(location) = sells_from else { return vec![None; variants.len()] };
            match inventory.sellable(location, &variants).await {
                Ok(sellable) => sellable.into_iter().map(Some).collect(),
                // Checkout asks anew in any case.
                Err(error) => {
                    tracing::warn!(%error, "carts are merged without what is sold out");
                    vec![None; variants.len()]
                }
            }
        }
        .boxed()
    })
}

impl From<Merged> for CartMergedView {
    fn from(merged: Merged) -> Self {
        let cut = |cut: engine::cart::Cut| CutView {
            sku: cut.sku.to_string(),
            asked: cut.asked,
            kept: cut.kept,
            reason: match cut.reason {
                CutReason::PurchaseLimit => "purchase_limit",
                CutReason::Stock => "stock",
                CutReason::CartFull => "cart_full",
                CutReason::NotForSale => "not_for_sale",
            },
        };
        Self {
            state: if merged.lines == 0 { "nothing" } else { "merged" },
            lines: merged.lines,
            cut: merged.cut.into_iter().map(cut).collect(),
        }
    }
}
