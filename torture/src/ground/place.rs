//! A place for a server: a port, a folder, a link to the database. Servers come and go in it.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use testdb::Proxy;
use tokio::time::{Instant, sleep};

use super::fail_points::{Armed, Hits};
use crate::client::{Ask, Wire};

pub(crate) struct Place {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    pub(crate) proxy: Proxy,
    url: String,
    program: PathBuf,
    folder: PathBuf,
    server: Option<Child>,
}

/// How waiting for a server ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    Ready,
    /// It ended meanwhile: at a fail point, or for want of something that it needs.
    Gone,
    Late,
}

/// What a server says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It may sell, now.
    Owner,
    /// Another may, and it serves what can be read.
    Standby,
}

const LOOK: Duration = Duration::from_millis(15);

impl Place {
    pub(crate) fn prepare(name: &'static str, folder: &Path, program: &Path, url: &str) -> anyhow::Result<Self> {
        let proxy = Proxy::before(url);
        // Free a moment ago, and nobody else asks for ports so quickly.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        fs::create_dir_all(folder.join(name))?;
        let url = proxy.url(url);
        Ok(Self { name, port, proxy, url, program: program.to_owned(), folder: folder.to_owned(), server: None })
    }

    pub(crate) fn start(&mut self, armed: Option<&Armed>, hits: &Hits) -> anyhow::Result<()> {
        anyhow::ensure!(self.server.is_none(), "there is a server in place {}", self.name);
        let log =
            File::options().create(true).append(true).open(self.folder.join(format!("server-{}.log", self.name)))?;
        let mut command = Command::new(&self.program);
        command.arg("serve").current_dir(&self.folder).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        for (name, value) in [
            ("DOORBUSTER__SERVER__PORT", self.port.to_string()),
            ("DOORBUSTER__SERVER__WORKERS", "2".to_owned()),
            ("DOORBUSTER__SERVER__SHUTDOWN_S", "2".to_owned()),
            ("DOORBUSTER__DATABASE__URL", self.url.clone()),
            ("DOORBUSTER__DATABASE__DATA_DIR", self.folder.join(self.name).display().to_string()),
            ("DOORBUSTER__DATABASE__POOL_SIZE", "8".to_owned()),
            ("DOORBUSTER__SECURITY__ADMIN_KEY", "torture-admin-key-0123456789abcdef".to_owned()),
            ("DOORBUSTER__SECURITY__TOKEN_SECRET", "torture-token-secret-0123456789abcdef".to_owned()),
            ("DOORBUSTER__SALE__DEMO", "false".to_owned()),
            ("DOORBUSTER__LIMITS__ENABLED", "false".to_owned()),
            ("DOORBUSTER__LOG__FILTER", "info".to_owned()),
            ("DOORBUSTER_FAIL_POINTS_DIR", hits.folder().display().to_string()),
        ] {
            command.env(name, value);
        }
        match armed {
            Some(armed) => command.env("DOORBUSTER_FAIL_POINTS", armed.word()),
            None => command.env_remove("DOORBUSTER_FAIL_POINTS"),
        };
        let server = command.spawn().with_context(|| format!("starting {}", self.program.display()))?;
        fs::write(self.pid_file(), server.id().to_string())?;
        self.server = Some(server);
        Ok(())
    }

    pub(crate) fn is_there(&mut self) -> anyhow::Result<bool> {
        let Some(server) = &mut self.server else { return Ok(false) };
        if server.try_wait()?.is_none() {
            return Ok(true);
        }
        self.gone()?;
        Ok(false)
    }

    /// Whether the one that is there is stopped, by whomever.
    pub(crate) fn is_stopped(&self) -> bool {
        let Some(server) = &self.server else { return false };
        let stat = fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    }

    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let server = self.server.as_ref().with_context(|| format!("nobody is in place {}", self.name))?;
        // Not waited for yet: its number is still its own.
        Ok(kill(Pid::from_raw(server.id().cast_signed()), signal)?)
    }

    /// `kill -9`, if somebody is there.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        if self.server.is_some() {
            self.signal(Signal::SIGKILL)?;
            self.gone()?;
        }
        Ok(())
    }

    /// How it ended, if it has by then.
    pub(crate) async fn ended(&mut self, within: Duration) -> anyhow::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        while let Some(server) = &mut self.server {
            if server.try_wait()?.is_some() {
                return self.gone();
            }
            if begun.elapsed() > within {
                break;
            }
            sleep(LOOK).await;
        }
        Ok(None)
    }

    fn gone(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        let Some(mut server) = self.server.take() else { return Ok(None) };
        let status = server.wait()?;
        fs::remove_file(self.pid_file())?;
        Ok(Some(status))
    }

    /// Waits until it says that it is that.
    pub(crate) async fn wait_until(&mut self, role: Role, within: Duration) -> anyhow::Result<Opened> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if !self.is_there()? {
                return Ok(Opened::Gone);
            }
            if self.is(role).await {
                return Ok(Opened::Ready);
            }
            sleep(LOOK).await;
        }
        Ok(Opened::Late)
    }

    async fn is(&self, role: Role) -> bool {
        if self.is_stopped() {
            return false;
        }
        let ports: Arc<[u16]> = Arc::new([self.port]);
        let path = match role {
            Role::Owner => "/readyz/owner",
            Role::Standby => "/readyz",
        };
        let Ok(reply) = Wire::new(&ports).ask(&Ask::get(path)).await else { return false };
        let is_standby = reply.json()["role"] == "standby";
        reply.status == 200 && is_standby == (role == Role::Standby)
    }

    fn pid_file(&self) -> PathBuf {
        self.folder.join(format!("server-{}.pid", self.name))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A run that failed has said so already.
        let _ = self.kill();
    }
}
