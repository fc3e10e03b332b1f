//! What every command stands on: settings, the I/O runtime, a running PostgreSQL, and an ear for signals.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, bail};
use engine::postgres::embedded::{Embedded, Tuning};
use secrecy::ExposeSecret;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use web::settings::Settings;

/// For tasks that a command leaves behind.
const RUNTIME_SHUTDOWN: Duration = Duration::from_secs(5);

/// Dropped in this order: the runtime with its connections, then PostgreSQL.
pub(super) struct Ground {
    pub(super) settings: Settings,
    url: String,
    runtime: Option<Runtime>,
    signals: Signals,
    _embedded: Option<Embedded>,
}

/// The signals that end a program. Heard from the first moment on, so that none ends us before we have tidied up.
pub(super) struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

/// Whether the embedded PostgreSQL may be one that a server runs already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// A server: there is one per data directory.
    Alone,
    /// A tool.
    Joining,
}

impl Ground {
    pub(super) fn open(settings: Settings, sharing: Sharing) -> anyhow::Result<Self> {
        let runtime = runtime(settings.engine.io_threads)?;
        let signals = runtime.block_on(async { Signals::listen() })?;
        let embedded = if settings.is_embedded() { Some(embedded(&settings, sharing)?) } else { None };
        let url = match &embedded {
            Some(embedded) => embedded.url().to_owned(),
            None => settings.database.url.expose_secret().to_owned(),
        };
        Ok(Self { settings, url, runtime: Some(runtime), signals, _embedded: embedded })
    }

    /// For what only looks: where there is no shop it says so, instead of making an empty one.
    pub(super) fn open_to_look(settings: Settings) -> anyhow::Result<Self> {
        let data_dir = &settings.database.data_dir;
        if settings.is_embedded() && !data_dir.join("pg").exists() {
            let here = std::path::absolute(data_dir).context("the current folder")?;
            bail!(
                "there is no shop in {}: run this where the shop was started, or name its folder in \
                 DOORBUSTER__DATABASE__DATA_DIR",
                here.display()
            );
        }
        Self::open(settings, Sharing::Joining)
    }

    /// Of the database's owner.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Brings the database to this program's schema.
    pub(super) fn migrate(&mut self) -> anyhow::Result<()> {
        let url = self.url.clone();
        for name in self.run(engine::postgres::migrate(&url))? {
            tracing::info!(migration = name, "applied a migration");
        }
        Ok(())
    }

    /// The runtime that all I/O runs on.
    pub(super) fn io(&self) -> &Handle {
        self.runtime.as_ref().expect("taken in drop alone").handle()
    }

    pub(super) fn signals(&mut self) -> &mut Signals {
        &mut self.signals
    }

    /// Runs `work` to its end, or until somebody wants the program to stop.
    pub(super) fn run<T>(&mut self, work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
        let Self { runtime, signals, .. } = self;
        runtime.as_ref().expect("taken in drop alone").block_on(async {
            tokio::select! {
                result = work => result,
                () = signals.received() => bail!("interrupted"),
            }
        })
    }

    /// Runs what has to be done before the end, signal or not.
    pub(super) fn finish(&self, work: impl Future<Output = ()>) {
        self.runtime.as_ref().expect("taken in drop alone").block_on(work);
    }
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(RUNTIME_SHUTDOWN);
        }
    }
}

impl Signals {
    /// Inside a runtime.
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listening to signals");
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
    }

    pub(super) async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn embedded(settings: &Settings, sharing: Sharing) -> anyhow::Result<Embedded> {
    let database = &settings.database;
    let tuning = Tuning { shared_buffers_mb: database.shared_buffers_mb, commit_delay_us: database.commit_delay_us };
    match sharing {
        Sharing::Alone => Embedded::run(&database.data_dir, &tuning),
        Sharing::Joining => Embedded::join_or_run(&database.data_dir, &tuning),
    }
}

fn runtime(threads: usize) -> anyhow::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if threads > 0 {
        builder.worker_threads(threads);
    }
    builder.thread_name("io").enable_all().build().context("starting the I/O threads")
}
