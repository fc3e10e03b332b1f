//! The private PostgreSQL of the embedded default: found, made, started, kept alive and stopped by this program.
//!
//! One cluster below the data directory, reachable through a Unix socket by its user alone, with `fsync` on. Whoever
//! holds the directory's lock watches over it: starts it again when it dies, adopts it when an earlier holder was killed
//! and left it running, and stops it at the end. As root it runs as an unprivileged user.

mod account;
mod cluster;
mod configuration;
mod install;
mod lock;
mod pid_file;
mod place;
mod postmaster;
mod process;
mod programs;
mod supervisor;
mod url;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

pub use account::Account;
pub use cluster::{NewCluster, SUPERUSER, initialise};
pub use configuration::Tuning;
use lock::{DataDirLock, Taken};
use pid_file::PidFile;
use place::Place;
use postmaster::Launch;
pub use programs::{OLDEST_VERSION, Programs, ProgramsError};
use supervisor::Supervisor;
pub use url::socket_url;

const DATABASE: &str = "doorbuster";
/// A server that has just been started may need so long until it can be joined.
const JOIN_ATTEMPTS: u32 = 100;

/// A running PostgreSQL. Dropping it stops what it started; everything here blocks, and none of it needs a runtime.
pub struct Embedded {
    url: String,
    /// In this order: PostgreSQL is gone before the directory is free.
    supervisor: Option<Supervisor>,
    _lock: Option<DataDirLock>,
}

impl Embedded {
    /// Makes the cluster if need be and runs it. Refuses when another process does, and says which.
    pub fn run(data_dir: &Path, tuning: &Tuning) -> anyhow::Result<Self> {
        let data_dir = made(data_dir)?;
        match DataDirLock::acquire(&data_dir)? {
            Ok(lock) => Self::start(&data_dir, tuning, lock),
            Err(Taken { by }) => bail!(
                "a Doorbuster already runs here: {by} has {}; stop it first, or choose another folder \
                 (DOORBUSTER__DATABASE__DATA_DIR) and port for this one; a standby for it \
                 needs a PostgreSQL that both are given in DOORBUSTER__DATABASE__URL",
                data_dir.display()
            ),
        }
    }

    /// For tools: uses the PostgreSQL of a running server, or runs one meanwhile.
    pub fn join_or_run(data_dir: &Path, tuning: &Tuning) -> anyhow::Result<Self> {
        let data_dir = made(data_dir)?;
        for _ in 0..JOIN_ATTEMPTS {
            if let Ok(lock) = DataDirLock::acquire(&data_dir)? {
                return Self::start(&data_dir, tuning, lock);
            }
            if let Some(file) = PidFile::read(&data_dir.join("pg")).filter(|file| file.ready) {
                return Ok(Self { url: socket_url(&file.socket_dir, DATABASE), supervisor: None, _lock: None });
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        bail!("another Doorbuster has {}, but its PostgreSQL does not come up", data_dir.display())
    }

    /// Of its superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it ends with this value.
    pub fn is_ours(&self) -> bool {
        self.supervisor.is_some()
    }

    fn start(data_dir: &Path, tuning: &Tuning, lock: DataDirLock) -> anyhow::Result<Self> {
        let account = Account::for_cluster(&data_dir.join("pg"))?;
        let place = Place::prepare(data_dir, &account)?;
        let programs = Programs::find_for(&place.cluster)?;
        let fresh = NewCluster { durable: true, database: Some(DATABASE) };
        initialise(&programs, &account, &place.cluster, &fresh)?;
        let launch = Launch { programs, account, place, tuning: tuning.clone() };
        let postmaster = supervisor::try_start(&launch)?;
        let file = PidFile::read(&launch.place.cluster).context("PostgreSQL went away again")?;
        let supervisor = Supervisor::watch(postmaster, launch)?;
        Ok(Self { url: socket_url(&file.socket_dir, DATABASE), supervisor: Some(supervisor), _lock: Some(lock) })
    }
}

fn made(data_dir: &Path) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(data_dir).with_context(|| format!("making {}", data_dir.display()))?;
    fs::canonicalize(data_dir).with_context(|| format!("finding {}", data_dir.display()))
}
