//! A message, sealed and ready to be posted.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use engine::clock::Timestamp;
use engine::id::{AccountId, MessageId, StoreId};
use serde::{Deserialize, Serialize};

use crate::seal::{NotOurs, Purpose, Sealer};

use super::notice::Notice;
use super::recipient::{Channel, Recipient};
use super::store;

/// Made by `Notifications::draft`, handed to `post`.
pub struct Draft {
    pub(super) id: MessageId,
    pub(super) store: StoreId,
    pub(super) account: Option<AccountId>,
    pub(super) channel: Channel,
    pub(super) kind: &'static str,
    pub(super) content: Vec<u8>,
    pub(super) at: Timestamp,
    pub(super) useless_after: Timestamp,
}

/// What is sealed: whom it is for and what it says.
#[derive(Serialize, Deserialize)]
struct Content {
    to: String,
    notice: Notice,
}

/// Leaves a message with the courier, in the transaction of whoever posts it: with that it is delivered, or never was.
pub async fn post(connection: &mut AsyncPgConnection, draft: &Draft) -> QueryResult<()> {
    store::insert(connection, draft).await
}

pub(super) fn seal(sealer: &Sealer, id: MessageId, to: &Recipient, notice: &Notice) -> Vec<u8> {
    let content = Content { to: to.written().to_owned(), notice: notice.clone() };
    let content = serde_json::to_vec(&content).expect("texts, numbers and times");
    sealer.seal(Purpose::Message, id.uuid().as_bytes(), &content)
}

pub(super) fn open(
    sealer: &Sealer,
    id: MessageId,
    channel: Channel,
    sealed: &[u8],
) -> Result<(Recipient, Notice), NotOurs> {
    let content = sealer.open(Purpose::Message, id.uuid().as_bytes(), sealed)?;
    let content: Content = serde_json::from_slice(&content).map_err(|_| NotOurs)?;
    let to = Recipient::read(channel, &content.to).ok_or(NotOurs)?;
    Ok((to, content.notice))
}
