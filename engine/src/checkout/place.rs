//! Placing an order, seen from outside: its key is claimed, it is attempted once, and however that ends is what the key
//! stands for from then on.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use crate::cart::{self, Contents, Owner};
use crate::catalog::{Offers, Shop, Shops, Sku};
use crate::clock::{Clock, IdSource, Timestamp};
use crate::fail_point::{Point, reach};
use crate::id::StoreId;
use crate::idempotency::{CallKey, Claim, Claims, Standing};
use crate::mutant::{Mutant, is_on};
use crate::order::{OrderNumbers, OrderRows};
use crate::runtime::Runtime;
use crate::{inventory, journal};

use super::error::Error;
use super::keys::KnownKeys;
use super::placed::Placed;
use super::plan;
use super::request::{Answer, Basket, PlaceOrder, Priced, QuoteRequest, Want};

#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// How long goods are held for an unpaid order, unless it or its variants say otherwise.
    pub hold_ttl_s: i64,
    pub hold_ttl_max_s: i64,
    /// How long a buyer waits for an answer before it is told to ask again with the same key.
    pub deadline: Duration,
    /// How long an order may wait in line for one account.
    pub patience: Duration,
}

/// What is remembered of an ended request.
#[derive(Clone)]
pub(crate) enum Ended {
    Placed(Arc<Placed>),
    Refused(Error),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Checkout(pub(super) Arc<Parts>);

/// What an order is placed with.
pub(crate) struct Parts {
    pub(crate) settings: Settings,
    pub(crate) shops: Shops,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) numbers: OrderNumbers,
    pub(crate) runtime: Runtime,
    pub(crate) orders: Arc<dyn OrderRows>,
    pub(crate) offers: Offers,
    pub(crate) inventory: inventory::Handle,
    pub(crate) journal: journal::Handle,
    pub(crate) cart: cart::Handle,
    pub(crate) claims: Claims<Ended>,
    pub(crate) keys: Arc<KnownKeys>,
}

/// The one route whose keys live on the order rows.
pub(super) const ROUTE: &str = "POST /checkout";

/// A refused attempt stays refused for so long.
const REFUSAL_MEMORY: TimeDelta = TimeDelta::seconds(30);

impl Checkout {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// What the basket costs now. Promises nothing.
    pub async fn quote(&self, request: QuoteRequest) -> Result<Priced, Error> {
        let now = self.0.clock.now();
        let wants = match request.basket {
            Basket::Items(wants) => wants,
            Basket::Cart => {
                let owner = Owner { store: request.store, principal: request.principal };
                let contents = self.0.cart.view(owner).await?;
                if contents.lines.is_empty() {
                    return Err(Error::Empty);
                }
                wanted(&contents)
            }
        };
        let offers = self.offers(request.store, &wants).await?;
        let quote = plan::priced(&wants, &offers, &self.shop(request.store)?.rules, now)?;
        Ok(Priced { quote, offers })
    }

