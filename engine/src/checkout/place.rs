//! Carries the plan out: keys, price, takes, journal, answer. Each step's undo is a guard's drop.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::cart::{self, Contents, Frozen, Owner, Refused as Refusal};
use crate::catalog::{Offers, Sku};
use crate::clock::{Clock, IdSource, Timestamp};
use crate::id::{OrderId, StoreId};
use crate::idempotency::{CallKey, Claim, Claims, Filter, Standing};
use crate::inventory::{self, Granted, Refused, Taken};
use crate::journal::{self, Bundle, CartConversion, LineRow, NotWritten, OrderRow, Receipt, Writes};
use crate::order::{self, OrderDetail, OrderNumbers, OrderSnapshot, PaymentMethod};
use crate::postgres::{Database, DatabaseError};
use crate::pricing::{Quote, Rules};

use super::board;
use super::error::Error;
use super::placed::{Placed, PlacedLine};
use super::plan::{self, Demand};
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

/// The shop's own rules of price, reread when an admin changes them.
pub type StoreRules = Arc<ArcSwap<Rules>>;

/// What is remembered of an ended request.
#[derive(Clone)]
pub(crate) enum Ended {
    Placed(Arc<Placed>),
    Refused(Error),
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Checkout(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) settings: Settings,
    pub(crate) rules: StoreRules,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) numbers: OrderNumbers,
    pub(crate) database: Database,
    pub(crate) offers: Offers,
    pub(crate) inventory: inventory::Handle,
    pub(crate) journal: journal::Handle,
    pub(crate) cart: cart::Handle,
    pub(crate) claims: Claims<Ended>,
    pub(crate) filter: Filter,
    /// Keys of principals minted before it (milliseconds since 1970) may be older than the filter.
    pub(crate) filter_since_ms: AtomicI64,
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
        let quote = plan::priced(&wants, &offers, &self.0.rules.load(), now)?;
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
            Standing::Ended(Ended::Refused(refusal)) => return Err(refusal),
        };
        let checkout = self.clone();
        let placing = tokio::spawn(async move { checkout.carry_out(request, key, claim, now).await });
        match tokio::time::timeout(self.0.settings.deadline, placing).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => Err(Error::Internal(panic.to_string().into())),
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
        // Only a key that is in the filter can be an order already; asking for the others would cost a read each.
        if self.0.filter.maybe_seen(key)
            && let Some(placed) = self.placed_before(&request).await?
        {
            claim.end(Ended::Placed(Arc::clone(&placed)));
            return Ok(Answer { placed, replayed: true });
        }
        match self.try_to_place(&request, now).await {
            Ok(placed) => {
                self.0.filter.insert(key);
                let placed = Arc::new(placed);
                claim.end(Ended::Placed(Arc::clone(&placed)));
                Ok(Answer { placed, replayed: false })
            }
            Err(unsure @ (Error::OutcomeUnknown | Error::CartConverted { .. })) => {
                match self.placed_before(&request).await? {
                    Some(placed) => {
                        claim.end(Ended::Placed(Arc::clone(&placed)));
                        Ok(Answer { placed, replayed: true })
                    }
                    None => Err(unsure),
                }
            }
            Err(refusal) if refusal.is_refusal() => {
                // Nobody is refused by a process that was cut off, nor before it is certain that the key is new.
                if !self.0.journal.proof().is_fresh() {
                    return Err(Error::Unavailable("not certain to own the stock".into()));
                }
                if self.may_be_older_than_the_filter(&request)
                    && let Some(placed) = self.placed_before(&request).await?
                {
                    claim.end(Ended::Placed(Arc::clone(&placed)));
                    return Ok(Answer { placed, replayed: true });
                }
                claim.end_for_a_while(Ended::Refused(refusal.clone()), now, REFUSAL_MEMORY);
                Err(refusal)
            }
            Err(error) => {
                // Also "the price has changed" is no answer to somebody who has the order already.
                if !error.says_later()
                    && self.may_be_older_than_the_filter(&request)
                    && let Some(placed) = self.placed_before(&request).await?
                {
                    claim.end(Ended::Placed(Arc::clone(&placed)));
                    return Ok(Answer { placed, replayed: true });
                }
                Err(error)
            }
        }
    }

    async fn try_to_place(&self, request: &PlaceOrder, now: Timestamp) -> Result<Placed, Error> {
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
        let quote = plan::priced(wants, &offers, &self.0.rules.load(), now)?;
        plan::agreed(request, &quote, now)?;
        let settings = &self.0.settings;
        let until = plan::hold_until(request, &offers, settings.hold_ttl_s, settings.hold_ttl_max_s, now)?;
        let expires_at = match request.payment_method {
            PaymentMethod::Manual => Some(until),
            PaymentMethod::CashOnDelivery => None,
        };
        let demands = plan::demands(wants, &offers);
        board::refuse(&self.0.inventory, &demands)?;

        let order = OrderId::from_uuid(self.0.ids.next(now));
        let takes = self.take_all(&demands, order, request, expires_at, now).await?;
        let mut row = self.row(request, order, &quote, &offers, expires_at, now);
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
        metrics::counter!("orders_placed_total").increment(1);
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
        let found = self
            .0
            .database
            .run(move |mut connection| async move {
                Ok::<_, DatabaseError>(order::store::by_id(&mut connection, order).await?)
            })
            .await?;
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
            let granted = match tokio::time::timeout(self.0.settings.patience, asking).await {
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

    fn row(
        &self,
        request: &PlaceOrder,
        order: OrderId,
        quote: &Quote,
        offers: &[Arc<crate::catalog::Offer>],
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
            location: crate::id::LocationId::MAIN,
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

    async fn offers(&self, store: StoreId, wants: &[Want]) -> Result<Vec<Arc<crate::catalog::Offer>>, Error> {
        let skus: Vec<Sku> = wants.iter().map(|want| want.sku.clone()).collect();
        plan::offered(wants, self.0.offers.get(store, &skus).await?)
    }

    /// The order that an earlier sending of this very request became.
    async fn placed_before(&self, request: &PlaceOrder) -> Result<Option<Arc<Placed>>, Error> {
        let (store, principal, key) = (request.store, request.principal, request.idempotency_key.to_string());
        let found: Option<OrderSnapshot> = self
            .0
            .database
            .run(move |mut connection| async move {
                Ok::<_, DatabaseError>(order::store::by_key(&mut connection, store, principal, &key).await?)
            })
            .await?;
        match found {
            Some(order) if order.fingerprint != request.fingerprint => Err(Error::KeyReused),
            Some(order) => Ok(Some(Arc::new(order.into()))),
            None => Ok(None),
        }
    }

    /// A principal that was minted after the filter's time can have no older keys: its id says when.
    fn may_be_older_than_the_filter(&self, request: &PlaceOrder) -> bool {
        minted_ms(request.principal.uuid()) < self.0.filter_since_ms.load(Ordering::Relaxed)
    }
}

fn wanted(contents: &Contents) -> Vec<Want> {
    contents.lines.iter().map(|line| Want { sku: line.sku.clone(), quantity: line.quantity }).collect()
}

/// The milliseconds since 1970 in a UUIDv7; 0 for any other.
fn minted_ms(id: Uuid) -> i64 {
    if id.get_version_num() != 7 {
        return 0;
    }
    i64::try_from(id.as_u128() >> 80).unwrap_or(0)
}

fn told(refused: Refused, demand: &Demand) -> Error {
    let sku = demand.offer.sku.to_string();
    match refused {
        Refused::Insufficient { available, seq, .. } => {
            Error::OutOfStock { items: vec![board::short(demand, available, seq)] }
        }
        Refused::LimitReached { max, already, asked, resets_at } => {
            Error::LimitReached { sku, limit: max, already, requested: asked, resets_at }
        }
        Refused::Full | Refused::Underway => Error::Busy,
        Refused::HeldDifferently { .. }
        | Refused::Gone
        | Refused::Ended { .. }
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
    let seq_of = |variant| {
        let index = demands.iter().position(|demand| demand.account.variant == variant);
        index.and_then(|index| receipt.seqs.get(index)).copied().unwrap_or(0)
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
            .map(|(line, offer)| PlacedLine {
                sku: offer.sku.to_string(),
                title: offer.title.clone(),
                quantity: line.quantity.get(),
                unit_mrp_minor: line.unit_mrp_minor,
                unit_price_minor: line.unit_price_minor,
                net_minor: line.net_minor,
                seq: seq_of(line.variant_id),
            })
            .collect(),
        placed_at: receipt.at,
        expires_at,
    }
}
