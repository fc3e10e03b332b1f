//! Makes a new, empty cluster: `initdb`, once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, bail};

use super::account::Account;
use super::programs::Programs;

/// The database superuser of a cluster of ours. Only who may reach the socket's folder can be it.
pub const SUPERUSER: &str = "doorbuster";

/// Makes a cluster in `data` unless there is one. It appears whole or not at all.
///
/// `durable` is false for tests only: the files are then left to the operating system to write.
pub fn initialise(programs: &Programs, account: &Account, data: &Path, durable: bool) -> anyhow::Result<()> {
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
    if !durable {
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
    fs::rename(&unfinished, data).with_context(|| format!("moving the new cluster to {}", data.display()))?;
    Ok(())
}

fn unfinished(data: &Path) -> anyhow::Result<PathBuf> {
    let name = data.file_name().context("the cluster's folder has no name")?;
    Ok(data.with_file_name(format!("{}.unfinished", name.to_string_lossy())))
}
