//! The way to the messages. Cheap to clone.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use engine::clock::{Clock, IdSource, Timestamp};
use engine::id::{AccountId, MessageId, StoreId};
use engine::postgres::{Database, DatabaseError};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::seal::Sealer;

use super::courier::{Carrier, Courier};
use super::delivery::{Mailer, Texter};
use super::draft::{self, Draft};
use super::folder::Folder;
use super::http::{HttpSettingsError, HttpTexter};
use super::notice::Notice;
use super::recipient::{Channel, Recipient};
use super::settings::{MailSettings, Settings, SmsSettings};
use super::smtp::{Smtp, SmtpSettingsError};
use super::store;

/// What has ended is kept for so long, for whoever asks what was sent to them.
const KEPT: TimeDelta = TimeDelta::days(30);
/// One delete.
const PRUNED_AT_ONCE: usize = 1_000;

#[derive(Clone)]
pub struct Notifications(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    sealer: Sealer,
    mailer: Arc<dyn Mailer>,
    texter: Arc<dyn Texter>,
    pages: Arc<str>,
    at_once: usize,
    poll: Duration,
    wake: [Arc<Notify>; 2],
}

#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    #[error(transparent)]
    Mail(#[from] SmtpSettingsError),
    #[error(transparent)]
    Sms(#[from] HttpSettingsError),
}

/// For metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub channel: Channel,
    pub messages: i64,
    /// When the one that is due the longest was to be sent.
    pub oldest: Option<Timestamp>,
}

impl Notifications {
    pub fn open(
        database: Database,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        sealer: Sealer,
        settings: Settings,
    ) -> Result<Self, NotOpened> {
        let mailer: Arc<dyn Mailer> = match settings.mail {
            MailSettings::Smtp { url, from, timeout } => {
                Arc::new(Smtp::new(&url, &from, timeout, database.io().clone())?)
            }
            MailSettings::Folder(path) => Arc::new(Folder::at(path)),
        };
        let texter: Arc<dyn Texter> = match settings.sms {
            SmsSettings::Http { url, token, signing_secret, sender, timeout } => {
                Arc::new(HttpTexter::new(&url, token, &signing_secret, sender, timeout, Arc::clone(&clock))?)
            }
            SmsSettings::Folder(path) => Arc::new(Folder::at(path)),
        };
        Ok(Self(Arc::new(Inner {
            database,
            clock,
            ids,
            sealer,
            mailer,
            texter,
            pages: settings.pages.into(),
            at_once: settings.at_once.max(1),
            poll: settings.poll,
            wake: [Arc::default(), Arc::default()],
        })))
    }

    /// A message of `store`, ready for `post`. `account`: whose it is, where that is known; erasing the account erases it.
    pub fn draft(&self, store: StoreId, account: Option<AccountId>, to: &Recipient, notice: &Notice) -> Draft {
        let at = self.0.clock.now();
        let id = MessageId::from_uuid(self.0.ids.next(at));
        Draft {
            id,
            store,
            account,
            channel: to.channel(),
            kind: notice.kind(),
            content: draft::seal(&self.0.sealer, id, to, notice),
            at,
            useless_after: notice.useless_after(at),
        }
    }

    /// To be called after the commit of what was posted: it is sent at once. Whoever forgets is a moment late.
    pub fn wake(&self) {
        self.0.wake.iter().for_each(|channel| channel.notify_one());
    }

    /// Begins to deliver, one task for each channel. They end when they are aborted.
    pub fn start_couriers(&self) -> [JoinHandle<()>; 2] {
        [
            self.start(Channel::Email, Carrier::Mail(Arc::clone(&self.0.mailer)), &self.0.wake[0]),
            self.start(Channel::Sms, Carrier::Sms(Arc::clone(&self.0.texter)), &self.0.wake[1]),
        ]
    }

    pub async fn waiting(&self) -> Result<[Waiting; 2], DatabaseError> {
        self.0
            .database
            .run(|mut connection| async move {
                let mut of = async |channel| {
                    let (messages, oldest) = store::waiting(&mut connection, channel).await?;
                    Ok::<_, DatabaseError>(Waiting { channel, messages, oldest })
                };
                Ok([of(Channel::Email).await?, of(Channel::Sms).await?])
            })
            .await
    }

    /// Removes what ended long enough ago, of every channel; says how much.
    pub(crate) async fn prune(&self, now: Timestamp) -> Result<usize, DatabaseError> {
        let (before, mut removed) = (now - KEPT, 0);
        loop {
            let pruned = self.0.database.run_at_length(move |mut connection| async move {
                Ok::<_, DatabaseError>(store::prune(&mut connection, before, PRUNED_AT_ONCE).await?)
            });
            let rows = pruned.await?;
            removed += rows;
            if rows < PRUNED_AT_ONCE {
                return Ok(removed);
            }
        }
    }

    fn start(&self, channel: Channel, carrier: Carrier, wake: &Arc<Notify>) -> JoinHandle<()> {
        let courier = Courier {
            database: self.0.database.clone(),
            clock: Arc::clone(&self.0.clock),
            sealer: self.0.sealer.clone(),
            channel,
            carrier,
            pages: Arc::clone(&self.0.pages),
            at_once: self.0.at_once,
            poll: self.0.poll,
            wake: Arc::clone(wake),
        };
        self.0.database.io().spawn(courier.run())
    }
}
