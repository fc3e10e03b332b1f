//! The settings: one struct per section of `config/*.toml`. What each key means stands in `config/base.toml`.

mod identity;
mod load;
mod messages;
mod network;
mod search;
mod secrets;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ::identity::access::StaffSecondFactor;
use ::identity::federation::ProviderSettings;
use ::identity::proof;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::bodies::Freshness;
use crate::middleware::{CrowdBounds, ForwardedHeader};

pub use load::{Environment, SettingsError};
pub use network::Network;
pub use search::Search;
pub use secrets::Secret;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub server: Server,
    pub stores: Stores,
    pub database: Database,
    pub engine: Engine,
    pub cart: Cart,
    pub sale: Sale,
    pub security: Security,
    pub identity: Identity,
    pub mail: Mail,
    pub sms: Sms,
    pub limits: Limits,
    pub redis: Redis,
    pub proof_of_work: ProofOfWork,
    pub imports: Imports,
    pub search: Search,
    pub cache: Cache,
    pub log: Log,
    pub cors: Cors,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub host: IpAddr,
    pub port: u16,
    pub workers: usize,
    pub requests_max: usize,
    pub checkout_wait_ms: u64,
    pub connections_max: usize,
    pub body_max_bytes: usize,
    pub head_timeout_ms: u64,
    pub body_timeout_ms: u64,
    pub request_timeout_ms: u64,
    pub keep_alive_s: u64,
    pub shutdown_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stores {
    pub refuse_unknown_hosts: bool,
    pub header_from: HeaderFrom,
}