    /// Places an order, at most once for its key. The order goes on being placed when the caller goes away, and is found by
    /// its key.
    pub async fn place(&self, request: PlaceOrder) -> Result<Answer, Error> {
        let now = self.0.clock.now();
        let key = CallKey::of(request.store, request.principal, ROUTE, &request.idempotency_key);
        let claim = match self.0.claims.claim(key, request.fingerprint, now) {
            Standing::Claimed(claim) => claim,
            Standing::UnderWay => return Err(Error::KeyInFlight),
            Standing::Reused => return Err(Error::KeyReused),
            Standing::Ended(Ended::Placed(placed)) => return Ok(Answer { placed, replayed: true }),
            // Another server may have granted it since.
            Standing::Ended(Ended::Refused(_)) if !self.0.journal.proof().is_fresh() => return Err(Error::unsure()),
            Standing::Ended(Ended::Refused(refusal)) => return Err(refusal),
        };
        let checkout = self.clone();
        let placing = self.0.runtime.run_here(async move { checkout.carry_out(request, key, claim, now).await });
        match self.0.runtime.timeout(self.0.settings.deadline, placing).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(broke_off)) => Err(Error::Internal(broke_off.to_string().into())),
            Err(_) => Err(Error::OutcomeUnknown),
        }
    }

    async fn carry_out(
        &self,
        request: PlaceOrder,
        key: CallKey,
        claim: Claim<Ended>,
        now: Timestamp,
    ) -> Result<Answer, Error> {
        let term = self.0.journal.proof().term();
        // Only a key that is in the filter can be an order already; asking for the others would cost a read each.
        if self.0.keys.maybe_seen(key)
            && !is_on(Mutant::RefusalBeforeTheKeyCheck)
            && let Some(placed) = self.placed_before(&request).await?
        {
            claim.end(Ended::Placed(Arc::clone(&placed)));
            return Ok(Answer { placed, replayed: true });
        }
        if !self.0.journal.proof().is_owner() {
            // Its actors may wait for what only another server can bring to an end: nobody is to wait with them.
            return Err(Error::unsure());
        }
        match self.try_to_place(&request, now).await {
            Ok(placed) => {
                self.0.keys.insert(key);
                let placed = Arc::new(placed);
                claim.end(Ended::Placed(Arc::clone(&placed)));
                Ok(Answer { placed, replayed: false })
            }
            Err(unsure @ (Error::OutcomeUnknown | Error::CartConverted { .. })) => {
                match (self.placed_before(&request).await, &unsure) {
                    (Ok(Some(placed)), _) => {
                        claim.end(Ended::Placed(Arc::clone(&placed)));
                        Ok(Answer { placed, replayed: true })
                    }
                    // It may have been placed: that it cannot be read does not mean that nothing was done.
                    (Ok(None), _) | (Err(Error::Unavailable(_)), Error::OutcomeUnknown) => Err(unsure),
                    (Err(error), _) => Err(error),
                }
            }
            Err(later) if later.says_later() => Err(later),
            Err(refusal) => {
                // Nobody is refused by a process that was cut off, nor before it is certain that the key is new: even "the
                // price has changed" is no answer to somebody who has the order already.
                let is_sure = || self.0.journal.proof().speaks_for(term) || refusal.is_of_the_request();
                if !is_sure() {
                    return Err(Error::unsure());
                }
                if self.0.keys.may_be_an_order(key, request.principal)
                    && !is_on(Mutant::RefusalBeforeTheKeyCheck)
                    && let Some(placed) = self.placed_before(&request).await?
                {
                    claim.end(Ended::Placed(Arc::clone(&placed)));
                    return Ok(Answer { placed, replayed: true });
                }
                // Another may have sold it while the rows were read, and must not be contradicted from memory.
                if !is_sure() {
                    return Err(Error::unsure());
                }
                if refusal.is_remembered() && !is_on(Mutant::RefusalForgotten) {
                    claim.end_for_a_while(Ended::Refused(refusal.clone()), now, REFUSAL_MEMORY);
                }
                Err(refusal)
            }
        }
    }

    pub(super) fn shop(&self, store: StoreId) -> Result<Arc<Shop>, Error> {
        let unheard_of = || Error::Unavailable("this store is not known yet".into());
        self.0.shops.of(store).ok_or_else(unheard_of)
    }

    pub(super) async fn offers(
        &self,
        store: StoreId,
        wants: &[Want],
    ) -> Result<Vec<Arc<crate::catalog::Offer>>, Error> {
        let skus: Vec<Sku> = wants.iter().map(|want| want.sku.clone()).collect();
        plan::offered(wants, self.0.offers.get(store, &skus).await?)
    }

    /// The order that an earlier sending of this very request became.
    async fn placed_before(&self, request: &PlaceOrder) -> Result<Option<Arc<Placed>>, Error> {
        let key = request.idempotency_key.to_string();
        let found = self.0.orders.by_key(request.store, request.principal, key).await?;
        match found {
            Some(order) if order.fingerprint != request.fingerprint => Err(Error::KeyReused),
            Some(order) => {
                reach(Point::ReplayOrder);
                Ok(Some(Arc::new(order.into())))
            }
            None => Ok(None),
        }
    }
}

pub(super) fn wanted(contents: &Contents) -> Vec<Want> {
    contents.lines.iter().map(|line| Want { sku: line.sku.clone(), quantity: line.quantity }).collect()
}
