//! A database for one test, copied from one that was migrated once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use tokio_postgres::{Client, NoTls};

use crate::runtime::wait;
use crate::server::{Frozen, Server, server};

/// What every database of ours is called, followed by when it was made: leftovers are known by their name and age.
const PREFIX: &str = "doorbuster_test_";
const LEFTOVER_AFTER_S: i64 = 3600;

/// A migrated database that nobody else uses, dropped with this value.
pub struct TestDatabase {
    name: String,
    url: String,
    server: Arc<Server>,
}

impl TestDatabase {
    /// With the schema and what the migrations put into it.
    pub fn migrated() -> Self {
        let template = template().to_owned();
        Self::create(Arc::clone(server()), move |name| format!("create database {name} template {template}"))
    }

    /// On a server of its own, for tests that do something to the server. `settings` (`name=value`) are set beside the usual
    /// ones.
    pub fn on_its_own_server(settings: &[&str]) -> Self {
        let server = Arc::new(Server::start(settings));
        let own = Self::create(server, |name| format!("create database {name} template template0"));
        let url = own.url.clone();
        wait(async move { engine::postgres::migrate(&url).await.expect("the migrations apply to an empty database") });
        own
    }

    /// Stops its server, which must be its own, until what is returned is dropped: it takes what it is sent, and says
    /// nothing.
    #[must_use = "it is frozen for as long as this lives"]
    pub fn freeze(&self) -> Frozen {
        self.server.freeze()
    }

    /// The same, right after `statement`: nobody can do anything about what it did.
    #[must_use = "it is frozen for as long as this lives"]
    pub fn freeze_after(&self, statement: &str) -> Frozen {
        self.server.freeze_after(statement)
    }

    /// With nothing in it.
    pub fn empty() -> Self {
        Self::create(Arc::clone(server()), |name| format!("create database {name} template template0"))
    }

    /// Of the superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements in this database as the superuser, past the engine.
    pub fn sql(&self, statements: impl Into<String>) {
        self.try_sql(statements).expect("statements of a test");
    }

    /// The same for statements that may be refused: what the server says to them then.
    pub fn try_sql(&self, statements: impl Into<String>) -> Result<(), String> {
        let (url, statements) = (self.url.clone(), statements.into());
        wait(async move {
            let done = connect(&url).await.batch_execute(&statements).await;
            done.map_err(|error| {
                error.as_db_error().map_or_else(|| error.to_string(), |told| told.message().to_owned())
            })
        })
    }

    /// What a query says that asks for one number.
    pub fn number(&self, query: impl Into<String>) -> i64 {
        let (url, query) = (self.url.clone(), query.into());
        wait(async move { connect(&url).await.query_one(&query, &[]).await.expect("a number").get(0) })
    }

    /// Throws everybody out and lets nobody in: what a server that stopped looks like to one database.
    pub fn close_to_connections(&self) {
        self.allow_connections(false);
        let (name, server) = (self.name.clone(), Arc::clone(&self.server));
        wait(async move {
            let client = connect(&server.url).await;
            let gone = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1";
            client.query(gone, &[&name]).await.expect("a superuser may");
        });
    }

    pub fn open_to_connections(&self) {
        self.allow_connections(true);
    }

    fn allow_connections(&self, allowed: bool) {
        let statement = format!("alter database {} allow_connections {allowed}", self.name);
        let server = Arc::clone(&self.server);
        wait(async move { connect(&server.url).await.batch_execute(&statement).await.expect("a superuser may") });
    }

    fn create(server: Arc<Server>, statement: impl Fn(&str) -> String + Send + 'static) -> Self {
        let on = Arc::clone(&server);
        let name = wait(async move {
            let client = connect(&on.url).await;
            let name = fresh_name(&client).await;
            client.batch_execute(&statement(&name)).await.expect("a database for the test");
            name
        });
        let url = url_of(&server, &name);
        Self { name, url, server }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if Arc::strong_count(&self.server) == 1 {
            // A server of its own ends with it, in whatever state a test left it.
            return;
        }
        let (name, server) = (self.name.clone(), Arc::clone(&self.server));
        wait(async move {
            // A test that broke the server has said so already; this is only tidying up.
            let drop = format!("drop database if exists {name} with (force)");
            let _ = connect(&server.url).await.batch_execute(&drop).await;
        });
    }
}

/// The name of a migrated database that nobody connects to. Made once per program.
fn template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let server = server();
        wait(async {
            let client = connect(&server.url).await;
            sweep(&client).await;
            let name = fresh_name(&client).await;
            client.batch_execute(&format!("create database {name} template template0")).await.expect("a template");
            engine::postgres::migrate(&url_of(server, &name)).await.expect("the migrations apply to an empty database");
            name
        })
    })
}

/// Drops what killed runs left on a server that outlives them.
async fn sweep(client: &Client) {
    let leftovers = client
        .query(
            "select d.datname from pg_database d
             where d.datname ~ ('^' || $1 || '[0-9]+_')
               and split_part(d.datname, '_', 3)::bigint < extract(epoch from now()) - $2::bigint
               and not exists (select from pg_stat_activity a where a.datname = d.datname)",
            &[&PREFIX, &LEFTOVER_AFTER_S],
        )
        .await
        .expect("the list of databases");
    for row in leftovers {
        let name: String = row.get(0);
        // Another run may sweep at the same moment.
        let _ = client.batch_execute(&format!("drop database if exists {name}")).await;
    }
}

async fn fresh_name(client: &Client) -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let row = client.query_one("select extract(epoch from now())::bigint", &[]).await.expect("the server's time");
    let (now, count): (i64, u64) = (row.get(0), COUNTER.fetch_add(1, Ordering::Relaxed));
    format!("{PREFIX}{now}_{}_{count}", std::process::id())
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection to the test server");
    tokio::spawn(connection);
    client
}

/// The server's URL with another database in it.
fn url_of(server: &Server, database: &str) -> String {
    let url = &server.url;
    let (before, options) = url.split_once('?').map_or((url.as_str(), ""), |(before, options)| (before, options));
    let authority = before.find("://").map_or(0, |at| at + 3);
    let end = before[authority..].find('/').map_or(before.len(), |at| authority + at);
    let options = if options.is_empty() { String::new() } else { format!("?{options}") };
    format!("{}/{database}{options}", &before[..end])
}
