//! Makes a new, empty cluster: `initdb`, once.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};

use super::account::Account;
use super::programs::Programs;

/// The database superuser of a cluster of ours. Only who may reach the socket's folder can be it.
pub const SUPERUSER: &str = "doorbuster";

/// What a new cluster shall be like.
pub struct NewCluster {
    /// False for tests only: the files are then left to the operating system to write.
    pub durable: bool,
    /// A database beside those that every cluster has.
    pub database: Option<&'static str>,
}

/// Makes a cluster in `data` unless there is one. It appears whole or not at all.
pub fn initialise(programs: &Programs, account: &Account, data: &Path, fresh: &NewCluster) -> anyhow::Result<()> {
    if data.join("PG_VERSION").is_file() {
        return Ok(());
    }
    let unfinished = unfinished(data)?;
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)
            .with_context(|| format!("removing what an earlier start left in {}", unfinished.display()))?;
    }
    fs::create_dir(&unfinished).with_context(|| format!("making {}", unfinished.display()))?;
    account.own(&unfinished)?;

    let mut initdb = account.command(&programs.initdb);
    initdb.arg("--pgdata").arg(&unfinished).args([
        "--username",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
    ]);
    if !fresh.durable {
        initdb.arg("--no-sync");
    }
    // Its own folder: it warns when it cannot read the one it was started in.
    let made = initdb
        .current_dir(&unfinished)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("starting {}", programs.initdb.display()))?;
    if !made.status.success() {
        bail!("initdb failed ({}):\n{}", made.status, String::from_utf8_lossy(&made.stderr).trim_end());
    }
    if let Some(database) = fresh.database {
        create_database(programs, account, &unfinished, database)?;
    }
    fs::rename(&unfinished, data).with_context(|| format!("moving the new cluster to {}", data.display()))?;
    if fresh.durable {
        let parent = data.parent().context("the cluster's folder has no parent")?;
        File::open(parent).and_then(|parent| parent.sync_all()).context("keeping the new cluster")?;
    }
    Ok(())
}

/// Without a server: PostgreSQL's single-user mode reads statements from its standard input.
fn create_database(programs: &Programs, account: &Account, data: &Path, name: &str) -> anyhow::Result<()> {
    let mut single = account
        .command(&programs.postgres)
        .arg("--single")
        .arg("-D")
        .arg(data)
        .arg("postgres")
        .current_dir(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", programs.postgres.display()))?;
    let mut statements = single.stdin.take().expect("it was piped");
    writeln!(statements, "create database {name}").context("making the database")?;
    drop(statements);
    let made = single.wait_with_output().context("making the database")?;
    if !made.status.success() {
        bail!("the database {name} could not be made:\n{}", String::from_utf8_lossy(&made.stderr).trim_end());
    }
    Ok(())
}

fn unfinished(data: &Path) -> anyhow::Result<PathBuf> {
    let name = data.file_name().context("the cluster's folder has no name")?;
    Ok(data.with_file_name(format!("{}.unfinished", name.to_string_lossy())))
}
