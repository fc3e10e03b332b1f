//! Changing stock from outside a sale: deliveries, corrections, counts, transfers. One bundle each, through the journal.

use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::id::{LocationId, StoreId, VariantId};
use crate::idempotency::{Call, Claims, Standing, known};
use crate::journal::{Bundle, Handle as Journal, NotWritten, StoredAnswer, Writes};
use crate::postgres::Database;

use super::command::Command;
use super::error::Error;
use super::handle::{Granted, Handle};
use super::store::{self, LevelRow};
use super::taken::Taken;

/// What is to be changed: a `Receive`, `Adjust`, `Set` or `Transfer` of one variant.
#[derive(Debug, Clone)]
pub struct StockChange {
    pub variant: VariantId,
    pub command: Command,
}

/// It is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    pub batch: i64,
    /// One a ledger row: a transfer has two.
    pub seqs: Vec<i64>,
    /// It was answered before, and nothing was done now.
    #[serde(skip)]
    pub replayed: bool,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct Stockroom {
    inventory: Handle,
    journal: Journal,
    database: Database,
    clock: std::sync::Arc<dyn Clock>,
    claims: Claims<()>,
}

/// How many `Set`s of an import share a bundle.
const SETS_A_BUNDLE: usize = 200;

impl Stockroom {
    pub fn new(
        inventory: Handle,
        journal: Journal,
        database: Database,
        clock: std::sync::Arc<dyn Clock>,
        claims: Claims<()>,
    ) -> Self {
        Self { inventory, journal, database, clock, claims }
    }

    /// Makes one change. With a `call` it is made at most once, however often it is asked.
    pub async fn change(&self, change: StockChange, call: Option<Call>) -> Result<Changed, Error> {
        let now = self.clock.now();
        let claim = match &call {
            None => None,
            Some(call) => match self.claims.claim(call.key(), call.fingerprint, now) {
                Standing::Claimed(claim) => Some(claim),
                Standing::UnderWay => return Err(Error::KeyInFlight),
                Standing::Reused => return Err(Error::KeyReused),
                Standing::Ended(()) => None,
            },
        };
        if let Some(call) = &call
            && let Some(before) = self.answered_before(call).await?
        {
            return Ok(before);
        }
        let Granted::Take(taken) = self.inventory.take(change.variant, change.command, now).await? else {
            return Ok(Changed { batch: 0, seqs: Vec::new(), replayed: true });
        };
        let answer = call.as_ref().map(|call| {
            Box::new(StoredAnswer {
                store: call.store,
                principal: call.principal,
                route: call.route,
                key: call.key.clone(),
                fingerprint: call.fingerprint,
                status: 200,
                body: "{}".to_owned(),
            })
        });
        let writes = Writes { answer, ..Writes::default() };
        let bundle = Bundle { takes: vec![taken], writes };
        match self.journal.write(bundle).await {
            Ok(receipt) => {
                if let Some(claim) = claim {
                    claim.end(());
                }
                Ok(Changed { batch: receipt.batch, seqs: receipt.seqs, replayed: false })
            }
            // An older attempt, whose outcome was not known then, had been written after all.
            Err(NotWritten::DoneBefore) if call.is_some() => {
                let call = call.as_ref().expect("just looked");
                self.answered_before(call).await?.ok_or(Error::NotWritten(NotWritten::DoneBefore))
            }
            Err(why) => Err(why.into()),
        }
    }

    /// Sets many absolute counts, many to a bundle. Each is answered for itself, in the order asked.
    pub async fn set_many(&self, sets: Vec<StockChange>) -> Vec<Result<(), Error>> {
        let mut outcomes = Vec::with_capacity(sets.len());
        let mut sets = sets.into_iter().peekable();
        while sets.peek().is_some() {
            let mut granted: Vec<Taken> = Vec::new();
            let mut here: Vec<Option<Error>> = Vec::new();
            for set in sets.by_ref().take(SETS_A_BUNDLE) {
                match self.inventory.take(set.variant, set.command, self.clock.now()).await {
                    Ok(Granted::Take(taken)) => {
                        granted.push(taken);
                        here.push(None);
                    }
                    Ok(Granted::AlreadyDone) => here.push(None),
                    Err(error) => here.push(Some(error)),
                }
            }
            let written = if granted.is_empty() {
                Ok(())
            } else {
                self.journal.write(Bundle { takes: granted, ..Bundle::default() }).await.map(drop)
            };
            outcomes.extend(here.into_iter().map(|error| match (error, &written) {
                (Some(error), _) => Err(error),
                (None, Ok(())) => Ok(()),
                (None, Err(why)) => Err(Error::NotWritten(*why)),
            }));
        }
        outcomes
    }

    /// The durable levels of a variant at all its locations.
    pub async fn levels(&self, variant: VariantId) -> Result<Vec<LevelRow>, Error> {
        self.database.run(move |mut connection| async move { Ok(store::levels(&mut connection, variant).await?) }).await
    }

    /// The durable levels of many variants, in no order.
    pub async fn levels_of(&self, variants: Vec<VariantId>) -> Result<Vec<(VariantId, LevelRow)>, Error> {
        self.database
            .run(move |mut connection| async move { Ok(store::levels_of(&mut connection, &variants).await?) })
            .await
    }

    pub async fn location(&self, store: StoreId, code: String) -> Result<LocationId, Error> {
        self.database
            .run(move |mut connection| async move {
                store::location_by_code(&mut connection, store, &code).await?.ok_or(Error::UnknownLocation)
            })
            .await
    }

    async fn answered_before(&self, call: &Call) -> Result<Option<Changed>, Error> {
        let call = call.clone();
        self.database
            .run(move |mut connection| async move {
                let Some(before) = known(&mut connection, &call).await? else { return Ok(None) };
                if before.fingerprint != call.fingerprint {
                    return Err(Error::KeyReused);
                }
                // The journal adds the receipt to what it stores.
                let receipt = before.body.get("receipt").cloned().unwrap_or_default();
                let changed: Changed = serde_json::from_value(receipt)
                    .map_err(|error| crate::postgres::DatabaseError::Unavailable(error.to_string()))?;
                Ok(Some(Changed { replayed: true, ..changed }))
            })
            .await
    }
}