/// Whose word about which store is meant is believed (`X-Doorbuster-Store`). That a proxy is trusted about the hop before
/// it does not make this header its own: unless it writes or removes it, it hands it on as a stranger sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeaderFrom {
    Nobody,
    /// Those in `limits.trusted_proxies`.
    Proxies,
    Anyone,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Empty: the embedded one. Secret, because a password may be in it.
    pub url: SecretString,
    pub data_dir: PathBuf,
    pub pool_size: usize,
    pub shared_buffers_mb: u32,
    pub commit_delay_us: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    pub arbiters: usize,
    pub io_threads: usize,
    pub seats_per_actor: usize,
    pub awake_max: usize,
    pub idle_passivate_s: u64,
    pub batch_bundles_max: usize,
    pub batch_bytes_max: usize,
    pub bundles_waiting_max: usize,
    pub cart_edits_max: usize,
    pub known_keys_max: usize,
    pub keys_keep_hours: u32,
    pub batches_keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cart {
    pub keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    pub demo: bool,
    pub hold_ttl_s: u32,
    pub hold_ttl_max_s: u32,
    pub deadline_ms: u64,
    pub patience_ms: u64,
    pub band_max_age_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Security {
    pub admin_key: SecretString,
    pub token_secret: SecretString,
    #[serde(deserialize_with = "load::list")]
    pub token_secrets_previous: Vec<Secret>,
    pub session_ttl_s: u64,
    pub cookie_secure: bool,
    pub staff_second_factor: StaffSecondFactor,
    pub password_memory_kib: u32,
    pub password_passes: u32,
    pub password_lanes: u32,
    pub password_hashes_at_once: usize,
    pub password_hashes_waiting: usize,
    pub password_rest: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub issuer: String,
    pub access_ttl_s: u32,
    pub refresh_ttl_s: u32,
    pub session_max_s: u32,
    pub confirmation_ttl_s: u32,
    pub reset_ttl_s: u32,
    pub verified_email_to_log_in: bool,
    /// Where browsers find this shop; empty: where they say they asked.
    pub public_url: String,
    /// By name.
    pub providers: BTreeMap<String, ProviderSettings>,
    pub order_addresses_keep_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Secret, because a password may be in it.
    pub url: SecretString,
    pub from: String,
    pub pages: String,
    pub timeout_ms: u64,
    pub at_once: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sms {
    pub url: String,
    pub token: SecretString,
    pub signing_secret: SecretString,
    pub sender: String,
    pub timeout_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub enabled: bool,
    #[serde(deserialize_with = "load::list")]
    pub exempt: Vec<Network>,
    #[serde(deserialize_with = "load::list")]
    pub trusted_proxies: Vec<Network>,
    pub forwarded_header: ForwardedHeader,
    pub sessions_per_minute: u32,
    pub sessions_burst: u32,
    pub sign_ins_per_minute: u32,
    pub sign_ins_burst: u32,
    pub requests_per_second: u32,
    pub requests_burst: u32,
    pub carts_per_second: u32,
    pub carts_burst: u32,
    pub checkouts_per_second: u32,
    pub checkouts_burst: u32,
    pub admin_per_second: u32,
    pub admin_burst: u32,
    pub keys_max: usize,
    pub listeners_max: usize,
    pub listeners_per_address: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// Empty: there is none. Secret, because a password may be in it.
    pub url: SecretString,
    pub timeout_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofOfWork {
    #[serde(deserialize_with = "load::list")]
    pub required_for: Vec<String>,
    pub from_load_percent: u8,
    pub difficulty: u8,
    pub lifetime_s: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Imports {
    pub max_bytes: u64,
    pub timeout_s: u64,
    pub at_once: usize,
    pub rejections_max: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cache {
    pub bodies_mb: u64,
    pub body_max_age_s: u64,
    pub last_known_max_age_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    #[serde(deserialize_with = "load::list")]
    pub origins: Vec<String>,
}

impl Settings {
    /// What the engine is opened with.
    pub fn for_engine(&self) -> engine::Settings {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let Engine { arbiters, seats_per_actor, awake_max, idle_passivate_s, .. } = self.engine;
        engine::Settings {
            pool_size: self.database.pool_size,
            arbiters: if arbiters == 0 { (cores / 2).max(1) } else { arbiters },
            seats: seats_per_actor,
            awake_max,
            batch: engine::journal::Bounds {
                bundles_max: self.engine.batch_bundles_max,
                bytes_max: self.engine.batch_bytes_max,
            },
            journal_seats: self.engine.bundles_waiting_max,
            cart_edits_max: self.engine.cart_edits_max,
            checkout: engine::checkout::Settings {
                hold_ttl_s: self.sale.hold_ttl_s.into(),
                hold_ttl_max_s: self.sale.hold_ttl_max_s.into(),
                deadline: Duration::from_millis(self.sale.deadline_ms),
                patience: Duration::from_millis(self.sale.patience_ms),
            },
            keys_remembered: self.engine.known_keys_max,
            idle_after: Duration::from_secs(idle_passivate_s),
            keep: engine::pruning::Keep {
                carts: TimeDelta::days(self.cart.keep_days.into()),
                keys: TimeDelta::hours(self.engine.keys_keep_hours.into()),
                batches: TimeDelta::days(self.engine.batches_keep_days.into()),
                ..engine::pruning::Keep::default()
            },
        }
    }

    /// How many buyers are let in. One commit is under way while the next is filled: with fewer than fill both, some
    /// commits would not be full.
    pub fn crowd_bounds(&self) -> CrowdBounds {
        CrowdBounds {
            wait: Duration::from_millis(self.server.checkout_wait_ms),
            least: self.engine.batch_bundles_max.saturating_mul(2),
            most: self.server.requests_max,
        }
    }

    /// Whether we run PostgreSQL ourselves.
    pub fn is_embedded(&self) -> bool {
        self.database.url.expose_secret().is_empty()
    }

    /// How long pages may be kept so that nothing shown is older than promised. `None`: that is not possible.
    pub fn freshness(&self) -> Option<Freshness> {
        let promise = Duration::from_millis(self.sale.band_max_age_ms);
        let commit_interval = Duration::from_millis(self.search.commit_interval_ms);
        Freshness::within(promise, commit_interval, Duration::from_secs(self.cache.last_known_max_age_s))
    }
}

impl ProofOfWork {
    /// What is asked for, and when. Unknown words were refused when the settings were read.
    pub fn when(&self) -> proof::Settings {
        proof::Settings {
            required_for: self.required_for.iter().filter_map(|name| name.parse().ok()).collect(),
            from_load_percent: self.from_load_percent,
        }
    }
}

impl Server {
    pub fn head_timeout(&self) -> Duration {
        Duration::from_millis(self.head_timeout_ms)
    }

    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout_ms)
    }

    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }
}
