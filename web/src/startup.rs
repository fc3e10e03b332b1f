//! Builds the application around the engine, binds its port, and runs it until it is told to stop.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use anyhow::Context;
use chrono::TimeDelta;
use engine::catalog::Catalog;
use engine::clock::Clock;
use engine::outbox::{self, Outbox};
use engine::postgres::Database;
use engine::runtime::Runtime;
use engine::search::{Search, Sources};
use engine::tenant::Tenants;
use engine::{Engine, catalog};
use futures_util::future::join;
use identity::Identity;
use identity::notification::Channel;
use identity::proof::{Gate, Work};
use identity::redis::{self, Redis};
use identity::throttle::Throttle;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::ExposeSecret;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::bodies::{Bodies, Details, OUTBOX_INTERVAL, Page};
use crate::document::Document;
use crate::embedder::HttpEmbedder;
use crate::extract::{AdminKey, GuestTokens};
use crate::live::{Feed, Hub, Seats};
use crate::middleware::{Cors, LoadShed, RateLimits};
use crate::settings::{Limits, ProofOfWork, Settings};
use crate::state::{BodyLimits, Imports, State};
use crate::telemetry::gauges;
use crate::{serving, telemetry};

/// A server that ends keeps the stock while requests are inside, but no longer than this. A buyer whose order is not on its
/// way by then is told that nothing was done, and asks the next owner; the others are told of theirs.
const HANDED_OVER: Duration = Duration::from_millis(500);
const LOOK: Duration = Duration::from_millis(10);

/// Connections that wait to be taken: as many as the system lets (`net.core.somaxconn`, 4096 on Linux).
const BACKLOG: u32 = 65_535;

/// A server with its port bound, not yet serving.
pub struct Application {
    address: SocketAddr,
    server: Server,
    state: Data<State>,
}

impl Application {
    /// Binds `settings.server`'s address. Must be called inside an actix system or a tokio runtime.
    pub fn build(settings: &Settings, engine: Engine, metrics: PrometheusHandle) -> anyhow::Result<Self> {
        warn_of_what_is_for_developers(settings);
        let state = Data::new(state(settings, engine, metrics)?);
        let listen = SocketAddr::new(settings.server.host, settings.server.port);
        let listener = listen_at(listen).with_context(|| format!("listening on {listen}"))?;
        let address = listener.local_addr().context("the listener's address")?;
        let server = serving::serve(listener, &settings.server, state.clone()).context("starting the HTTP server")?;
        Ok(Self { address, server, state })
    }

    /// Where it listens: the port is known even when any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn identity(&self) -> &Identity {
        &self.state.identity
    }

    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Serves until SIGTERM or SIGINT, then finishes what it accepted.
    pub async fn run_until_stopped(self) -> io::Result<()> {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        let stopped = async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        };
        self.run_until(stopped).await
    }

    /// Serves until `stopped`, then finishes what it accepted, and gives the stock up before the slowest of it has ended.
    pub async fn run_until(self, stopped: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.server.handle();
        let upkeep = actix_rt::spawn(upkeep(self.state.clone()));
        let background = background(&self.state).await.map_err(io::Error::other)?;
        let serving = actix_rt::spawn(self.server);
        stopped.await;
        tracing::info!("stopping: finishing what was accepted");
        self.state.draining.store(true, Ordering::Relaxed);
        // A feed has no end of its own, and would be waited for.
        self.state.hub.close();
        join(handle.stop(true), hand_over(&self.state)).await;
        upkeep.abort();
        background.iter().for_each(JoinHandle::abort);
        self.state.search.close().await;
        self.state.engine.searched().close().await;
        serving.await.map_err(io::Error::other)?
    }
}

