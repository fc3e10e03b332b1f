//! One attempt at an order whose key is claimed: price, takes, bundle, answer. Each step's undo is a guard's drop.

use std::sync::Arc;

use crate::cart::{self, Contents, Frozen, Owner, Refused as Refusal};
use crate::clock::Timestamp;
use crate::id::{LocationId, OrderId};
use crate::inventory::{self, Granted, Refused, Taken};
use crate::journal::{Bundle, CartConversion, LineRow, NotWritten, OrderRow, Receipt, Writes};
use crate::order::{self, OrderDetail, PaymentMethod};
use crate::pricing::Quote;

use super::board;
use super::error::Error;
use super::place::{Checkout, wanted};
use super::placed::{Placed, PlacedLine};
use super::plan::{self, Demand};
use super::request::{Basket, PlaceOrder};

impl Checkout {
    pub(super) async fn try_to_place(&self, request: &PlaceOrder, now: Timestamp) -> Result<Placed, Error> {
        // Kept until the end, however it ends: nobody else edits the cart or checks it out meanwhile.
        let frozen = match &request.basket {
            Basket::Items(_) => None,
            Basket::Cart => Some(self.freeze(request).await?),
        };
        let from_cart;
        let wants = match (&request.basket, &frozen) {
            (Basket::Items(wants), _) => wants,
            (Basket::Cart, frozen) => {
                from_cart = frozen.as_ref().map(|frozen| wanted(frozen.contents())).unwrap_or_default();
                &from_cart
            }
        };
        let offers = self.offers(request.store, wants).await?;
        if let Some(frozen) = &frozen {
            plan::still_meant(frozen.contents(), &offers)?;
        }
        plan::open(&offers, now)?;
        let shop = self.shop(request.store)?;
        let quote = plan::priced(wants, &offers, &shop.rules, now)?;
        plan::agreed(request, wants, &offers, &shop.rules, &quote, now)?;
        let settings = &self.0.settings;
        let until = plan::hold_until(request, &offers, settings.hold_ttl_s, settings.hold_ttl_max_s, now)?;
        let expires_at = match request.payment_method {
            PaymentMethod::Manual => Some(until),
            PaymentMethod::CashOnDelivery => None,
        };
        let demands = plan::demands(wants, &offers, shop.sells_from);
        board::refuse(&self.0.inventory, &demands)?;

        let order = OrderId::from_uuid(self.0.ids.next(now));
        let takes = self.take_all(&demands, order, request, expires_at, now).await?;
        let mut row = self.row(request, order, &quote, &offers, shop.sells_from, expires_at, now);
        let cart = frozen.as_ref().map(|frozen| {
            let Contents { owner, version, generation, .. } = *frozen.contents();
            CartConversion { cart: owner.cart(), version, generation, order }
        });
        row.cart = cart.map(|cart| (cart.cart, cart.generation));
        let number = row.order_no;
        let writes = Writes { order: Some(Box::new(row)), cart, ..Writes::default() };
        let bundle = Bundle { takes, writes };
        let receipt = match (self.0.journal.write(bundle).await, frozen) {
            (Ok(receipt), Some(frozen)) => {
                frozen.converted(order, receipt.at);
                receipt
            }
            (Ok(receipt), None) => receipt,
            (Err(why @ (NotWritten::Stale | NotWritten::DoneBefore | NotWritten::Unknown)), Some(frozen)) => {
                frozen.outdated();
                return Err(why.into());
            }
            (Err(why), _) => return Err(why.into()),
        };
        metrics::counter!("doorbuster_orders_placed_total").increment(1);
        Ok(placed(request, order, number, &quote, &offers, &demands, expires_at, &receipt))
    }

