//! A cart as its owner sees it.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use engine::cart::{CartView as Seen, Contents, Mark, Owner, ViewedLine};
use engine::catalog::Sku;
use engine::clock::Timestamp;
use engine::id::{CartId, VariantId};
use engine::money::Currency;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::Principal;
use crate::state::State;
use crate::view::{MoneyView, TotalsView, etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = Cart)]
pub(super) struct CartView {
    #[schema(value_type = String, example = "cart_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7")]
    id: CartId,
    /// Send it as `If-Match`, in quotes.
    version: i64,
    lines: Vec<LineView>,
    /// What the lines that are for sale cost together; none while there are none. Promises nothing: checkout asks anew.
    totals: Option<TotalsView>,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CartLine)]
struct LineView {
    sku: String,
    quantity: i64,
    /// `buyable`, or what is the matter: `unknown`, `archived`, `not_on_sale_yet`, `sold_out`, `short` (fewer are left).
    #[schema(example = "buyable")]
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    opens_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_mrp: Option<MoneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<MoneyView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    net: Option<MoneyView>,
}

pub(super) fn owner(principal: Principal) -> Owner {
    Owner { store: principal.store, principal: principal.id }
}

/// Answers with a cart that was just read or changed.
///
/// Its tag is its version, for changes to be made against; reading is never answered with 304, because what a cart is worth
/// moves without it.
pub(super) async fn respond(state: &State, contents: Arc<Contents>, now: Timestamp) -> Result<HttpResponse, ApiError> {
    let skus: Vec<Sku> = contents.lines.iter().map(|line| line.sku.clone()).collect();
    let store = contents.owner.store;
    let unheard_of = || ApiError::temporarily_unavailable("this store is not known yet");
    let shop = state.engine.shops().of(store).ok_or_else(unheard_of)?;
    let offers = state.engine.offers().get(store, &skus).await?;
    let variants: Vec<VariantId> = contents.lines.iter().map(|line| line.variant_id).collect();
    let available = match state.engine.inventory().sellable(shop.sells_from, &variants).await {
        Ok(sellable) => sellable.into_iter().map(Some).collect(),
        // The cart is as it is, and was perhaps just changed: it is shown without.
        Err(error) => {
            tracing::warn!(error = %error, "a cart is shown without what is sold out in it");
            vec![None; variants.len()]
        }
    };
    let seen = Seen::of(contents, offers, &available, &shop.rules, now);
    let tag = etag(seen.contents.version);
    Ok(HttpResponse::Ok().insert_header((ETAG, tag)).json(CartView::new(seen, shop.rules.currency)))
}

impl CartView {
    fn new(seen: Seen, currency: Currency) -> Self {
        Self {
            id: seen.contents.owner.cart(),
            version: seen.contents.version,
            totals: seen.quote.ok().map(|quote| TotalsView::new(&quote.totals, currency)),
            updated_at: rfc3339(seen.contents.updated_at),
            lines: seen.lines.into_iter().map(|line| LineView::new(line, currency)).collect(),
        }
    }
}

impl LineView {
    fn new(seen: ViewedLine, currency: Currency) -> Self {
        let (state, opens_at) = match seen.mark {
            Mark::Buyable => ("buyable", None),
            Mark::Unknown => ("unknown", None),
            Mark::Archived => ("archived", None),
            Mark::NotOnSaleYet { opens_at } => ("not_on_sale_yet", Some(opens_at)),
            Mark::SoldOut => ("sold_out", None),
            Mark::Short { .. } => ("short", None),
        };
        let money = |amount| MoneyView::new(amount, currency);
        Self {
            sku: seen.line.sku.to_string(),
            quantity: seen.line.quantity.get(),
            state,
            opens_at: opens_at.map(rfc3339),
            title: seen.offer.as_ref().map(|offer| offer.title.clone()),
            product_slug: seen.offer.as_ref().map(|offer| offer.product_slug.to_string()),
            unit_mrp: seen.price.map(|price| money(price.unit_mrp_minor)),
            unit_price: seen.price.map(|price| money(price.unit_price_minor)),
            net: seen.price.map(|price| money(price.net_minor)),
        }
    }
}