/// What is for developers, and not to be found out from customers: that nobody gets a letter or a code, and whoever reads the
/// folder reads them; that cookies go where everybody on the way reads them.
fn warn_of_what_is_for_developers(settings: &Settings) {
    if !settings.security.cookie_secure && !settings.sale.demo {
        tracing::warn!("security.cookie_secure is false: browsers send the cookies of this shop over plain http too");
    }
    let folder = settings.outbox_dir();
    for channel in settings.without_carrier() {
        match channel {
            Channel::Email => tracing::warn!(
                folder = %folder.display(),
                "mail.url is empty: letters reach nobody; they are written in plain text into a folder and count as sent"
            ),
            Channel::Sms => tracing::warn!(
                folder = %folder.display(),
                "sms.url is empty: short messages reach nobody; they are written in plain text into a folder and count as sent"
            ),
        }
    }
}

/// With room for a crowd that comes in one moment. With the 128 of the standard library most of a thousand are not heard,
/// and try again after a second, as TCP has it.
fn listen_at(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again takes the port at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)?.into_std()
}

/// Gives the stock up, not after the last connection has ended: until then nobody can buy, and the framework looks for that
/// once a second.
async fn hand_over(state: &State) {
    let everybody_left = async {
        while state.load_shed.inside() > 0 {
            sleep(LOOK).await;
        }
    };
    if timeout(HANDED_OVER, everybody_left).await.is_err() {
        tracing::info!(requests = state.load_shed.inside(), "giving the stock up before these have ended");
    }
    state.engine.close().await;
}

/// What the handlers share.
pub fn state(settings: &Settings, engine: Engine, metrics: PrometheusHandle) -> anyhow::Result<State> {
    let lifetime = i64::try_from(settings.security.session_ttl_s).ok().and_then(TimeDelta::try_seconds);
    let freshness = settings.freshness().context("sale.band_max_age_ms is too short")?;
    let details = Details::new(engine.catalog().clone(), Duration::from_secs(settings.cache.body_max_age_s));
    let search = search(settings, &engine).context("opening the search index")?;
    // Grows from start to start.
    let first_event = u64::try_from(engine.clock().now().timestamp_millis()).unwrap_or(0);
    let Limits { listeners_max, listeners_per_address, .. } = settings.limits;
    let seats = Seats { max: listeners_max, max_of_one: listeners_per_address };
    let (database, clock, ids) = (engine.database().clone(), Arc::clone(engine.clock()), Arc::clone(engine.ids()));
    let identity = Identity::open(database, clock, ids, settings.for_identity()).context("opening the accounts")?;
    let io = Runtime::from(engine.io().clone());
    let redis = redis(settings, &io).context("redis.url")?;
    let rate_limits = RateLimits::new(&settings.limits, redis.clone().map(|redis| (redis, &io)));
    let secret = settings.security.token_secret.expose_secret().as_bytes();
    let ProofOfWork { difficulty, lifetime_s, .. } = settings.proof_of_work;
    let work = Work::new(secret, difficulty, lifetime_s, redis.clone());
    let openapi = crate::description::describe().to_string();
    Ok(State {
        bodies: Bodies::new(settings.cache.bodies_mb << 20, freshness, engine.io().clone()),
        details,
        search,
        hub: Hub::new(first_event, seats),
        order_rate: Arc::default(),
        tenants: Tenants::new(engine.database().clone()),
        stores: settings.stores.clone(),
        engine,
        identity,
        guest_tokens: GuestTokens::new(
            settings.security.token_secret.expose_secret().as_bytes(),
            settings.security.token_secrets_previous.iter().map(|secret| secret.expose().as_bytes()),
            lifetime.context("security.session_ttl_s is too long")?,
        ),
        admin_key: AdminKey::new(settings.security.admin_key.expose_secret()),
        load_shed: LoadShed::new(settings.crowd_bounds()),
        rate_limits,
        proofs: Gate::new(settings.proof_of_work.when(), Arc::new(work)),
        throttle: Throttle::new(secret, redis),
        cors: Cors::new(&settings.cors.origins).map_err(|origin| anyhow::anyhow!("cors.origins: {origin:?}"))?,
        trusted_proxies: settings.limits.trusted_proxies.clone(),
        forwarded_header: settings.limits.forwarded_header,
        behind_tls: settings.security.cookie_secure,
        staff_second_factor: settings.security.staff_second_factor,
        public_url: settings.identity.public_url.clone(),
        body_limits: BodyLimits { max_bytes: settings.server.body_max_bytes, timeout: settings.server.body_timeout() },
        imports: Imports {
            max_bytes: settings.imports.max_bytes,
            timeout: Duration::from_secs(settings.imports.timeout_s),
            rejections_max: settings.imports.rejections_max,
            seats: Arc::new(Semaphore::new(settings.imports.at_once)),
        },
        request_timeout: settings.server.request_timeout(),
        metrics,
        openapi: Document::json(openapi),
        draining: AtomicBool::new(false),
    })
}