    async fn freeze(&self, request: &PlaceOrder) -> Result<Frozen, Error> {
        let owner = Owner { store: request.store, principal: request.principal };
        match self.0.cart.freeze(owner, None).await {
            Ok(frozen) => Ok(frozen),
            Err(cart::Error::Refused(Refusal::Empty { last_order: Some(order) })) => {
                let number = self.number_of(order).await?;
                Err(Error::CartConverted { order: number })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn number_of(&self, order: OrderId) -> Result<Option<order::OrderNo>, Error> {
        let found = self.0.orders.by_id(order).await?;
        Ok(found.map(|order| order.number))
    }

    /// Ascending, and never down again. An early end drops what was taken.
    async fn take_all(
        &self,
        demands: &[Demand],
        order: OrderId,
        request: &PlaceOrder,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<Taken>, Error> {
        let mut takes = Vec::with_capacity(demands.len());
        for demand in demands {
            let command = demand.command(order, request.principal, expires_at);
            let asking = self.0.inventory.take(demand.account.variant, command, now);
            let granted = match self.0.runtime.timeout(self.0.settings.patience, asking).await {
                Ok(granted) => granted,
                Err(_) => return Err(Error::Busy),
            };
            match granted {
                Ok(Granted::Take(taken)) => takes.push(taken),
                Ok(Granted::AlreadyDone) => return Err(Error::Internal("a fresh order held something already".into())),
                Err(inventory::Error::Refused(refused)) => return Err(told(refused, demand)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(takes)
    }

    #[expect(clippy::too_many_arguments, reason = "one row made of all that was decided")]
    fn row(
        &self,
        request: &PlaceOrder,
        order: OrderId,
        quote: &Quote,
        offers: &[Arc<crate::catalog::Offer>],
        sells_from: LocationId,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> OrderRow {
        let detail = OrderDetail {
            contact: request.contact.clone(),
            address: request.address.clone(),
            shipping_method: request.shipping_method.clone(),
            trace: quote.trace(),
        };
        let state = request.payment_method.first_state();
        let lines = quote.lines.iter().zip(offers).map(|(line, offer)| LineRow {
            variant: offer.variant_id,
            location: sells_from,
            sku: offer.sku.as_str().into(),
            title: offer.title.as_str().into(),
            quantity: line.quantity.get(),
            unit_mrp_minor: line.unit_mrp_minor,
            unit_price_minor: line.unit_price_minor,
            net_minor: line.net_minor,
            tax_minor: line.tax_minor,
            tax_rate_bp: i32::try_from(line.tax.rate_bp).unwrap_or(i32::MAX),
            tax_inclusive: line.tax.inclusive,
        });
        OrderRow {
            id: order,
            order_no: self.0.numbers.next(now),
            store: request.store,
            principal: request.principal,
            idempotency_key: Arc::clone(&request.idempotency_key),
            fingerprint: request.fingerprint,
            cart: None,
            status: state.status.as_str(),
            payment_status: state.payment.as_str(),
            payment_method: request.payment_method.as_str(),
            currency: quote.currency.code().to_owned(),
            mrp_minor: quote.totals.mrp_minor,
            discount_minor: quote.totals.discount_minor,
            tax_minor: quote.totals.tax_minor,
            shipping_minor: quote.totals.shipping_minor,
            grand_minor: quote.totals.grand_minor,
            detail: serde_json::to_string(&detail).expect("text and integers are always JSON"),
            expires_at,
            lines: lines.collect(),
        }
    }
}

fn told(refused: Refused, demand: &Demand) -> Error {
    let sku = demand.offer.sku.to_string();
    match refused {
        Refused::Insufficient { available, seq, .. } => {
            Error::OutOfStock { items: vec![board::short(demand, available, seq)] }
        }
        Refused::LimitReached { max, already, asked, seq, resets_at } => {
            let location = demand.account.location;
            Error::LimitReached { sku, location, seq, limit: max, already, requested: asked, resets_at }
        }
        Refused::Full | Refused::Underway => Error::Busy,
        Refused::HeldDifferently { .. }
        | Refused::Gone
        | Refused::CountVersion { .. }
        | Refused::BelowReserved { .. }
        | Refused::ReturnTooLarge { .. }
        | Refused::OutOfRange
        | Refused::SameLocation => Error::Internal(format!("{sku}: {refused}").into()),
    }
}

#[expect(clippy::too_many_arguments, reason = "one answer made of all that was decided")]
fn placed(
    request: &PlaceOrder,
    order: OrderId,
    number: order::OrderNo,
    quote: &Quote,
    offers: &[Arc<crate::catalog::Offer>],
    demands: &[Demand],
    expires_at: Option<Timestamp>,
    receipt: &Receipt,
) -> Placed {
    // Each demand was one take of one change.
    let promised = |variant| {
        let mut changes = demands.iter().zip(&receipt.seqs);
        let (demand, seq) =
            changes.find(|(demand, _)| demand.account.variant == variant).expect("every line is in a demand");
        (demand.account.location, *seq)
    };
    Placed {
        order,
        number,
        state: request.payment_method.first_state(),
        payment_method: request.payment_method,
        currency: quote.currency,
        totals: quote.totals,
        lines: quote
            .lines
            .iter()
            .zip(offers)
            .map(|(line, offer)| {
                let (location, seq) = promised(line.variant_id);
                PlacedLine {
                    sku: offer.sku.to_string(),
                    title: offer.title.clone(),
                    quantity: line.quantity.get(),
                    unit_mrp_minor: line.unit_mrp_minor,
                    unit_price_minor: line.unit_price_minor,
                    net_minor: line.net_minor,
                    location,
                    seq,
                }
            })
            .collect(),
        placed_at: receipt.at,
        expires_at,
    }
}
