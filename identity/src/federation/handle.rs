//! The way to the providers. Cheap to clone.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::Timestamp;
use engine::id::{AccountId, PrincipalId, StoreId};
use engine::postgres::DatabaseError;
use engine::postgres::constraint::violated;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::attempt::{Attempt, Callback, LIFETIME, Traveller};
use super::claim::Claim;
use super::error::Error;
use super::link::{self, Verdict};
use super::outbound::Outbound;
use super::provider::{Fresh, InvalidProvider, Provider};
use super::return_to::ReturnTo;
use super::settings::ProviderSettings;
use super::store::{self, Linked};
use crate::access::Role;
use crate::account::{self, Draft};
use crate::ground::Ground;
use crate::notification::{self, Notice, Recipient};

/// Browsers on their way to or from providers at once; beyond it nobody waits.
const AT_ONCE: usize = 64;
const NAME_MAX: usize = 32;

#[derive(Clone)]
pub struct Federation(Arc<Parts>);

struct Parts {
    ground: Ground,
    providers: BTreeMap<String, Provider>,
    seats: Semaphore,
}

/// A browser that leaves for a provider.
pub struct Departure {
    pub url: String,
    /// For the cookie.
    pub sealed: String,
    pub expires_at: Timestamp,
}

/// A browser that came back, and brought what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    SignsIn { account: AccountId, is_new: bool, guest: Option<PrincipalId>, return_to: ReturnTo },
    Linked { return_to: ReturnTo },
}

