//! What the handlers of all workers share: read-only, or with a bound of its own.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use engine::Engine;
use engine::search::Search;
use engine::tenant::Tenants;
use identity::Identity;
use identity::access::StaffSecondFactor;
use identity::proof::Gate;
use identity::throttle::Throttle;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::bodies::{Bodies, Details};
use crate::document::Document;
use crate::extract::{AdminKey, GuestTokens};
use crate::live::{Hub, OrderRate};
use crate::middleware::{Cors, ForwardedHeader, LoadShed, RateLimits};
use crate::settings::{Network, Stores};

pub struct State {
    pub engine: Engine,
    pub tenants: Tenants,
    pub stores: Stores,
    /// Who is asking.
    pub identity: Identity,
    /// Public pages.
    pub bodies: Bodies,
    pub details: Details,
    pub search: Search,
    /// What happens now.
    pub hub: Hub,
    pub order_rate: Arc<OrderRate>,
    pub guest_tokens: GuestTokens,
    /// Of the configuration, for the first admin.
    pub admin_key: AdminKey,
    pub load_shed: LoadShed,
    pub rate_limits: RateLimits,
    /// What is asked for before registrations and carts, when it is.
    pub proofs: Gate,
    /// Who guessed too often.
    pub throttle: Throttle,
    pub cors: Cors,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<Network>,
    /// Where they say it.
    pub forwarded_header: ForwardedHeader,
    /// Shoppers reach us through TLS: cookies are `Secure`, browsers remember it.
    pub behind_tls: bool,
    /// Whether whoever works for the shop has to show a second factor.
    pub staff_second_factor: StaffSecondFactor,
    /// Where browsers find this shop; empty: where they say they asked.
    pub public_url: String,
    pub body_limits: BodyLimits,
    pub imports: Imports,
    /// From the head to the answer.
    pub request_timeout: Duration,
    pub metrics: PrometheusHandle,
    /// The API description.
    pub openapi: Document,
    /// Set when the server is told to stop.
    pub draining: AtomicBool,
}

/// What an import over HTTP may take.
#[derive(Debug, Clone)]
pub struct Imports {
    pub max_bytes: u64,
    /// From the head to the answer.
    pub timeout: Duration,
    pub rejections_max: usize,
    /// One for each import under way.
    pub seats: Arc<Semaphore>,
}

/// How large a body may be, and how long it may take to arrive.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    pub max_bytes: usize,
    pub timeout: Duration,
}
