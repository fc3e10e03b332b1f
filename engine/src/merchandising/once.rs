//! Making a thing once for a key, however often it is asked: the thing and the answer under its key are one transaction.

use futures_util::future::BoxFuture;

use crate::catalog::{Keyed, Made};
use crate::id::StoreId;
use crate::idempotency::{self, Call, Standing};

use super::error::Error;
use super::handle::{Merchandising, Writing};

/// What was made, as HTTP says it.
const CREATED: i32 = 201;

impl Merchandising {
    pub(super) async fn make<T, W>(&self, store: StoreId, keyed: Option<Keyed<T>>, work: W) -> Result<Made<T>, Error>
    where
        T: Send + Sync + 'static,
        W: for<'w, 'c> FnOnce(&'w mut Writing<'c>) -> BoxFuture<'w, Result<T, Error>> + Send + 'static,
    {
        let Some(Keyed { call, answer }) = keyed else { return self.write(store, work).await.map(Made::Now) };
        let claim = match self.claims.claim(call.key(), call.fingerprint, self.clock.now()) {
            Standing::Claimed(claim) => Some(claim),
            Standing::UnderWay => return Err(Error::KeyInFlight),
            Standing::Reused => return Err(Error::KeyReused),
            Standing::Ended(()) => None,
        };
        let made = self
            .write(store, move |writing| {
                Box::pin(async move {
                    if !idempotency::take_up_in_op(writing.connection, &call, writing.now).await? {
                        return before(writing, &call).await;
                    }
                    let thing = work(writing).await?;
                    idempotency::answer_in_op(writing.connection, &call, CREATED, answer(&thing)).await?;
                    Ok(Made::Now(thing))
                })
            })
            .await?;
        if let Some(claim) = claim {
            claim.end(());
        }
        Ok(made)
    }
}

async fn before<T>(writing: &mut Writing<'_>, call: &Call) -> Result<Made<T>, Error> {
    match idempotency::known(writing.connection, call).await? {
        Some(known) if known.fingerprint == call.fingerprint => Ok(Made::Before(known.body)),
        Some(_) => Err(Error::KeyReused),
        // It was there a moment ago and has just been removed for its age.
        None => Err(Error::KeyInFlight),
    }
}