impl Federation {
    pub(crate) fn open(
        ground: &Ground,
        providers: BTreeMap<String, ProviderSettings>,
    ) -> Result<Self, InvalidProvider> {
        let provider = |(name, settings): (String, ProviderSettings)| {
            let is_name = !name.is_empty() && name.len() <= NAME_MAX;
            if !is_name || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(InvalidProvider::Name);
            }
            // A client of HTTP needs the system's certificates: a shop without providers does not.
            Ok((name, Provider::new(settings, Outbound::new()?)?))
        };
        let providers = providers.into_iter().map(provider).collect::<Result<_, _>>()?;
        let seats = Semaphore::new(AT_ONCE);
        Ok(Self(Arc::new(Parts { ground: ground.clone(), providers, seats })))
    }

    pub fn providers(&self) -> impl Iterator<Item = &str> {
        self.0.providers.keys().map(String::as_str)
    }

    /// Sends a browser to `provider`, which sends it back to `redirect_uri`.
    pub async fn begin(
        &self,
        store: StoreId,
        provider: String,
        redirect_uri: String,
        return_to: ReturnTo,
        traveller: Traveller,
    ) -> Result<Departure, Error> {
        let now = self.0.ground.clock.now();
        if let Traveller::Account { id, .. } = traveller {
            self.may_link(store, id).await?;
        }
        let fresh = Fresh::new();
        let attempt = Attempt {
            provider: provider.clone(),
            store,
            state: fresh.state.secret().clone(),
            nonce: fresh.nonce.secret().clone(),
            verifier: fresh.verifier.clone(),
            redirect_uri: redirect_uri.clone(),
            return_to: return_to.to_string(),
            traveller,
            expires_at: now + LIFETIME,
        };
        let url = self.outside(provider, move |provider| {
            Box::pin(async move { provider.departure(&fresh, &redirect_uri, now).await })
        });
        let url = url.await?.to_string();
        Ok(Departure { url, sealed: attempt.seal(&self.0.ground.sealer), expires_at: attempt.expires_at })
    }

    /// A browser came back with what it left with, and with what the provider gave it.
    pub async fn finish(
        &self,
        store: StoreId,
        provider: String,
        sealed: &str,
        mut callback: Callback,
    ) -> Result<Landing, Error> {
        let now = self.0.ground.clock.now();
        if !self.0.providers.contains_key(&provider) {
            return Err(Error::UnknownProvider);
        }
        let attempt = Attempt::open(&self.0.ground.sealer, store, &provider, sealed, now)?;
        let issuer = callback.issuer.take();
        let code = attempt.code(callback)?;
        let (traveller, return_to) = (attempt.traveller, attempt.return_to());
        let claim = self.outside(provider.clone(), move |provider| {
            Box::pin(async move { provider.arrival(code, &attempt, issuer.as_deref(), now).await })
        });
        let claim = Arc::new(claim.await?);
        let (account, is_new) = match self.settle(store, &provider, Arc::clone(&claim), traveller, now).await {
            // Somebody came at the same moment with the same. They are there by now, and are met there.
            Err(Error::Database(DatabaseError::Query(error))) if is_overtaken(&error) => {
                self.settle(store, &provider, claim, traveller, now).await?
            }
            settled => settled?,
        };
        self.0.ground.notifications.wake();
        Ok(match traveller {
            Traveller::Account { .. } => Landing::Linked { return_to },
            Traveller::Guest(guest) => Landing::SignsIn { account, is_new, guest, return_to },
        })
    }

    /// Whoever wrote down an address that they did not prove may not be its owner, who takes the account over when they come:
    /// nobody else gets a way in until then.
    async fn may_link(&self, store: StoreId, account: AccountId) -> Result<(), Error> {
        let kept = self.0.ground.database.run(move |mut connection| async move {
            Ok::<_, Error>(account::store::by_id(&mut connection, store, account).await?)
        });
        match kept.await? {
            Some(kept) if kept.account.email.is_some() && kept.account.email_verified_at.is_none() => {
                Err(Error::Unconfirmed)
            }
            Some(_) => Ok(()),
            None => Err(Error::NotLinked),
        }
    }

    pub async fn linked(&self, store: StoreId, account: AccountId) -> Result<Vec<Linked>, Error> {
        self.0
            .ground
            .database
            .run(move |mut connection| async move { Ok(store::linked(&mut connection, store, account).await?) })
            .await
    }

    /// From now on `provider` opens the account no more. Something else has to.
    pub async fn unlink(&self, store: StoreId, account: AccountId, provider: String) -> Result<(), Error> {
        self.0
            .ground
            .database
            .run(move |mut connection| async move {
                let connection: &mut AsyncPgConnection = &mut connection;
                connection
                    .transaction(async move |connection: &mut AsyncPgConnection| {
                        let kept = store::lock_in_op(connection, store, account).await?;
                        let kept = kept.ok_or(Error::NotLinked)?;
                        if !store::unlink_in_op(connection, store, account, &provider).await? {
                            return Err(Error::NotLinked);
                        }
                        let others = store::linked(connection, store, account).await?;
                        if others.is_empty() && !store::has_other_way_in(&kept.account) {
                            return Err(Error::LastWayIn);
                        }
                        Ok(())
                    })
                    .await
            })
            .await
    }

    /// Asks a provider, on the I/O runtime, if there is a seat. It goes on when the caller goes away.
    async fn outside<T, W>(&self, provider: String, work: W) -> Result<T, Error>
    where
        T: Send + 'static,
        W: for<'p> FnOnce(&'p Provider) -> BoxFuture<'p, Result<T, Error>> + Send + 'static,
    {
        let parts = Arc::clone(&self.0);
        let task = self.0.ground.database.io().spawn(async move {
            let provider = parts.providers.get(&provider).ok_or(Error::UnknownProvider)?;
            let _seat = parts.seats.try_acquire().map_err(|_| Error::Busy)?;
            work(provider).await
        });
        task.await.unwrap_or_else(|error| Err(Error::Unavailable(error.to_string())))
    }

    /// Whose account it is, whole or not at all.
    async fn settle(
        &self,
        store: StoreId,
        provider: &str,
        claim: Arc<Claim>,
        traveller: Traveller,
        now: Timestamp,
    ) -> Result<(AccountId, bool), Error> {
        let (this, provider) = (self.clone(), provider.to_owned());
        let fresh = AccountId::from_uuid(self.0.ground.ids.next(now));
        self.0
            .ground
            .database
            .run(move |mut connection| async move {
                let connection: &mut AsyncPgConnection = &mut connection;
                connection
                    .transaction(async move |connection: &mut AsyncPgConnection| {
                        let settling = Settling { this: &this, store, provider: &provider, claim: &claim, now };
                        settling.decide(connection, traveller, fresh).await
                    })
                    .await
            })
            .await
    }
}

