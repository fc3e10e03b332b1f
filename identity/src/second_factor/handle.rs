//! The way to the second factors. Cheap to clone.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use engine::clock::Timestamp;
use engine::id::{AccountId, ChallengeId, SessionId, StoreId};
use futures_util::future::BoxFuture;
use rand::rand_core::UnwrapErr;
use rand::rngs::SysRng;

use super::authenticator::Authenticator;
use super::challenge::{LIFETIME, Question, Signer};
use super::error::Error;
use super::recovery::RecoveryCode;
use super::rule::{Shown, Verdict, judge};
use super::store::{self, FactorRow};
use crate::account::Account;
use crate::ground::Ground;
use crate::notification::{self, Notice, Notifications, Recipient};
use crate::seal::Purpose;
use crate::session;
use crate::token::Keyring;

#[derive(Clone)]
pub struct SecondFactors {
    ground: Ground,
    signer: Signer,
}

/// What an authenticator app has to be told. Shown once.
pub struct Enrolment {
    /// In base 32.
    pub secret: String,
    pub otpauth_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// Since when it is asked for; `None`: it is not.
    pub since: Option<Timestamp>,
    pub recovery_codes_left: u32,
}

/// What is done in the transaction in which a code is accepted.
type Work<T> = Box<dyn for<'c> FnOnce(&'c mut AsyncPgConnection) -> BoxFuture<'c, Result<T, Error>> + Send>;

impl SecondFactors {
    pub(crate) fn new(ground: &Ground, keyring: &Keyring) -> Self {
        Self { ground: ground.clone(), signer: Signer::new(keyring) }
    }

    pub async fn status(&self, store: StoreId, account: AccountId) -> Result<Status, Error> {
        self.ground
            .database
            .run(move |mut connection| async move {
                let since = store::confirmed_at(&mut connection, store, account).await?;
                let recovery_codes_left = store::recovery_codes_left(&mut connection, account).await?;
                Ok(Status { since, recovery_codes_left })
            })
            .await
    }

    /// Offers a secret. It guards nothing before a code of it was shown; a second offer replaces the first.
    pub async fn enrol(&self, store: StoreId, account: AccountId) -> Result<Enrolment, Error> {
        let now = self.ground.clock.now();
        let app = Authenticator::fresh();
        let sealed = self.ground.sealer.seal(Purpose::SecondFactor, account.uuid().as_bytes(), app.secret());
        let names = self.ground.database.run(move |mut connection| async move {
            if !store::enrol(&mut connection, store, account, &sealed, now).await? {
                return Err(Error::AlreadyEnrolled);
            }
            let shop = store::shop_name(&mut connection, store).await?;
            Ok((shop, store::reach(&mut connection, account).await?))
        });
        let (shop, reach) = names.await?;
        let name = match reach {
            Some(Recipient::Email(email)) => email.to_string(),
            Some(Recipient::Phone(phone)) => phone.to_string(),
            None => account.to_string(),
        };
        Ok(Enrolment { secret: app.in_base32(), otpauth_url: app.url(&shop, &name) })
    }

    /// The first code of the app: from now on it is asked for. The session in which it was shown has shown it.
    pub async fn confirm(
        &self,
        store: StoreId,
        account: AccountId,
        in_session: SessionId,
        shown: Shown,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let now = self.ground.clock.now();
        let (codes, digests) = recovery_codes(account);
        let on = Notice::SecondFactorChanged { at: now, is_on: true };
        let news = self.news(store, account, on);
        let work: Work<()> = Box::new(move |connection| {
            Box::pin(async move {
                if !store::confirm_in_op(connection, account, now).await? {
                    return Err(Error::AlreadyEnrolled);
                }
                store::replace_recovery_codes_in_op(connection, store, account, &digests).await?;
                session::shown_second_factor_in_op(connection, in_session).await?;
                news.post(connection).await
            })
        });
        self.prove(store, account, shown, Wanted::Offered, work).await?;
        self.ground.notifications.wake();
        Ok(codes)
    }

    /// Ten new codes in place of the old ones.
    pub async fn renew_recovery_codes(
        &self,
        store: StoreId,
        account: AccountId,
        shown: Shown,
    ) -> Result<Vec<RecoveryCode>, Error> {
        let (codes, digests) = recovery_codes(account);
        let work: Work<()> = Box::new(move |connection| {
            Box::pin(
                async move { Ok(store::replace_recovery_codes_in_op(connection, store, account, &digests).await?) },
            )
        });
        self.prove(store, account, shown, Wanted::Confirmed, work).await?;
        self.ground.notifications.wake();
        Ok(codes)
    }

    /// It is not asked for any more. Needs a code, so that a session that somebody left open is not enough.
    pub async fn disable(&self, store: StoreId, account: AccountId, shown: Shown) -> Result<(), Error> {
        let off = Notice::SecondFactorChanged { at: self.ground.clock.now(), is_on: false };
        let news = self.news(store, account, off);
        let work: Work<()> = Box::new(move |connection| {
            Box::pin(async move {
                store::remove_in_op(connection, account).await?;
                session::forget_second_factor_in_op(connection, account).await?;
                news.post(connection).await
            })
        });
        self.prove(store, account, shown, Wanted::Confirmed, work).await?;
        self.ground.notifications.wake();
        Ok(())
    }

