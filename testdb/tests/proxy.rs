//! What the proxy does to a driver and to PostgreSQL, seen from both.

use std::time::{Duration, Instant};

use testdb::{Io, Link, Proxy, TestDatabase, eventually};
use tokio_postgres::{Client, Error, NoTls};

struct Wired {
    io: Io,
    proxy: Proxy,
    database: TestDatabase,
}

impl Wired {
    fn up() -> Self {
        let database = TestDatabase::empty();
        database.sql("create table t (n int)");
        Self { io: Io::start(), proxy: Proxy::before(database.url()), database }
    }

    fn try_client(&self) -> Result<Client, Error> {
        let url = self.proxy.url(self.database.url());
        self.io.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
            tokio::spawn(connection);
            Ok(client)
        })
    }

    fn client(&self) -> Client {
        self.try_client().expect("a link that passes")
    }

    fn run(&self, client: &Client, statement: &str) -> Result<(), Error> {
        self.io.block_on(client.batch_execute(statement))
    }

    /// How many rows there are, asked past the proxy.
    fn rows(&self) -> i64 {
        let url = self.database.url().to_owned();
        self.io.block_on(async move {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("the server itself");
            tokio::spawn(connection);
            client.query_one("select count(*) from t", &[]).await.expect("a table").get(0)
        })
    }
}

#[test]
fn what_passes_is_as_it_was_sent() {
    let wired = Wired::up();
    let client = wired.client();
    let long = "x".repeat(3_000_000);
    let got: String =
        wired.io.block_on(async { client.query_one("select $1 || 'y'", &[&long]).await.expect("an answer").get(0) });
    assert_eq!(got.len(), long.len() + 1);
    assert_eq!(wired.proxy.counts().accepted, 1);
    assert_eq!(wired.proxy.counts().cut(), 0);
}

#[test]
fn a_delay_is_waited_for_in_both_directions() {
    let wired = Wired::up();
    let client = wired.client();
    let (to_server, to_client) = (Duration::from_millis(40), Duration::from_millis(30));
    let _slow = wired.proxy.for_now(Link::Delay { to_server, to_client });
    let asked = Instant::now();
    wired.run(&client, "insert into t values (1)").expect("late, but it comes");
    assert!(asked.elapsed() >= to_server + to_client, "after {:?}", asked.elapsed());
    assert_eq!(wired.proxy.counts().delayed, 2);
}

#[test]
fn cut_before_nothing_arrives() {
    let wired = Wired::up();
    let client = wired.client();
    let cutting = wired.proxy.for_now(Link::CutBefore);
    wired.run(&client, "insert into t values (1)").expect_err("the connection is reset");
    drop(cutting);
    assert_eq!(wired.rows(), 0);
    assert_eq!(wired.proxy.counts().cut_before, 1);
    wired.run(&wired.client(), "insert into t values (1)").expect("a new one passes");
}

#[test]
fn cut_after_the_statement_is_done_and_the_answer_lost() {
    let wired = Wired::up();
    let client = wired.client();
    let cutting = wired.proxy.for_now(Link::CutAfter);
    // Notices are sent long before the end: that nobody takes them any more must not stop the statement.
    let statement = "do $$ begin
        raise notice 'on the way'; perform pg_sleep(0.1); raise notice 'nearly there'; perform pg_sleep(0.1); insert into t values (1);
    end $$";
    wired.run(&client, statement).expect_err("the connection is reset");
    drop(cutting);
    eventually("the statement's end", || (wired.rows() == 1).then_some(()));
    assert_eq!(wired.proxy.counts().cut_after, 1);
}

#[test]
fn what_is_late_arrives_when_its_client_has_long_been_told_otherwise() {
    let wired = Wired::up();
    let client = wired.client();
    let late = wired.proxy.for_now(Link::Late { by: Duration::from_millis(200) });
    wired.run(&client, "insert into t values (1)").expect_err("the connection is reset");
    assert_eq!(wired.rows(), 0);
    drop(late);
    eventually("the late statement", || (wired.rows() == 1).then_some(()));
    eventually("its answer", || (wired.proxy.counts().delivered_late == 1).then_some(()));
}