/// Somebody made an account with the same address at the same moment: nothing is done, and it is decided anew.
const OVERTAKEN: diesel::result::Error = diesel::result::Error::RollbackTransaction;

fn is_overtaken(error: &diesel::result::Error) -> bool {
    *error == OVERTAKEN || violated(error).is_some()
}

/// One transaction.
struct Settling<'a> {
    this: &'a Federation,
    store: StoreId,
    provider: &'a str,
    claim: &'a Claim,
    now: Timestamp,
}

impl Settling<'_> {
    async fn decide(
        &self,
        connection: &mut AsyncPgConnection,
        traveller: Traveller,
        fresh: AccountId,
    ) -> Result<(AccountId, bool), Error> {
        if let Traveller::Account { id, session } = traveller
            && !store::goes_on_in_op(connection, self.store, id, session).await?
        {
            return Err(Error::NotAsked);
        }
        let known = store::known_in_op(connection, self.store, self.claim).await?;
        let verdict = match (traveller, &self.claim.email) {
            (Traveller::Account { id: account, .. }, _) => {
                let has_another = store::has_of_provider(connection, account, self.provider).await?;
                link::link(account, known, has_another)
            }
            (Traveller::Guest(_), Some(email)) => {
                let namesake = store::namesake_in_op(connection, self.store, email, self.provider).await?;
                // The namesake may be they themselves, who came in another window since we looked.
                let known = match known {
                    None => store::known_in_op(connection, self.store, self.claim).await?,
                    known => known,
                };
                link::sign_in(known, namesake, self.claim.email_verified)
            }
            (Traveller::Guest(_), None) => link::sign_in(known, None, false),
        };
        match verdict {
            Verdict::Enter(account) => {
                store::used_in_op(connection, self.store, self.claim, self.now).await?;
                Ok((account, false))
            }
            Verdict::Link(account) => {
                self.link(connection, account).await?;
                Ok((account, false))
            }
            Verdict::Make => {
                self.make(connection, fresh).await?;
                Ok((fresh, true))
            }
            Verdict::SignInFirst => Err(Error::SignInFirst),
            Verdict::Taken => Err(Error::Taken),
            Verdict::HasAnother => Err(Error::HasAnother),
            Verdict::Blocked => Err(Error::Blocked),
        }
    }

    /// Its owner is told: somebody may have done it whose account it is not.
    async fn link(&self, connection: &mut AsyncPgConnection, account: AccountId) -> Result<(), Error> {
        store::link_in_op(connection, self.store, account, self.provider, self.claim, self.now).await?;
        let kept = account::store::by_id(connection, self.store, account).await?;
        if let Some(email) = kept.and_then(|kept| kept.account.email) {
            let notice = Notice::ProviderLinked { at: self.now, provider: self.provider.to_owned() };
            let to = Recipient::Email(email);
            let draft = self.this.0.ground.notifications.draft(self.store, Some(account), &to, &notice);
            notification::post(connection, &draft).await?;
        }
        Ok(())
    }

    /// With the address that the provider proved, or with none.
    async fn make(&self, connection: &mut AsyncPgConnection, fresh: AccountId) -> Result<(), Error> {
        let email = self.claim.email.clone().filter(|_| self.claim.email_verified);
        let draft = Draft {
            email_is_verified: email.is_some(),
            email,
            name: self.claim.name.clone(),
            ..Draft::of(self.store, Role::Customer)
        };
        if !account::store::insert(connection, fresh, &draft, self.now).await? {
            return Err(OVERTAKEN.into());
        }
        store::link_in_op(connection, self.store, fresh, self.provider, self.claim, self.now).await?;
        Ok(())
    }
}
