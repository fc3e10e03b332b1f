//! The one handle of all that is here: it hands out the faces, and keeps their memories true to the database.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::clock::{Clock, IdSource};
use engine::outbox::{self, Outbox};
use engine::postgres::{Database, DatabaseError};
use serde::Deserialize;
use tokio::task::JoinHandle;

use crate::access::Keys;
use crate::account::{Accounts, Letters};
use crate::codes::Codes;
use crate::customer::Customers;
use crate::federation::Federation;
use crate::ground::Ground;
use crate::notification::Notifications;
use crate::password::Passwords;
use crate::seal::Sealer;
use crate::second_factor::SecondFactors;
use crate::session::{self, Sessions};
use crate::settings::Settings;
use crate::staff::{Sellers, StaffAccounts};
use crate::token::{AccessTokens, Keyring, RefreshTokens};

/// What all processes hear of: what was ended or changed in who may come in.
pub const TOPIC: &str = "identity";

/// How late another process's change may be heard of.
const HEARD_EVERY: Duration = Duration::from_millis(250);
const TIDIED_EVERY: Duration = Duration::from_secs(60);
const PRUNED_EVERY: u64 = 60;
/// What is over is kept for so long, so that it can be looked into.
const OVER_KEPT: TimeDelta = TimeDelta::days(30);
/// Beyond the lifetime of an access token: clocks of two servers may differ.
const LEEWAY: TimeDelta = TimeDelta::minutes(1);

/// Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Rooms>);

struct Rooms {
    database: Database,
    clock: Arc<dyn Clock>,
    accounts: Accounts,
    sessions: Sessions,
    passwords: Passwords,
    keys: Keys,
    notifications: Notifications,
    codes: Codes,
    second_factors: SecondFactors,
    federation: Federation,
    staff: StaffAccounts,
    sellers: Sellers,
    customers: Customers,
    /// An ended session is of interest for so long.
    remembered: TimeDelta,
}

impl Identity {
    /// Knows nobody until it is started. Has threads of its own, for passwords.
    pub fn open(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        settings: Settings,
    ) -> anyhow::Result<Self> {
        let sealer = Sealer::new(&settings.secret, &settings.secrets_previous);
        let keyring = Keyring::new(settings.secret, settings.secrets_previous);
        let notifications = Notifications::open(
            database.clone(),
            Arc::clone(&clock),
            Arc::clone(&ids),
            sealer.clone(),
            settings.notifications,
        )?;
        let access = AccessTokens::new(&keyring, &settings.issuer, settings.access_lifetime);
        let refresh = RefreshTokens::new(&keyring);
        let passwords = Passwords::start(&settings.hashing)?;
        let (more_ids, lifetimes) = (Arc::clone(&ids), settings.lifetimes);
        let sessions = Sessions::new(database.clone(), more_ids, access, refresh, lifetimes, notifications.clone());
        let accounts = Accounts::new(
            database.clone(),
            Arc::clone(&ids),
            passwords.clone(),
            sessions.clone(),
            Letters { notifications: notifications.clone(), validity: settings.letters },
            settings.confirmed_only,
        );
        let keys = Keys::new(database.clone(), Arc::clone(&clock), Arc::clone(&ids));
        let staff = StaffAccounts::new(
            database.clone(),
            Arc::clone(&clock),
            Arc::clone(&ids),
            accounts.clone(),
            sessions.clone(),
        );
        let sellers = Sellers::new(database.clone());
        let ground = Ground {
            database: database.clone(),
            clock: Arc::clone(&clock),
            ids,
            sealer,
            notifications: notifications.clone(),
        };
        let customers = Customers::new(&ground, settings.keep);
        let codes = Codes::new(&ground, sessions.clone(), &keyring);
        let second_factors = SecondFactors::new(&ground, &keyring);
        let federation = Federation::open(&ground, settings.providers)?;
        let remembered = settings.access_lifetime + LEEWAY;
        Ok(Self(Arc::new(Rooms {
            database,
            clock,
            accounts,
            sessions,
            passwords,
            keys,
            notifications,
            codes,
            second_factors,
            federation,
            staff,
            sellers,
            customers,
            remembered,
        })))
    }

    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub fn notifications(&self) -> &Notifications {
        &self.0.notifications
    }

    pub fn codes(&self) -> &Codes {
        &self.0.codes
    }

    pub fn second_factors(&self) -> &SecondFactors {
        &self.0.second_factors
    }

    pub fn federation(&self) -> &Federation {
        &self.0.federation
    }

    pub fn customers(&self) -> &Customers {
        &self.0.customers
    }

    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The accounts of those who look after a shop, and of those who sell in it.
    pub fn staff(&self) -> &StaffAccounts {
        &self.0.staff
    }

    pub fn sellers(&self) -> &Sellers {
        &self.0.sellers
    }

    /// Reads what has to be in memory, and keeps it as the database says. To be called before anybody is served; the tasks
    /// go on until they are aborted.
    pub async fn start(&self) -> Result<Vec<JoinHandle<()>>, DatabaseError> {
        let outbox = Outbox::new(self.0.database.clone());
        // What is read after asking this, is heard of or read.
        let from = outbox.horizon().await?;
        self.0.keys.read_again().await?;
        self.0.sessions.recall(self.0.clock.now() - self.0.remembered).await?;
        let (keys, sessions) = (self.0.keys.clone(), self.0.sessions.clone());
        let following = outbox::follow(outbox, &[TOPIC], from, HEARD_EVERY, move |event| {
            if event.payload.get("keys").is_some() {
                keys.heard();
            }
            match session::Changed::deserialize(&event.payload) {
                Ok(session::Changed { sessions_ended, ended_at: Some(at) }) => sessions.heard(sessions_ended, at),
                Ok(session::Changed { ended_at: None, .. }) => {}
                Err(error) => tracing::error!(outbox.position = %event.position, %error, "an event cannot be read"),
            }
        });
        let (io, keys) = (self.0.database.io(), &self.0.keys);
        let tidying = io.spawn(self.clone().tidy());
        let mut tasks = vec![following, io.spawn(keys.clone().keep_up()), io.spawn(keys.clone().keep_count()), tidying];
        tasks.extend(self.0.notifications.start_couriers());
        tasks.extend([self.0.customers.start_noting(), self.0.customers.start_erasing()]);
        Ok(tasks)
    }

    /// Forgets, from time to time, what is of no interest any more.
    async fn tidy(self) {
        let mut tick = tokio::time::interval(TIDIED_EVERY);
        let mut ticks = 0_u64;
        loop {
            tick.tick().await;
            let now = self.0.clock.now();
            self.0.sessions.forget(now - self.0.remembered);
            if ticks.is_multiple_of(PRUNED_EVERY) {
                if let Err(error) = self.0.sessions.prune(now - OVER_KEPT).await {
                    tracing::warn!(%error, "sessions that are over could not be removed; later");
                }
                if let Err(error) = self.0.accounts.prune(now).await {
                    tracing::warn!(%error, "links that have run out could not be removed; later");
                }
                if let Err(error) = self.0.codes.prune(now).await {
                    tracing::warn!(%error, "codes of yesterday could not be removed; later");
                }
                if let Err(error) = self.0.notifications.prune(now).await {
                    tracing::warn!(%error, "old messages could not be removed; later");
                }
            }
            ticks += 1;
        }
    }
}
