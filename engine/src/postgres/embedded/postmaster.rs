//! One running PostgreSQL: started by us, or found running.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::Signal;

use super::account::Account;
use super::configuration::{self, Tuning};
use super::pid_file::PidFile;
use super::place::Place;
use super::process;
use super::programs::Programs;

const POLL: Duration = Duration::from_millis(20);
/// A fast shutdown writes a checkpoint; then it is asked less kindly.
const FAST_SHUTDOWN: Duration = Duration::from_secs(60);
const IMMEDIATE_SHUTDOWN: Duration = Duration::from_secs(5);
const LOG_MAX_BYTES: u64 = 16 << 20;

/// Everything needed to start one.
#[derive(Debug, Clone)]
pub(super) struct Launch {
    pub(super) programs: Programs,
    pub(super) account: Account,
    pub(super) place: Place,
    pub(super) tuning: Tuning,
}

pub(super) enum Postmaster {
    Child(Child),
    /// Left behind by a server that was killed.
    Adopted {
        pid: i32,
        launch: Box<Launch>,
    },
}

impl Postmaster {
    /// The one that runs on this cluster, if one does. A file that claims so wrongly is removed.
    pub(super) fn running(launch: &Launch) -> anyhow::Result<Option<Self>> {
        let cluster = &launch.place.cluster;
        let Some(file) = PidFile::read(cluster) else { return Ok(None) };
        if process::is_postgres_on(file.pid, cluster) {
            return Ok(Some(Self::Adopted { pid: file.pid, launch: Box::new(launch.clone()) }));
        }
        if process::exists(file.pid) {
            // PostgreSQL believes the number and would not start. Where it is nobody's, it sees so itself.
            PidFile::remove(cluster).context("removing the lock file that a killed PostgreSQL left")?;
        }
        Ok(None)
    }

    /// Starts one. It still has to come up: `wait_until_ready`.
    pub(super) fn start(launch: &Launch) -> anyhow::Result<Self> {
        let Launch { programs, account, place, tuning } = launch;
        let log = open_log(&place.log)?;
        let mut postgres = account.command(&programs.postgres);
        postgres.arg("-D").arg(&place.cluster);
        for setting in configuration::settings(tuning, &place.socket_dir) {
            postgres.args(["-c", &setting]);
        }
        let child = postgres
            .current_dir(&place.cluster)
            .stdin(Stdio::null())
            .stdout(log.try_clone().context("the log")?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("starting {}", programs.postgres.display()))?;
        Ok(Self::Child(child))
    }

    pub(super) fn pid(&self) -> i32 {
        match self {
            Self::Child(child) => i32::try_from(child.id()).expect("a process number fits"),
            Self::Adopted { pid, .. } => *pid,
        }
    }

    pub(super) fn is_running(&mut self) -> bool {
        match self {
            Self::Child(child) => matches!(child.try_wait(), Ok(None)),
            Self::Adopted { pid, launch } => process::is_postgres_on(*pid, &launch.place.cluster),
        }
    }

    /// Waits as long as it lives: recovery takes the time it takes. Answers where its socket is.
    pub(super) fn wait_until_ready(&mut self, place: &Place) -> anyhow::Result<PidFile> {
        let (started, mut told) = (Instant::now(), 0);
        loop {
            if let Some(file) = PidFile::read(&place.cluster).filter(|file| file.ready && file.pid == self.pid()) {
                return Ok(file);
            }
            if !self.is_running() {
                bail!("PostgreSQL did not start; its log, {}, ends with:\n{}", place.log.display(), tail(&place.log));
            }
            let waited_s = started.elapsed().as_secs();
            if waited_s / 5 > told {
                told = waited_s / 5;
                tracing::info!(waited_s, "PostgreSQL is recovering");
            }
            thread::sleep(POLL);
        }
    }

    /// Ends it: sessions are cut, everything is written. Returns when it is gone.
    pub(super) fn stop(&mut self) {
        for (signal, patience) in [
            (Signal::SIGINT, FAST_SHUTDOWN),
            (Signal::SIGQUIT, IMMEDIATE_SHUTDOWN),
            (Signal::SIGKILL, IMMEDIATE_SHUTDOWN),
        ] {
            if !self.is_running() {
                return;
            }
            if let Err(error) = process::signal(self.pid(), signal) {
                tracing::error!(%error, %signal, "PostgreSQL could not be signalled");
            }
            let asked = Instant::now();
            while self.is_running() && asked.elapsed() < patience {
                thread::sleep(POLL);
            }
        }
        if self.is_running() {
            tracing::error!(process = self.pid(), "PostgreSQL is still running and cannot be stopped");
        }
    }
}

fn open_log(path: &Path) -> anyhow::Result<File> {
    if fs::metadata(path).is_ok_and(|meta| meta.len() > LOG_MAX_BYTES) {
        fs::rename(path, path.with_extension("log.old")).context("putting the old log aside")?;
    }
    OpenOptions::new().create(true).append(true).open(path).with_context(|| format!("opening {}", path.display()))
}

fn tail(path: &Path) -> String {
    let read = || {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(2000)))?;
        let mut end = Vec::new();
        file.read_to_end(&mut end)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&end).into_owned())
    };
    read().unwrap_or_else(|error| format!("(it cannot be read: {error})"))
}