/// None is configured, or one that is looked for in the background.
fn redis(settings: &Settings, io: &Runtime) -> anyhow::Result<Option<Redis>> {
    if settings.redis.url.expose_secret().is_empty() {
        return Ok(None);
    }
    let settings = redis::Settings {
        url: settings.redis.url.clone(),
        timeout: Duration::from_millis(settings.redis.timeout_ms),
        secret: settings.security.token_secret.clone(),
    };
    Ok(Some(Redis::open(&settings, io.clone())?))
}

/// What the search index is made of.
pub fn sources(
    settings: &Settings,
    database: Database,
    catalog: Catalog,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Sources> {
    let sources = Sources::new(database, catalog, clock);
    let search = &settings.search;
    let Some(url) = search.embeddings_at()? else { return Ok(sources) };
    let timeout = Duration::from_millis(search.embeddings_timeout_ms);
    let (model, token) = (search.embeddings_model.clone(), search.embeddings_token.clone());
    Ok(sources.meaning(Arc::new(HttpEmbedder::new(url, model, token, timeout)?)))
}

fn search(settings: &Settings, engine: &Engine) -> anyhow::Result<Search> {
    let (database, catalog) = (engine.database().clone(), engine.catalog().clone());
    let sources = sources(settings, database, catalog, Arc::clone(engine.clock()))?;
    let search = Search::start(sources, &settings.for_search())?;
    Ok(search.heeding(engine.merchandising().in_force().clone(), engine.searched().popular().clone()))
}

/// What goes on beside the requests: caches hear of changes and of sessions that ended, listeners are told what happens.
async fn background(state: &Data<State>) -> anyhow::Result<Vec<JoinHandle<()>>> {
    let mut tasks = state.identity.start().await?;
    tasks.extend(state.tenants.start().await?);
    state.engine.start_hearing().await?;
    let bodies = state.bodies.clone();
    tasks.extend(state.engine.merchandising().start(move |store| bodies.forget_all(store)).await?);
    tasks.extend(state.engine.searched().start());
    let (bodies, details) = (state.bodies.clone(), state.details.clone());
    let outbox = Outbox::new(state.engine.database().clone());
    let from = outbox.horizon().await?;
    let caches = outbox::follow(outbox, &[catalog::TOPIC], from, OUTBOX_INTERVAL, move |event| {
        let Ok(changed) = serde_json::from_value::<catalog::Changed>(event.payload.clone()) else {
            tracing::error!(outbox.topic = event.topic, "an event of the catalogue cannot be read");
            return bodies.forget_all(event.store);
        };
        match details.heard(event.store, &changed) {
            Some(slugs) => slugs.into_iter().for_each(|slug| bodies.forget(event.store, Page::Product(slug))),
            None => bodies.forget_all(event.store),
        }
    });
    let feed = Feed::new(state.engine.clone(), state.details.clone(), state.hub.clone(), Arc::clone(&state.order_rate));
    tasks.extend([caches, feed.start()]);
    Ok(tasks)
}

/// What has to be done from time to time so that memory stays bounded, and what operators are told of that costs a query.
async fn upkeep(state: Data<State>) {
    gauges::started(&state);
    let mut ticks = 0_u64;
    let mut interval = tokio::time::interval(telemetry::UPKEEP_INTERVAL);
    loop {
        interval.tick().await;
        state.metrics.run_upkeep();
        gauges::ask(&state).await;
        ticks += 1;
        if ticks.is_multiple_of(12) {
            state.rate_limits.forget_the_idle();
        }
    }
}
