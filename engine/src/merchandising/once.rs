//! What is made once for a key.

use futures_util::future::BoxFuture;

use crate::id::StoreId;
use crate::idempotency::{self, CREATED, Keyed, Made};

use super::error::Error;
use super::handle::{Merchandising, Writing};

impl Merchandising {
    pub(super) async fn make<T, W>(&self, store: StoreId, keyed: Option<Keyed<T>>, work: W) -> Result<Made<T>, Error>
    where
        T: Send + Sync + 'static,
        W: for<'w, 'c> FnOnce(&'w mut Writing<'c>) -> BoxFuture<'w, Result<T, Error>> + Send + 'static,
    {
        let Some(Keyed { call, answer }) = keyed else { return self.write(store, work).await.map(Made::Now) };
        let claim = idempotency::claim(&self.claims, &call, self.clock.now())?;
        let made = self
            .write(store, move |writing| {
                Box::pin(async move {
                    let before = idempotency::answered_in_op::<Error>(writing.connection, &call, writing.now).await?;
                    if let Some(before) = before {
                        return Ok(Made::Before(before));
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
