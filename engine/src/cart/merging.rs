//! A guest's cart goes into an account's: one decision, one transaction.
//!
//! ```text
//!   freeze the guest's, freeze the account's -- plan (pure) -- one transaction: both rows, if both are what was seen
//!                                                                  |
//!                            both carts read themselves anew <-----+
//! ```
//!
//! Nothing lies between emptying the one and filling the other: whoever dies has done both or neither. So nothing has to be
//! remembered of a merge: done again it finds the guest's cart empty. Of two logins that merge the same cart at once one
//! finds it frozen, and empty when it looks again. A checkout of either cart under way keeps it frozen: the merge waits a
//! moment for it, and is refused then; if the guest's cart becomes an order, nothing is left to merge.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::catalog::{Offer, Sku};
use crate::id::VariantId;
use crate::postgres::{Database, DatabaseError};

use super::cart::{Contents, Owner, Purpose};
use super::error::{Error, Refused};
use super::frozen::Frozen;
use super::handle::{Handle, no_offers};
use super::merge::{Cut, Plan, plan};
use super::store;

/// How many of each variant can be sold, where that is known.
pub type Stock = Arc<dyn Fn(Vec<VariantId>) -> BoxFuture<'static, Vec<Option<i64>>> + Send + Sync>;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// How many lines the guest's cart had; none: there was nothing to merge.
    pub lines: usize,
    /// What did not come along as it was.
    pub cut: Vec<Cut>,
}

/// A cart that is being checked out, or merged by somebody else, is asked for again after so long, so often.
const AGAIN: Duration = Duration::from_millis(25);
const TRIES: u32 = 12;

impl Handle {
    /// Empties `from` into `into`. It goes on when the caller goes away.
    pub async fn merge(&self, database: &Database, from: Owner, into: Owner, stock: Stock) -> Result<Merged, Error> {
        let (carts, on) = (self.clone(), database.clone());
        let task = database.io().spawn(async move { carts.merge_patiently(&on, from, into, &stock).await });
        match task.await {
            Ok(outcome) => outcome,
            // It panicked, or the program ends.
            Err(error) => {
                tracing::error!(%error, cart.id = %into.cart(), "a merge of carts ended badly");
                Err(Error::OutcomeUnknown)
            }
        }
    }

    async fn merge_patiently(
        &self,
        database: &Database,
        from: Owner,
        into: Owner,
        stock: &Stock,
    ) -> Result<Merged, Error> {
        if from == into {
            return Ok(Merged::default());
        }
        let mut last = Error::Unavailable;
        let mut in_doubt = None;
        for _ in 0..TRIES {
            match self.try_to_merge(database, from, into, stock, &mut in_doubt).await {
                Ok(Some(merged)) => return Ok(merged),
                // A cart was not what its actor remembered; it is read anew.
                Ok(None) => last = Error::Unavailable,
                // Whether it was done shows when the carts are read again.
                Err(error @ (Error::OutcomeUnknown | Error::Refused(Refused::CompletionInProgress))) => {
                    last = error;
                    tokio::time::sleep(AGAIN).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// `None`: a row was another than was seen; nothing was done. `in_doubt`: a try that was not answered, and the version
    /// that the guest's cart is at if it came to something.
    async fn try_to_merge(
        &self,
        database: &Database,
        from: Owner,
        into: Owner,
        stock: &Stock,
        in_doubt: &mut Option<(i64, Merged)>,
    ) -> Result<Option<Merged>, Error> {
        // Whoever has nothing to bring disturbs nobody.
        let seen = self.view(from).await?;
        if seen.lines.is_empty() {
            let done = in_doubt.take().filter(|(version, _)| *version == seen.version).map(|(_, merged)| merged);
            return Ok(Some(done.unwrap_or_default()));
        }
        // Neither waits for the other: who finds one frozen lets go of both.
        let guests = self.freeze_for(from, None, Purpose::Merge).await?;
        let own = self.freeze_for(into, None, Purpose::Merge).await?;
        let goods = self.goods(guests.contents(), stock).await?;
        let goods = goods.iter().map(|(offer, available)| (offer.as_deref(), *available));
        let Some(plan) = plan(guests.contents(), own.contents(), goods, self.clock().now()) else {
            return Ok(Some(Merged::default()));
        };
        let merged = Merged { lines: guests.contents().lines.len(), cut: plan.cut.clone() };
        let doubted_before = in_doubt.replace((plan.from.version, merged.clone()));
        let written = write(database, plan, &guests, &own).await;
        // Whatever came of it, what they remember is not to be relied on.
        guests.outdated();
        own.outdated();
        if !written? {
            // It is known that this one came to nothing: another's version of the same number is not its doing. It may be
            // the doing of a try before it, which this one waited for.
            *in_doubt = doubted_before;
            return Ok(None);
        }
        metrics::counter!("doorbuster_cart_merges_total").increment(1);
        Ok(Some(merged))
    }

    /// Of each line its offer and how many can be sold.
    async fn goods(&self, contents: &Contents, stock: &Stock) -> Result<Vec<(Option<Arc<Offer>>, Option<i64>)>, Error> {
        let skus: Vec<Sku> = contents.lines.iter().map(|line| line.sku.clone()).collect();
        let offers = self.offers().get(contents.owner.store, &skus).await.map_err(no_offers)?;
        let available = stock(contents.lines.iter().map(|line| line.variant_id).collect()).await;
        Ok(offers.into_iter().zip(available.into_iter().chain(std::iter::repeat(None))).collect())
    }
}

async fn write(database: &Database, plan: Plan, guests: &Frozen, own: &Frozen) -> Result<bool, Error> {
    let follows = (guests.contents().version, own.contents().version);
    let written = database.run(move |mut connection| async move {
        Ok::<_, DatabaseError>(store::merge(&mut connection, (&plan.from, follows.0), (&plan.into, follows.1)).await?)
    });
    written.await.map_err(|error| {
        tracing::warn!(%error, "carts were not merged, or it is not known");
        if error.is_no_answer() { Error::OutcomeUnknown } else { Error::Unavailable }
    })
}
