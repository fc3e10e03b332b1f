//! What a test of this crate stands on: a migrated database, a clock that it moves, ids that repeat, and the I/O runtime.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use diesel_async::RunQueryDsl;
use engine::clock::{Clock, CountedIds, IdSource, ManualClock, Timestamp};
use engine::id::StoreId;
use engine::postgres::Database;
use identity::access::Role;
use identity::account::{Account, Draft, Validity};
use identity::customer::Keep;
use identity::notification::{self, MailSettings, SmsSettings};
use identity::password::Hashing;
use identity::reach::Email;
use identity::session::Lifetimes;
use identity::{Identity, Settings};
use testdb::{Io, TestDatabase};

/// Dropped in this order: the pool, what still runs, the database.
pub(crate) struct Fixture {
    pub(crate) database: Database,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: Arc<CountedIds>,
    pub(crate) io: Io,
    pub(crate) own: TestDatabase,
}

impl Fixture {
    /// It is 2026-01-01 12:00:00 UTC.
    pub(crate) fn new() -> Self {
        let own = TestDatabase::migrated();
        let io = Io::start();
        let noon = DateTime::from_timestamp(1_767_268_800, 0).expect("a time that exists");
        Self {
            database: Database::new(own.url(), 8, io.handle().clone()),
            clock: Arc::new(ManualClock::at(noon)),
            ids: Arc::new(CountedIds::lane(1)),
            io,
            own,
        }
    }

    pub(crate) fn block_on<F: Future>(&self, work: F) -> F::Output {
        self.io.block_on(work)
    }

    /// The column `told` of one row.
    pub(crate) fn read(&self, query: &str) -> String {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            told: String,
        }
        self.block_on(async {
            let mut connection = self.database.connection().await.expect("a connection");
            diesel::sql_query(query).get_result::<Row>(&mut connection).await.expect("a row").told
        })
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}

impl Fixture {
    /// What a server has of who is asking. Two of them are two servers.
    pub(crate) fn identity(&self) -> Identity {
        self.identity_with(settings())
    }

    pub(crate) fn identity_with(&self, settings: Settings) -> Identity {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let ids = Arc::clone(&self.ids) as Arc<dyn IdSource>;
        Identity::open(self.database.clone(), clock, ids, settings).expect("threads")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A customer with a confirmed address and `PASSWORD`.
    pub(crate) fn customer(&self, identity: &Identity, email: &str) -> Account {
        self.block_on(async {
            let hash = identity.accounts().hash(PASSWORD.into(), None).await.expect("a hash");
            let email = Email::parse(email).expect("an address");
            let draft = Draft {
                email: Some(email),
                email_is_verified: true,
                password_hash: Some(hash),
                ..Draft::of(StoreId::MAIN, Role::Customer)
            };
            identity.accounts().create(draft, self.now()).await.expect("an account")
        })
    }
}

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) fn settings() -> Settings {
    Settings {
        secret: "a secret of the tests, long enough".into(),
        secrets_previous: Vec::new(),
        issuer: "doorbuster".to_owned(),
        access_lifetime: TimeDelta::minutes(15),
        lifetimes: Lifetimes { refresh: TimeDelta::days(7), session: TimeDelta::days(90) },
        hashing: Hashing { memory_kib: 64, passes: 1, lanes: 1, at_once: 2, waiting: 100, rest: 0 },
        letters: Validity { confirmation: TimeDelta::days(1), reset: TimeDelta::minutes(30) },
        confirmed_only: false,
        notifications: notifications(Path::new(env!("CARGO_TARGET_TMPDIR"))),
        providers: BTreeMap::new(),
        keep: Keep { order_addresses: TimeDelta::days(365) },
    }
}

/// Messages are written into `folder`, once somebody delivers them.
pub(crate) fn notifications(folder: &Path) -> notification::Settings {
    notification::Settings {
        mail: MailSettings::Folder(folder.to_owned()),
        sms: SmsSettings::Folder(folder.to_owned()),
        pages: String::new(),
        at_once: 4,
        poll: Duration::from_millis(20),
    }
}
