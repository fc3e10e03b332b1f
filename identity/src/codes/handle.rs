//! The way to the codes. Cheap to clone.

use chrono::TimeDelta;
use diesel::QueryResult;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::Timestamp;
use engine::id::{AccountId, ChallengeId, StoreId};
use engine::postgres::DatabaseError;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;

use super::code::{Code, Digester};
use super::error::Error;
use super::rule::{LIFETIME, Standing, TRIES};
use super::store::{self, SentRow, TriedRow};
use super::throttle::{self, AGAIN_AFTER, Asker};
use crate::arrival::{self, Arrival, Entered};
use crate::ground::Ground;
use crate::notification::{self, Channel, Notice, Recipient};
use crate::reach::{Email, Phone};
use crate::session::Sessions;
use crate::token::Keyring;
use crate::unreadable::unreadable;

/// How long a row is remembered: longer than any limit looks back.
const KEPT: TimeDelta = TimeDelta::days(1);
const PRUNED_AT_ONCE: usize = 1_000;

#[derive(Clone)]
pub struct Codes {
    ground: Ground,
    sessions: Sessions,
    digester: Digester,
}

/// A code is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    pub challenge: ChallengeId,
    pub expires_at: Timestamp,
    /// When another one may be asked for.
    pub again_at: Timestamp,
}

/// Whose address it turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    Of {
        account: AccountId,
        is_new: bool,
        address: Recipient,
    },
    /// The address is theirs, and the shop has closed their account.
    Blocked,
}

impl Codes {
    pub(crate) fn new(ground: &Ground, sessions: Sessions, keyring: &Keyring) -> Self {
        Self { ground: ground.clone(), sessions, digester: Digester::new(keyring) }
    }

    /// Sends a code to `to`, whoever that is.
    pub async fn send(&self, store: StoreId, to: Recipient, asker: Asker) -> Result<Sent, Error> {
        let now = self.ground.clock.now();
        let challenge = ChallengeId::from_uuid(self.ground.ids.next(now));
        let code = Code::random(&mut UnwrapErr(SysRng));
        let digest = self.digester.digest(challenge, &code);
        let Standing { expires_at, .. } = Standing::sent(now);
        let notice = Notice::OneTimeCode { code: code.as_str().to_owned(), expires_at };
        let draft = self.ground.notifications.draft(store, None, &to, &notice);
        let sent = self.ground.database.run(move |mut connection| async move {
            let connection: &mut AsyncPgConnection = &mut connection;
            connection
                .transaction(async move |connection: &mut AsyncPgConnection| {
                    let (channel, key) = (to.channel().name(), to.key());
                    let row = SentRow {
                        id: challenge,
                        store_id: store,
                        channel,
                        recipient: to.written(),
                        recipient_key: key,
                        digest: digest.to_vec(),
                        sent_at: now,
                        expires_at,
                        asker: asker.bytes(),
                    };
                    store::take_turn_in_op(connection, store, channel, key).await?;
                    let before = store::sent_after(connection, &row, now - throttle::WINDOW).await?;
                    let from = throttle::next_at(&before, asker, now);
                    if from > now {
                        return Err(Error::TooSoon { again_in: from - now });
                    }
                    store::insert(connection, &row).await?;
                    notification::post(connection, &draft).await?;
                    Ok(())
                })
                .await
        });
        sent.await?;
        self.ground.notifications.wake();
        Ok(Sent { challenge, expires_at, again_at: now + AGAIN_AFTER })
    }

    /// Whose address it is that the code was sent to. The first proof of an address makes an account.
    pub async fn verify(&self, store: StoreId, challenge: ChallengeId, code: Code) -> Result<Proof, Error> {
        let to = self.answer(store, challenge, code).await?;
        let now = self.ground.clock.now();
        let fresh = AccountId::from_uuid(self.ground.ids.next(now));
        let work = move |to: Recipient| {
            self.ground.database.run(move |mut connection| async move {
                let connection: &mut AsyncPgConnection = &mut connection;
                connection
                    .transaction(async move |connection: &mut AsyncPgConnection| {
                        if !store::use_in_op(connection, challenge, now).await? {
                            return Err(Error::Closed(super::Closed::Used));
                        }
                        let arrival = Arrival { store, address: &to, fresh, now };
                        Ok(arrival::arrive_in_op(connection, &arrival).await?)
                    })
                    .await
            })
        };
        let address = to.clone();
        let entered = match work(to.clone()).await {
            // They are there by now, and are met there.
            Err(Error::Database(DatabaseError::Query(error))) if arrival::was_overtaken(&error) => work(to).await?,
            entered => entered?,
        };
        Ok(match entered {
            Entered::In { account, is_new, ended } => {
                self.sessions.heard(ended, now);
                Proof::Of { account, is_new, address }
            }
            Entered::Blocked => Proof::Blocked,
        })
    }

    /// Removes all that is older than any limit looks back, whether anybody sends or not: addresses stand in it as they were
    /// written. Says how much.
    pub(crate) async fn prune(&self, now: Timestamp) -> Result<usize, DatabaseError> {
        let (before, mut removed) = (now - KEPT, 0);
        loop {
            let swept = self.ground.database.run_at_length(move |mut connection| async move {
                Ok::<_, DatabaseError>(store::sweep(&mut connection, before, PRUNED_AT_ONCE).await?)
            });
            let rows = swept.await?;
            removed += rows;
            if rows < PRUNED_AT_ONCE {
                return Ok(removed);
            }
        }
    }

    /// The address that the code was sent to, if it is the right one. The try is counted, for good, before the code is
    /// compared.
    async fn answer(&self, store: StoreId, challenge: ChallengeId, code: Code) -> Result<Recipient, Error> {
        let (now, digester) = (self.ground.clock.now(), self.digester.clone());
        self.ground
            .database
            .run(move |mut connection| async move {
                let Some(tried) = store::count_try(&mut connection, store, challenge, now).await? else {
                    let standing = store::standing(&mut connection, store, challenge).await?;
                    let closed = standing.ok_or(Error::Unknown)?.closed(now);
                    // What was open a moment ago and could not be tried: the last try went to somebody else.
                    return Err(closed.unwrap_or(super::Closed::Exhausted).into());
                };
                let digest = tried.digest.as_slice().try_into().map_err(unreadable)?;
                if !digester.fits(challenge, &code, &digest) {
                    return Err(Error::Wrong { left: TRIES - tried.tries });
                }
                Ok(recipient(&tried)?)
            })
            .await
    }
}

fn recipient(tried: &TriedRow) -> QueryResult<Recipient> {
    match tried.channel.parse().map_err(unreadable)? {
        Channel::Email => Email::parse(&tried.recipient).map(Recipient::Email).map_err(unreadable),
        Channel::Sms => Phone::parse(&tried.recipient).map(Recipient::Phone).map_err(unreadable),
    }
}

const _: () = assert!(KEPT.num_seconds() > LIFETIME.num_seconds());