#[test]
fn a_statement_of_many_pieces_is_late_as_a_whole() {
    let wired = Wired::up();
    let client = wired.client();
    let late = wired.proxy.for_now(Link::Late { by: Duration::from_millis(1) });
    let statement = format!("insert into t values (length('{}'))", "x".repeat(2_000_000));
    wired.run(&client, &statement).expect_err("the connection is reset");
    drop(late);
    eventually("the late statement", || (wired.rows() == 1).then_some(()));
}

#[test]
fn cutting_ends_the_connections_there_are_and_no_new_one() {
    let wired = Wired::up();
    let (client, idle) = (wired.client(), wired.client());
    wired.proxy.cut();
    wired.run(&client, "select 1").expect_err("cut");
    eventually("the idle one's end", || idle.is_closed().then_some(()));
    wired.run(&wired.client(), "select 1").expect("a new one passes");
    assert_eq!(wired.proxy.counts().reset, 2);
}

#[test]
fn severed_the_server_sees_an_end_and_the_client_waits() {
    let wired = Wired::up();
    let client = wired.client();
    wired.run(&client, "select pg_advisory_lock(7)").expect("a link that passes");
    wired.proxy.sever();
    eventually("the lock's end", || {
        let taken = "do $$ begin assert pg_try_advisory_lock(7); end $$";
        wired.run(&wired.client(), taken).ok()
    });
    let asked = wired.io.handle().spawn(async move { client.batch_execute("select 1").await });
    eventually("the count", || (wired.proxy.counts().severed == 1).then_some(()));
    assert!(!asked.is_finished());
    wired.proxy.cut();
    wired.io.block_on(asked).expect("no panic").expect_err("nobody was there");
}

#[test]
fn a_link_that_resets_takes_connections_and_ends_them() {
    let wired = Wired::up();
    let client = wired.client();
    wired.proxy.set(Link::Reset);
    eventually("its end", || client.is_closed().then_some(()));
    wired.try_client().expect_err("accepted and reset");
    eventually("the count", || (wired.proxy.counts().reset == 2).then_some(()));
    assert_eq!(wired.proxy.counts().accepted, 2);
}

#[test]
fn down_is_refused_and_then_up_again_on_the_same_port() {
    let wired = Wired::up();
    let client = wired.client();
    let down = wired.proxy.for_now(Link::Refuse);
    eventually("the end of the one there was", || client.is_closed().then_some(()));
    wired.try_client().expect_err("refused");
    assert_eq!(wired.proxy.counts().accepted, 1, "the refused one was never accepted");
    drop(down);
    wired.run(&wired.client(), "select 1").expect("up again");
}

#[test]
fn a_black_hole_says_nothing_and_then_everything() {
    let wired = Wired::up();
    let client = wired.client();
    let hole = wired.proxy.for_now(Link::BlackHole);
    let insert = wired.io.handle().spawn(async move { client.batch_execute("insert into t values (1)").await });
    eventually("something sent into it", || (wired.proxy.counts().swallowed == 1).then_some(()));
    assert_eq!(wired.rows(), 0);
    assert!(!insert.is_finished());
    drop(hole);
    wired.io.block_on(insert).expect("no panic").expect("it was only held up");
    assert_eq!(wired.rows(), 1);
}

#[test]
fn it_listens_on_a_unix_socket_too() {
    let database = TestDatabase::empty();
    let folder = tempfile::tempdir().expect("a folder");
    let wired = Wired { io: Io::start(), proxy: Proxy::on_socket(folder.path(), database.url()), database };
    wired.run(&wired.client(), "create table t (n int)").expect("a link that passes");
    let down = wired.proxy.for_now(Link::Refuse);
    wired.try_client().expect_err("refused");
    drop(down);
    wired.run(&wired.client(), "insert into t values (1)").expect("up again");
    assert_eq!(wired.rows(), 1);
}

#[test]
fn a_url_keeps_its_user_database_and_options() {
    let database = TestDatabase::empty();
    let proxy = Proxy::before(database.url());
    let port = proxy.url("postgres://h").rsplit_once(':').expect("a port").1.to_owned();
    for (url, expected) in [
        (
            "postgres://ann:secret@%2Ftmp%2Fpg:5432/shop?options=x",
            "postgres://ann:secret@127.0.0.1:PORT/shop?options=x",
        ),
        ("postgres://db.example/shop", "postgres://127.0.0.1:PORT/shop"),
        ("postgres://ann@db.example:1", "postgres://ann@127.0.0.1:PORT"),
    ] {
        assert_eq!(proxy.url(url), expected.replace("PORT", &port));
    }
}
