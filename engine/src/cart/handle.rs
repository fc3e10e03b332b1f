//! The way to the carts. Cheap to clone; the only public name of the cart actors.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::actor::{Directory, Load, Mailbox, Reply, Unanswered, Wiring};
use crate::catalog::{Offers, Sku};
use crate::clock::Clock;
use crate::id::VariantId;
use crate::postgres::DatabaseError;
use crate::pricing::Rules;
use crate::quantity::Quantity;

use super::actor::{CartActor, Loaded};
use super::cart::{Contents, Edit, Owner, Purpose};
use super::error::{Error, Refused};
use super::frozen::Frozen;
use super::lane::{Answer, Kept, Lane, NotKept};
use super::loader::Loader;
use super::message::{Apply, Freeze, View};
use super::rows::CartRows;
use super::view::CartView;

#[derive(Clone)]
pub struct Handle {
    actors: Directory<CartActor>,
    lane: Lane,
    offers: Offers,
    clock: Arc<dyn Clock>,
    /// Another server keeps the carts: what is remembered here is not kept up with them.
    standing_by: Arc<AtomicBool>,
}

/// For people and metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    pub awake: usize,
    /// How many more edits may be on their way.
    pub free_seats: usize,
}

/// How often a question is asked: a cart that differs from the database is read anew in between, and one that fell asleep
/// is woken.
const TRIES: u32 = 3;

impl Handle {
    /// At most `edits_max` changes may be on their way to the database.
    pub fn start(
        wiring: Wiring,
        rows: Arc<dyn CartRows>,
        offers: Offers,
        clock: Arc<dyn Clock>,
        edits_max: usize,
    ) -> Self {
        let lane = Lane::start(&wiring.runtime, Arc::clone(&rows), edits_max);
        let loader = Loader::start(&wiring.runtime, rows, Arc::clone(&clock));
        let load: Load<CartActor> = {
            let lane = lane.clone();
            Arc::new(move |owner| {
                let (loader, lane) = (loader.clone(), lane.clone());
                Box::pin(async move { Ok(Loaded { contents: loader.load(owner).await?, lane }) })
            })
        };
        Self { actors: Directory::new(wiring, load), lane, offers, clock, standing_by: Arc::default() }
    }

    /// What is in the cart, durably.
    pub async fn view(&self, owner: Owner) -> Result<Arc<Contents>, Error> {
        self.in_charge()?;
        for _ in 0..TRIES {
            let mailbox = self.actors.get(owner).await?;
            let answer = mailbox.ask(|reply| View { reply }).await;
            // What is not known is the outcome of somebody else's change.
            if let Some(kept) = self.judge(owner, &mailbox, answer).map_err(nothing_of_ours)? {
                return Ok(kept.contents);
            }
        }
        Err(out_of_tries(owner))
    }

    /// What is in the cart, with what it is worth now. `available`: how many can be sold, where that is known.
    pub async fn look(
        &self,
        owner: Owner,
        rules: &Rules,
        available: impl Fn(VariantId) -> Option<i64>,
    ) -> Result<CartView, Error> {
        let contents = self.view(owner).await?;
        let skus: Vec<Sku> = contents.lines.iter().map(|line| line.sku.clone()).collect();
        let offers = self.offers.get(owner.store, &skus).await.map_err(no_offers)?;
        let available: Vec<_> = contents.lines.iter().map(|line| available(line.variant_id)).collect();
        Ok(CartView::of(contents, offers, &available, rules, self.clock.now()))
    }

    /// Puts so many more of `sku` in, if it is for sale (from when on, and whether there are any, is checkout's to ask).
    pub async fn add(
        &self,
        owner: Owner,
        sku: Sku,
        quantity: Quantity,
        expected: Option<i64>,
    ) -> Result<Arc<Contents>, Error> {
        let offer = self.offers.get_one(owner.store, &sku).await.map_err(no_offers)?;
        match offer {
            None => Err(Refused::UnknownSku { sku }.into()),
            Some(offer) if !offer.sellable => Err(Refused::NotForSale { sku }.into()),
            Some(offer) => self.edit(owner, Edit::Add { variant_id: offer.variant_id, sku, quantity }, expected).await,
        }
    }

