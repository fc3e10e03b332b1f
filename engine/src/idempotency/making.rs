//! Making a thing once for a key, however often it is asked: the thing and the answer under its key are one transaction.
//!
//! Two requests with one key at once: the second is refused while this process works on the first, and waits for its commit if
//! another process does. Only what was made is remembered; a refusal leaves the key free.

use diesel_async::AsyncPgConnection;
use serde_json::Value;

use super::call::Call;
use super::claims::{Claim, Claims, Standing};
use super::store::{known, take_up_in_op};
use crate::clock::Timestamp;

/// A request under a key, and how its answer is written down.
pub struct Keyed<T> {
    pub call: Call,
    pub answer: fn(&T) -> Value,
}

pub enum Made<T> {
    Now(T),
    /// What was answered then.
    Before(Value),
}

/// Why nothing is made under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    InFlight,
    Reused,
}

/// What was made, as HTTP says it. The row says it too, for people who look there.
pub(crate) const CREATED: i32 = 201;

/// The right to make something under the key; none: the database knows what was made.
pub(crate) fn claim(claims: &Claims<()>, call: &Call, now: Timestamp) -> Result<Option<Claim<()>>, Refused> {
    match claims.claim(call.key(), call.fingerprint, now) {
        Standing::Claimed(claim) => Ok(Some(claim)),
        Standing::UnderWay => Err(Refused::InFlight),
        Standing::Reused => Err(Refused::Reused),
        Standing::Ended(()) => Ok(None),
    }
}

/// Takes the key up for this transaction, or tells what was answered under it before.
pub(crate) async fn answered_in_op<E>(
    connection: &mut AsyncPgConnection,
    call: &Call,
    now: Timestamp,
) -> Result<Option<Value>, E>
where
    E: From<diesel::result::Error> + From<Refused>,
{
    if take_up_in_op(connection, call, now).await? {
        return Ok(None);
    }
    match known(connection, call).await? {
        Some(known) if known.fingerprint == call.fingerprint => Ok(Some(known.body)),
        Some(_) => Err(Refused::Reused.into()),
        // It was there a moment ago and has just been removed for its age.
        None => Err(Refused::InFlight.into()),
    }
}
