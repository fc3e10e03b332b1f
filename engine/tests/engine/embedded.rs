//! The private PostgreSQL, for real: made, killed, started again, stopped.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use engine::postgres::embedded::{Embedded, Tuning};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;
use testdb::{Io, eventually};
use tokio_postgres::{Client, NoTls};

/// Whoever runs PostgreSQL can get into it.
fn data_dir() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("open to all");
    folder
}

fn postmaster(data_dir: &Path) -> Pid {
    let file = fs::read_to_string(data_dir.join("pg/postmaster.pid")).expect("it runs");
    Pid::from_raw(file.lines().next().and_then(|line| line.parse().ok()).expect("its number"))
}

fn is_alive(process: Pid) -> bool {
    kill(process, None).is_ok()
}

async fn connect(url: &str) -> Option<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.ok()?;
    tokio::spawn(connection);
    Some(client)
}

async fn setting(client: &Client, name: &str) -> String {
    client.query_one(&format!("show {name}"), &[]).await.expect("a setting").get(0)
}

#[test]
fn it_keeps_what_it_was_given_and_ends_with_its_owner() {
    let (folder, io) = (data_dir(), Io::start());
    let embedded = Embedded::run(folder.path(), &Tuning::default()).expect("it runs");
    io.block_on(async {
        let client = connect(embedded.url()).await.expect("a connection");
        assert_eq!(setting(&client, "fsync").await, "on");
        assert_eq!(setting(&client, "synchronous_commit").await, "on");
        assert_eq!(setting(&client, "commit_delay").await, "0");
        client.batch_execute("create table kept (n int); insert into kept values (42)").await.expect("a table");
    });
    let first = postmaster(folder.path());
    drop(embedded);
    assert!(!is_alive(first), "it is gone when drop returns");

    let slow = Tuning { commit_delay_us: 1000, ..Tuning::default() };
    let again = Embedded::run(folder.path(), &slow).expect("it runs again");
    io.block_on(async {
        let client = connect(again.url()).await.expect("a connection");
        let kept: i32 = client.query_one("select n from kept", &[]).await.expect("the row").get(0);
        assert_eq!(kept, 42);
        assert_eq!(setting(&client, "commit_delay").await, "1000");
        assert_eq!(setting(&client, "commit_siblings").await, "0");
    });
}

#[test]
fn killed_it_comes_back_with_everything_acknowledged() {
    let (folder, io) = (data_dir(), Io::start());
    let embedded = Embedded::run(folder.path(), &Tuning::default()).expect("it runs");
    let client = io.block_on(async {
        let client = connect(embedded.url()).await.expect("a connection");
        client.batch_execute("create table kept (n int); insert into kept values (42)").await.expect("a table");
        client
    });
    let first = postmaster(folder.path());
    kill(first, Signal::SIGKILL).expect("it can be killed");
    let again = eventually("a connection to the new one", || {
        io.block_on(connect(embedded.url())).filter(|_| postmaster(folder.path()) != first)
    });
    io.block_on(async {
        assert!(client.query_one("select n from kept", &[]).await.is_err(), "the old session died with it");
        let kept: i32 = again.query_one("select n from kept", &[]).await.expect("the row").get(0);
        assert_eq!(kept, 42);
    });
}

#[test]
fn a_second_one_is_refused_and_a_tool_joins() {
    let (folder, io) = (data_dir(), Io::start());
    let embedded = Embedded::run(folder.path(), &Tuning::default()).expect("it runs");
    let refused = Embedded::run(folder.path(), &Tuning::default()).err().expect("one per folder").to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");

    let tool = Embedded::join_or_run(folder.path(), &Tuning::default()).expect("a tool joins");
    assert_eq!((tool.url(), tool.is_ours()), (embedded.url(), false));
    drop(tool);
    assert!(io.block_on(connect(embedded.url())).is_some(), "a tool that ends leaves it running");

    drop(embedded);
    let alone = Embedded::join_or_run(folder.path(), &Tuning::default()).expect("a tool runs it itself");
    assert!(alone.is_ours());
    let process = postmaster(folder.path());
    drop(alone);
    assert!(!is_alive(process));
}
