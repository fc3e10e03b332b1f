//! Messages from the transaction that posts them to a mail server.

mod mail;
mod sink;
mod sms;

use std::sync::Arc;
use std::time::Duration;

use diesel_async::AsyncConnection;
use engine::id::StoreId;
use engine::postgres::DatabaseError;
use identity::notification::{MailSettings, NotOpened, Notice, Notifications, Recipient, Settings, SmsSettings, post};
use identity::reach::{Email, Phone};
use identity::seal::Sealer;
use secrecy::SecretString;
use testdb::eventually;
use tokio::task::JoinHandle;

use crate::fixture::Fixture;

pub(crate) use sink::Sink;

/// What a row says of a message.
pub(crate) type State = (String, i32, Option<String>, bool);

pub(crate) fn mail_settings(url: &str) -> MailSettings {
    MailSettings::Smtp {
        url: url.to_owned().into(),
        from: "Doorbuster <shop@example.com>".to_owned(),
        timeout: Duration::from_secs(5),
    }
}

pub(crate) fn notifications(fixture: &Fixture, mail: MailSettings, sms: SmsSettings) -> Notifications {
    open(fixture, mail, sms).expect("good settings")
}

pub(crate) fn open(fixture: &Fixture, mail: MailSettings, sms: SmsSettings) -> Result<Notifications, NotOpened> {
    let settings = Settings {
        mail,
        sms,
        pages: "https://shop.example/{store}/account".to_owned(),
        at_once: 4,
        poll: Duration::from_millis(20),
    };
    let sealer = Sealer::new(&SecretString::from("a secret for tests, and for nothing else"), &[]);
    let (clock, ids) = (Arc::clone(&fixture.clock), Arc::clone(&fixture.ids));
    Notifications::open(fixture.database.clone(), clock, ids, sealer, settings)
}

pub(crate) fn email(text: &str) -> Recipient {
    Email::parse(text).expect("an address").into()
}

pub(crate) fn phone(text: &str) -> Recipient {
    Phone::parse(text).expect("a number").into()
}

/// Posts it in a transaction of its own.
pub(crate) fn send(fixture: &Fixture, messages: &Notifications, to: &Recipient, notice: &Notice) {
    send_of(StoreId::MAIN, fixture, messages, to, notice);
}

/// The same of another store.
pub(crate) fn send_of(store: StoreId, fixture: &Fixture, messages: &Notifications, to: &Recipient, notice: &Notice) {
    let draft = messages.draft(store, None, to, notice);
    let posted = fixture.database.run(move |mut connection| async move {
        Ok::<_, DatabaseError>(connection.transaction(async |connection| post(connection, &draft).await).await?)
    });
    fixture.block_on(posted).expect("it is posted");
    messages.wake();
}

/// State, attempts, last error, whether what it says is still there. The oldest first.
pub(crate) fn states(fixture: &Fixture) -> Vec<State> {
    use diesel::prelude::*;
    use diesel::sql_types::{Bool, Integer, Nullable, Text};
    use diesel_async::RunQueryDsl;

    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        state: String,
        #[diesel(sql_type = Integer)]
        attempts: i32,
        #[diesel(sql_type = Nullable<Text>)]
        last_error: Option<String>,
        #[diesel(sql_type = Bool)]
        has_content: bool,
    }
    let rows = fixture.block_on(async {
        let mut connection = fixture.database.connection().await.expect("a connection");
        let sql = "select state, attempts, last_error, content is not null as has_content from messages order by id";
        diesel::sql_query(sql).load::<Row>(&mut connection).await.expect("rows")
    });
    rows.into_iter().map(|row| (row.state, row.attempts, row.last_error, row.has_content)).collect()
}

/// Waits until the one message is so.
pub(crate) fn until(fixture: &Fixture, state: &str, attempts: i32, error: Option<&str>) {
    let has_content = state == "waiting";
    let wanted = (state.to_owned(), attempts, error.map(str::to_owned), has_content);
    eventually("the message's state", || (states(fixture) == [wanted.clone()]).then_some(()));
}

/// Ends with the test.
pub(crate) struct Couriers([JoinHandle<()>; 2]);

impl Couriers {
    pub(crate) fn of(messages: &Notifications) -> Self {
        Self(messages.start_couriers())
    }
}

impl Drop for Couriers {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}
