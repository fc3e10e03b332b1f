//! The server that the tests of one program share.
//!
//! A shell stands between: it starts PostgreSQL, then reads from a pipe whose other end this program holds. When this
//! program is gone (finished, panicked, killed), the pipe ends, and the shell stops PostgreSQL and removes its folder.

use std::io::{PipeWriter, pipe};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use std::{env, fs, thread};

use anyhow::{Context, bail};
use engine::postgres::embedded::{Account, NewCluster, Programs, initialise, socket_url};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::database::connect;
use crate::runtime::wait;

const OWN_SERVER: &str = "DOORBUSTER_TEST_DATABASE_URL";

const REAPER: &str = r#"
folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
read -r _
kill -QUIT "$server"
kill -CONT "$server"
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
    /// None: not ours.
    folder: Option<PathBuf>,
}

/// A server that takes what it is sent and says nothing. It goes on where it stood when this is dropped.
pub struct Frozen {
    processes: Vec<Pid>,
}

impl Server {
    /// One of one's own, with `settings` (`name=value`) beside the usual ones. It ends when this is dropped.
    pub(crate) fn start(settings: &[&str]) -> Self {
        start(settings).expect("a PostgreSQL server for the test")
    }

    /// Stops the server and everybody who serves.
    pub(crate) fn freeze(&self) -> Frozen {
        self.freeze_after("")
    }

    /// `statement` runs when nobody can be let in any more.
    pub(crate) fn freeze_after(&self, statement: &str) -> Frozen {
        let folder = self.folder.as_ref().expect("only a server of one's own can be frozen");
        let file = fs::read_to_string(folder.join("pg/postmaster.pid")).expect("it runs");
        let postmaster = file.lines().next().and_then(|line| line.parse().ok()).expect("its number");
        let (url, statement, mut frozen) = (self.url.clone(), statement.to_owned(), Frozen { processes: Vec::new() });
        wait(async move {
            let client = connect(&url).await;
            // First the one who lets others in: then nobody is missed.
            frozen.stop(postmaster);
            client.batch_execute(&statement).await.expect("a superuser may");
            let others = "select pid from pg_stat_activity where pid <> pg_backend_pid()";
            for row in client.query(others, &[]).await.expect("a superuser may") {
                frozen.stop(row.get(0));
            }
            frozen
        })
    }
}

impl Frozen {
    fn stop(&mut self, process: i32) {
        let process = Pid::from_raw(process);
        kill(process, Signal::SIGSTOP).expect("a process of ours");
        self.processes.push(process);
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        for process in &self.processes {
            // One that was killed meanwhile needs nothing more.
            let _ = kill(*process, Signal::SIGCONT);
        }
    }
}

/// The one that all tests share.
pub(crate) fn server() -> &'static Arc<Server> {
    static SERVER: OnceLock<Arc<Server>> = OnceLock::new();
    SERVER.get_or_init(|| {
        Arc::new(match env::var(OWN_SERVER) {
            Ok(url) if !url.is_empty() => Server { url, _alive: None, folder: None },
            _ => Server::start(&[]),
        })
    })
}

fn start(settings: &[&str]) -> anyhow::Result<Server> {
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
    for setting in SETTINGS.iter().chain(settings) {
        reaper.args(["-c", setting]);
    }
    reaper.current_dir(folder.path()).stdin(read).stdout(Stdio::null()).stderr(Stdio::null());
    reaper.spawn().context("starting the shell that watches over the test server")?;
    // From here on the shell removes it.
    let folder = folder.keep();
    wait_until_ready(&folder)?;
    Ok(Server { url: socket_url(&folder, "postgres"), _alive: Some(write), folder: Some(folder) })
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