    /// Changes the cart; answered when the change is durable, with the cart that is then. `expected`: the version that
    /// whoever asks has seen.
    pub async fn edit(&self, owner: Owner, edit: Edit, expected: Option<i64>) -> Result<Arc<Contents>, Error> {
        self.in_charge()?;
        let now = self.clock.now();
        for _ in 0..TRIES {
            let seat = self.lane.seat().ok_or(Error::Busy)?;
            let mailbox = self.actors.get(owner).await?;
            let edit = edit.clone();
            let ask = |reply: Reply<Answer>| Apply { edit, expected_version: expected, now, seat, reply };
            let answer = mailbox.ask(ask).await;
            if let Some(kept) = self.judge(owner, &mailbox, answer)? {
                return Ok(kept.contents);
            }
        }
        Err(out_of_tries(owner))
    }

    /// Keeps everybody else from the cart, for a checkout. Changes that were accepted before are durable when this answers.
    pub async fn freeze(&self, owner: Owner, expected: Option<i64>) -> Result<Frozen, Error> {
        self.freeze_for(owner, expected, Purpose::Checkout).await
    }

    pub(super) async fn freeze_for(
        &self,
        owner: Owner,
        expected: Option<i64>,
        purpose: Purpose,
    ) -> Result<Frozen, Error> {
        self.in_charge()?;
        for _ in 0..TRIES {
            let mailbox = self.actors.get(owner).await?;
            let answer = mailbox.ask(|reply| Freeze { purpose, expected_version: expected, reply }).await;
            if let Some(kept) = self.judge(owner, &mailbox, answer).map_err(nothing_of_ours)? {
                return Ok(kept.frozen.expect("who freezes is given the frozen cart"));
            }
        }
        Err(out_of_tries(owner))
    }

    pub fn status(&self) -> Status {
        Status { awake: self.actors.awake(), free_seats: self.lane.free_seats() }
    }

    pub async fn retire_idle(&self, idle_ticks: u64) {
        self.actors.retire_idle(idle_ticks).await;
    }

    /// What every cart remembers is worth nothing: another server owned the cell meanwhile. Each is read anew when it is
    /// asked for next.
    pub fn forget_all(&self) {
        self.actors.evict_all();
        self.standing_by.store(false, Ordering::Release);
    }

    /// Another server keeps the carts, until everything is forgotten.
    pub fn stand_by(&self) {
        self.standing_by.store(true, Ordering::Release);
    }

    fn in_charge(&self) -> Result<(), Error> {
        if self.standing_by.load(Ordering::Acquire) { Err(Error::Unavailable) } else { Ok(()) }
    }

    pub(super) fn offers(&self) -> &Offers {
        &self.offers
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn is_awake(&self, owner: Owner) -> bool {
        self.actors.if_awake(owner).is_some()
    }

    /// `None`: nothing was done, ask again.
    fn judge(
        &self,
        owner: Owner,
        asked: &Arc<Mailbox<CartActor>>,
        answer: Result<Answer, Unanswered>,
    ) -> Result<Option<Kept>, Error> {
        match answer {
            Ok(Ok(kept)) => Ok(Some(kept)),
            Ok(Err(NotKept::Refused(refused))) => Err(refused.into()),
            Ok(Err(NotKept::Outdated)) => {
                self.rebuild(owner, asked);
                Ok(None)
            }
            Ok(Err(NotKept::Unavailable)) => {
                self.rebuild(owner, asked);
                Err(Error::Unavailable)
            }
            Ok(Err(NotKept::OutcomeUnknown)) => {
                self.rebuild(owner, asked);
                Err(Error::OutcomeUnknown)
            }
            Err(Unanswered::Full) => Err(Error::Busy),
            // It fell asleep or panicked just now; either way it did not get as far as the lane, which always answers.
            Err(Unanswered::Gone) => {
                self.actors.found_dead(owner, asked);
                Ok(None)
            }
        }
    }

    /// Has the cart read anew, unless somebody did meanwhile.
    fn rebuild(&self, owner: Owner, seen: &Arc<Mailbox<CartActor>>) {
        if self.actors.if_awake(owner).is_some_and(|now| Arc::ptr_eq(&now, seen)) {
            self.actors.evict(owner);
        }
    }
}

/// For who changes nothing.
fn nothing_of_ours(error: Error) -> Error {
    if matches!(error, Error::OutcomeUnknown) { Error::Unavailable } else { error }
}

pub(super) fn no_offers(error: DatabaseError) -> Error {
    tracing::warn!(error = %error, "offers could not be read");
    Error::Unavailable
}

fn out_of_tries(owner: Owner) -> Error {
    let incident = uuid::Uuid::new_v4().simple().to_string();
    tracing::error!(incident, cart.id = %owner.cart(), "a cart gave no answer, time and again");
    Error::Incident { incident }
}
