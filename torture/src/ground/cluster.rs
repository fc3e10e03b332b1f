//! The PostgreSQL that is killed and started again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use engine::postgres::embedded::{Account, NewCluster, Programs, initialise, socket_url};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};
use tokio_postgres::{Client, NoTls};

/// As the embedded one of the shop; nothing that durability hangs on is turned off unless it is asked for.
const SETTINGS: [&str; 10] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "synchronous_commit=on",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=320MB",
    "jit=off",
    "timezone=UTC",
];
const START: Duration = Duration::from_secs(60);

pub(crate) struct Cluster {
    folder: PathBuf,
    programs: Programs,
    account: Account,
    durable: bool,
    postmaster: Option<Child>,
}

impl Cluster {
    /// `durable`: as it would be used. Killing processes loses nothing that the operating system was given, so that a
    /// short run may do without.
    pub(crate) async fn make(folder: &Path, durable: bool) -> anyhow::Result<Self> {
        let (programs, account) = (Programs::find()?, Account::choose()?);
        account.own(folder)?;
        initialise(&programs, &account, &folder.join("pg"), &NewCluster { durable: false, database: None })?;
        let mut cluster = Self { folder: folder.to_owned(), programs, account, durable, postmaster: None };
        cluster.start().await?;
        cluster.connect_to("postgres").await?.batch_execute("create database shop").await?;
        Ok(cluster)
    }

    /// Past every proxy.
    pub(crate) fn url(&self) -> String {
        socket_url(&self.folder, "shop")
    }

    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        self.connect_to("shop").await
    }

    async fn connect_to(&self, database: &str) -> anyhow::Result<Client> {
        let (client, connection) = tokio_postgres::connect(&socket_url(&self.folder, database), NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// `kill -9` of the process that started all others; they notice by themselves.
    pub(crate) fn kill_postmaster(&mut self) -> anyhow::Result<()> {
        let mut postmaster = self.postmaster.take().context("PostgreSQL does not run")?;
        postmaster.kill()?;
        postmaster.wait()?;
        Ok(())
    }

    /// Ends a backend, by its own means or with `kill -9`; the latter makes PostgreSQL start anew. False: there was none.
    pub(crate) async fn end_backend(&self, journals: bool, hard: bool) -> anyhow::Result<bool> {
        let client = self.connect().await?;
        let which = "select pid from pg_stat_activity
            where backend_type = 'client backend' and datname = 'shop' and pid <> pg_backend_pid()
              and (application_name = 'doorbuster journal') = $1
            order by random() limit 1";
        let Some(row) = client.query_opt(which, &[&journals]).await? else { return Ok(false) };
        let pid: i32 = row.get(0);
        if hard {
            kill(Pid::from_raw(pid), Signal::SIGKILL)?;
        } else {
            client.query_one("select pg_terminate_backend($1)", &[&pid]).await?;
        }
        Ok(true)
    }

    /// Until it takes connections. After a kill the old backends have to be gone first.
    pub(crate) async fn start(&mut self) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < START {
            self.spawn()?;
            while self.is_running()? {
                if self.is_ready() && self.connect_to("postgres").await.is_ok() {
                    return Ok(());
                }
                sleep(Duration::from_millis(10)).await;
            }
            sleep(Duration::from_millis(30)).await;
        }
        bail!("PostgreSQL did not come up:\n{}", fs::read_to_string(self.folder.join("pg.log")).unwrap_or_default())
    }

    fn spawn(&mut self) -> anyhow::Result<()> {
        let data = self.folder.join("pg");
        let log = File::options().create(true).append(true).open(self.folder.join("pg.log"))?;
        let mut command = self.account.command(&self.programs.postgres);
        command.arg("-D").arg(&data).arg("-c").arg(format!("unix_socket_directories={}", self.folder.display()));
        let durable = if self.durable { "on" } else { "off" };
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.args(["-c", &format!("fsync={durable}"), "-c", &format!("full_page_writes={durable}")]);
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.postmaster = Some(command.spawn().context("starting PostgreSQL")?);
        Ok(())
    }

    fn is_running(&mut self) -> anyhow::Result<bool> {
        Ok(match &mut self.postmaster {
            Some(postmaster) => postmaster.try_wait()?.is_none(),
            None => false,
        })
    }

    /// The server writes it into its lock file when it takes connections.
    fn is_ready(&self) -> bool {
        let file = fs::read_to_string(self.folder.join("pg/postmaster.pid")).unwrap_or_default();
        let own = self.postmaster.as_ref().map(|postmaster| postmaster.id().to_string());
        file.lines().next() == own.as_deref() && file.lines().nth(7).is_some_and(|line| line.trim() == "ready")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            // Immediate shutdown: nothing of it is needed any more.
            let pid = Pid::from_raw(postmaster.id().cast_signed());
            let _ = kill(pid, Signal::SIGQUIT);
            let _ = postmaster.wait();
        }
    }
}
