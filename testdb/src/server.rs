//! The server that the tests of one program share.
//!
//! A shell stands between: it starts PostgreSQL, then reads from a pipe whose other end this program holds. When this
//! program is gone (finished, panicked, killed), the pipe ends, and the shell stops PostgreSQL and removes its folder.

use std::io::{PipeWriter, pipe};
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::Duration;
use std::{env, fs, thread};

use anyhow::{Context, bail};
use engine::postgres::embedded::{Account, NewCluster, Programs, initialise, socket_url};

const OWN_SERVER: &str = "DOORBUSTER_TEST_DATABASE_URL";

const REAPER: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
read -r _
kill -QUIT "$server"
wait "$server"
cd /
rm -rf "$folder"
"#;

/// Nothing here survives the run, so nothing needs to reach the disk.
const SETTINGS: [&str; 14] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=300",
    "fsync=off",
    "synchronous_commit=on",
    "full_page_writes=off",
    "shared_buffers=128MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=1GB",
    "jit=off",
    "timezone=UTC",
    "log_min_messages=fatal",
];

pub(crate) struct Server {
    /// Of the maintenance database, as superuser.
    pub(crate) url: String,
    /// Open for as long as the server shall live.
    _alive: Option<PipeWriter>,
}

pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match env::var(OWN_SERVER) {
        Ok(url) if !url.is_empty() => Server { url, _alive: None },
        _ => start().expect("a PostgreSQL server for the tests"),
    })
}

fn start() -> anyhow::Result<Server> {
    let programs = Programs::find()?;
    let account = Account::choose()?;
    let folder = tempfile::Builder::new().prefix("doorbuster-test-").tempdir()?;
    account.own(folder.path())?;
    let data = folder.path().join("pg");
    initialise(&programs, &account, &data, &NewCluster { durable: false, database: None })?;

    let (read, write) = pipe()?;
    let mut reaper = account.command(Path::new("/bin/sh"));
    reaper.args(["-c", REAPER, "reaper"]).arg(folder.path()).arg(&programs.postgres).arg("-D").arg(&data);
    reaper.arg("-c").arg(format!("unix_socket_directories={}", folder.path().display()));
    for setting in SETTINGS {
        reaper.args(["-c", setting]);
    }
    reaper.current_dir(folder.path()).stdin(read).stdout(Stdio::null()).stderr(Stdio::null());
    reaper.spawn().context("starting the shell that watches over the test server")?;
    // From here on the shell removes it.
    let folder = folder.keep();
    wait_until_ready(&folder)?;
    Ok(Server { url: socket_url(&folder, "postgres"), _alive: Some(write) })
}

/// The server writes `ready` into its lock file when it takes connections.
fn wait_until_ready(folder: &Path) -> anyhow::Result<()> {
    for _ in 0..1_500 {
        let status = fs::read_to_string(folder.join("pg/postmaster.pid")).unwrap_or_default();
        if status.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(20));
    }
    bail!("the test server did not come up:\n{}", fs::read_to_string(folder.join("log")).unwrap_or_default())
}