    /// What somebody who has said who they are is asked before they are let in. `None`: nothing, they have no second factor.
    /// `account` as it was when they said it: if it was secured since, that is worth nothing any more.
    pub async fn question(&self, account: &Account) -> Result<Option<Question>, Error> {
        let now = self.ground.clock.now();
        let id = ChallengeId::from_uuid(self.ground.ids.next(now));
        let account = account.clone();
        let asked = self.ground.database.run(move |mut connection| async move {
            if store::confirmed_at(&mut connection, account.store, account.id).await?.is_none() {
                return Ok(false);
            }
            match store::ask(&mut connection, &account, id, now).await? {
                true => Ok(true),
                false => Err(Error::ChallengeOver),
            }
        });
        let question = || Question { challenge: self.signer.sign(id), expires_at: now + LIFETIME };
        Ok(asked.await?.then(question))
    }

    /// Whose answer it is, if it is right. Right once.
    pub async fn answer(&self, store: StoreId, challenge: &str, shown: Shown) -> Result<AccountId, Error> {
        let now = self.ground.clock.now();
        let id = self.signer.verify(challenge).ok_or(Error::ChallengeOver)?;
        let asked = self.ground.database.run(move |mut connection| async move {
            Ok::<_, Error>(store::count_answer(&mut connection, store, id, now).await?)
        });
        let account = asked.await?.ok_or(Error::ChallengeOver)?;
        let work: Work<()> = Box::new(move |connection| {
            Box::pin(async move {
                let is_first = store::answered_in_op(connection, id, now).await?;
                is_first.then_some(()).ok_or(Error::ChallengeOver)
            })
        });
        self.prove(store, account, shown, Wanted::Confirmed, work).await?;
        self.ground.notifications.wake();
        Ok(account)
    }

    /// Counts the try for good; then compares; then does `work` in the transaction in which the code is used up.
    async fn prove<T: Send + 'static>(
        &self,
        store: StoreId,
        account: AccountId,
        shown: Shown,
        wanted: Wanted,
        work: Work<T>,
    ) -> Result<T, Error> {
        let now = self.ground.clock.now();
        let this = self.clone();
        self.ground
            .database
            .run(move |mut connection| async move {
                let connection: &mut AsyncPgConnection = &mut connection;
                let Some(factor) = store::count_try(connection, store, account, now).await? else {
                    let since = store::tries_since(connection, store, account).await?.ok_or(Error::NotEnrolled)?;
                    return Err(Error::TooManyWrong { again_in: since + store::WINDOW - now });
                };
                wanted.check(&factor)?;
                connection
                    .transaction(async move |connection: &mut AsyncPgConnection| {
                        this.accept_in_op(connection, (store, account), &factor, &shown, now).await?;
                        work(connection).await
                    })
                    .await
            })
            .await
    }

    async fn accept_in_op(
        &self,
        connection: &mut AsyncPgConnection,
        (store, account): (StoreId, AccountId),
        factor: &FactorRow,
        shown: &Shown,
        now: Timestamp,
    ) -> Result<(), Error> {
        let accepted = match shown {
            Shown::App(code) => {
                let secret = self.ground.sealer.open(Purpose::SecondFactor, account.uuid().as_bytes(), &factor.secret);
                let app = Authenticator::with_secret(secret.map_err(|_| Error::Unreadable)?);
                match judge(&app, code, factor.last_step, now) {
                    Verdict::Accept(step) => store::accept_step_in_op(connection, account, step).await?,
                    Verdict::Used | Verdict::Wrong => false,
                }
            }
            Shown::Recovery(code) => {
                store::accept_recovery_in_op(connection, account, &code.digest(account), now).await?
            }
        };
        if !accepted {
            return Err(Error::Wrong);
        }
        if matches!(shown, Shown::Recovery(_)) {
            let left = store::recovery_codes_left(connection, account).await?;
            self.news(store, account, Notice::RecoveryCodeUsed { at: now, left }).post(connection).await?;
        }
        Ok(())
    }

    fn news(&self, store: StoreId, account: AccountId, notice: Notice) -> News {
        News { notifications: self.ground.notifications.clone(), store, account, notice }
    }
}

/// Something the account's owner is told, wherever they can be reached.
struct News {
    notifications: Notifications,
    store: StoreId,
    account: AccountId,
    notice: Notice,
}

impl News {
    async fn post(&self, connection: &mut AsyncPgConnection) -> Result<(), Error> {
        if let Some(to) = store::reach(connection, self.account).await? {
            let draft = self.notifications.draft(self.store, Some(self.account), &to, &self.notice);
            notification::post(connection, &draft).await?;
        }
        Ok(())
    }
}

/// In which state a factor can be used for what is asked.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Offered,
    Confirmed,
}

impl Wanted {
    fn check(self, factor: &FactorRow) -> Result<(), Error> {
        match (self, factor.confirmed_at.is_some()) {
            (Self::Offered, false) | (Self::Confirmed, true) => Ok(()),
            (Self::Offered, true) => Err(Error::AlreadyEnrolled),
            (Self::Confirmed, false) => Err(Error::NotEnrolled),
        }
    }
}

fn recovery_codes(account: AccountId) -> (Vec<RecoveryCode>, Vec<Vec<u8>>) {
    let codes = RecoveryCode::set(&mut UnwrapErr(SysRng));
    let digests = codes.iter().map(|code| code.digest(account)).collect();
    (codes, digests)
}
