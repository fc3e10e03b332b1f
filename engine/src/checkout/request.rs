//! What a buyer asks of checkout, already parsed.

use std::sync::Arc;

use crate::catalog::{Offer, Sku};
use crate::clock::Timestamp;
use crate::id::{PrincipalId, StoreId};
use crate::money::Money;
use crate::order::{Address, Contact, PaymentMethod};
use crate::pricing::Quote;
use crate::quantity::Quantity;

use super::placed::Placed;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Want {
    pub sku: Sku,
    pub quantity: Quantity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basket {
    /// The principal's cart, as it is when it is frozen.
    Cart,
    /// Buy now.
    Items(Vec<Want>),
}

/// "What would it cost?"
#[derive(Debug, Clone)]
pub struct QuoteRequest {
    pub store: StoreId,
    pub principal: PrincipalId,
    pub basket: Basket,
}

#[derive(Debug, Clone)]
pub struct PlaceOrder {
    pub store: StoreId,
    pub principal: PrincipalId,
    pub idempotency_key: Arc<str>,
    /// Hash of the request's body.
    pub fingerprint: [u8; 32],
    pub basket: Basket,
    pub contact: Contact,
    pub address: Address,
    pub shipping_method: String,
    pub payment_method: PaymentMethod,
    pub expected_total: Money,
    /// Until when the quote that the buyer saw holds, if it was sent along.
    pub quote_valid_until: Option<Timestamp>,
    /// How long to hold the goods while unpaid; none: as the variants and the shop say.
    pub hold_ttl_s: Option<i64>,
}

/// What the basket costs, with what it was made of.
#[derive(Debug, Clone)]
pub struct Priced {
    pub quote: Quote,
    pub offers: Vec<Arc<Offer>>,
}

/// The order, placed now or by an earlier sending of the same request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub placed: Arc<Placed>,
    pub replayed: bool,
}
