//! PURE: what placing an order takes. Checks the basket, sums the demand per account, and lays down the order in which it is
//! taken: ascending, so that two orders that want the same things never wait for each other.

use std::sync::Arc;

use chrono::TimeDelta;

use crate::cart::Contents;
use crate::catalog::Offer;
use crate::clock::Timestamp;
use crate::id::{LocationId, OrderId, PrincipalId};
use crate::inventory::{AccountId, Command, HoldRequest, Limit};
use crate::money::Money;
use crate::mutant::{Mutant, is_on};
use crate::pricing::{Item, Quote, Rules, quote};

use super::error::Error;
use super::repriced::repriced;
use super::request::{PlaceOrder, Want};

/// What one account must give. Two lines of one SKU are one demand.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    pub(super) account: AccountId,
    pub(super) quantity: i64,
    pub(super) offer: Arc<Offer>,
}

impl Demand {
    pub(super) fn command(&self, order: OrderId, principal: PrincipalId, expires_at: Option<Timestamp>) -> Command {
        Command::Hold(HoldRequest {
            location: self.account.location,
            order,
            attempt: 1,
            quantity: self.quantity,
            principal,
            limit: self.offer.purchase_limit.map(|limit| Limit { max: limit.max, window_s: limit.window_s }),
            expires_at,
        })
    }
}

/// The offers of a basket, all known and for sale.
pub(super) fn offered(wants: &[Want], offers: Vec<Option<Arc<Offer>>>) -> Result<Vec<Arc<Offer>>, Error> {
    if wants.is_empty() {
        return Err(Error::Empty);
    }
    wants
        .iter()
        .zip(offers)
        .enumerate()
        .map(|(line, (want, offer))| match offer {
            Some(offer) if offer.sellable => Ok(offer),
            Some(_) => Err(Error::NotForSale { sku: want.sku.to_string(), line }),
            None => Err(Error::UnknownSku { sku: want.sku.to_string(), line }),
        })
        .collect()
}

/// A SKU may have been given to another variant since it was put into the cart: that is not what the buyer meant.
pub(super) fn still_meant(cart: &Contents, offers: &[Arc<Offer>]) -> Result<(), Error> {
    let mut lines = cart.lines.iter().zip(offers).enumerate();
    match lines.find(|(_, (line, offer))| line.variant_id != offer.variant_id) {
        Some((line, (meant, _))) => Err(Error::NotForSale { sku: meant.sku.to_string(), line }),
        None => Ok(()),
    }
}

pub(super) fn open(offers: &[Arc<Offer>], now: Timestamp) -> Result<(), Error> {
    for offer in offers {
        if let Some(opens_at) = offer.on_sale_from.filter(|opens_at| now < *opens_at) {
            return Err(Error::NotOnSaleYet { sku: offer.sku.to_string(), opens_at });
        }
    }
    Ok(())
}

pub(super) fn priced(wants: &[Want], offers: &[Arc<Offer>], rules: &Rules, now: Timestamp) -> Result<Quote, Error> {
    Ok(quote(&items(wants, offers), rules, now)?)
}

pub(super) fn items(wants: &[Want], offers: &[Arc<Offer>]) -> Vec<Item> {
    let item = |(want, offer): (&Want, &Arc<Offer>)| Item {
        variant_id: offer.variant_id,
        quantity: want.quantity,
        price: offer.price,
    };
    wants.iter().zip(offers).map(item).collect()
}

/// The price the buyer saw is the price charged, or nothing is.
pub(super) fn agreed(
    request: &PlaceOrder,
    wants: &[Want],
    offers: &[Arc<Offer>],
    rules: &Rules,
    quote: &Quote,
    now: Timestamp,
) -> Result<(), Error> {
    let expected = request.expected_total;
    if expected != Money::new(quote.totals.grand_minor, quote.currency) {
        return Err(Error::PriceChanged(Arc::new(repriced(wants, offers, rules, quote, expected, now))));
    }
    // A delayed duplicate of a refused request must not buy an hour later.
    if request.quote_valid_until.is_some_and(|until| until < now) && !is_on(Mutant::OldQuoteAccepted) {
        return Err(Error::QuoteExpired);
    }
    Ok(())
}

/// The demands, in the one order in which everybody takes.
pub(super) fn demands(wants: &[Want], offers: &[Arc<Offer>], sells_from: LocationId) -> Vec<Demand> {
    let mut demands: Vec<Demand> = wants
        .iter()
        .zip(offers)
        .map(|(want, offer)| Demand {
            // All from the store's default location: sourcing from several comes with rules of its own.
            account: AccountId { variant: offer.variant_id, location: sells_from },
            quantity: want.quantity.get(),
            offer: Arc::clone(offer),
        })
        .collect();
    demands.sort_by_key(|demand| demand.account);
    demands.dedup_by(|next, kept| {
        let same = next.account == kept.account && !is_on(Mutant::SameSkuNotSummed);
        if same {
            // At most 200 lines of at most a million each.
            kept.quantity = kept.quantity.saturating_add(next.quantity);
        }
        same
    });
    if is_on(Mutant::UnorderedTakes) {
        let asked = |demand: &Demand| offers.iter().position(|offer| offer.variant_id == demand.account.variant);
        demands.sort_by_key(asked);
    }
    demands
}

/// Until when the goods are held: as asked for, else the shortest that a variant wants, else the shop's default.
pub(super) fn hold_until(
    request: &PlaceOrder,
    offers: &[Arc<Offer>],
    default_s: i64,
    max_s: i64,
    now: Timestamp,
) -> Result<Timestamp, Error> {
    let seconds = match request.hold_ttl_s {
        Some(asked) if asked < 1 || asked > max_s => return Err(Error::HoldTooLong { max_s }),
        Some(asked) => asked,
        None => offers.iter().filter_map(|offer| offer.hold_ttl_s).min().unwrap_or(default_s),
    };
    let length = TimeDelta::try_seconds(seconds).ok_or(Error::HoldTooLong { max_s })?;
    now.checked_add_signed(length).ok_or(Error::HoldTooLong { max_s })
}
