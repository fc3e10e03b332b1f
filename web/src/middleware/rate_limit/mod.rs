//! How often one caller may ask. Per address where no one has said who they are, per principal elsewhere, per key or
//! account for the staff; and by what is asked for.
//!
//! Callers are counted in a fixed number of buckets, chosen by a hash with a secret of this process: memory is bounded
//! whatever is thrown at us, and two callers share an allowance once in a very long while.
//!
//! With Redis, all servers hold one limit: guests that begin and sign-ins ask it each time (`check_everywhere`), all
//! else is told to it afterwards (`shared`). Without an answer of it each server goes by itself, and is stricter with
//! newcomers: it does not know how many others let them in.

mod guard;
mod shared;

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use engine::runtime::Runtime;
use governor::clock::DefaultClock;
use identity::redis::Redis;
use uuid::Uuid;

use super::address::{NetworkId, is_one_of};
use crate::settings::{Limits, Network};

use guard::Guard;
pub use guard::{Allowance, Refused};
use shared::Shared;

/// By so much newcomers are limited more strictly while Redis is away.
const STRICTER: u32 = 4;

/// All the limits of this process.
pub struct RateLimits {
    enabled: bool,
    exempt: Vec<Network>,
    sessions: Guard,
    signing_in: Guard,
    browsing: Guard,
    principals: Guard,
    carts: Guard,
    checkouts: Guard,
    admin: Guard,
    /// In the place of the first two while Redis is away.
    sessions_alone: Guard,
    signing_in_alone: Guard,
    buckets: u64,
    hasher: RandomState,
    clock: DefaultClock,
    shared: Option<Arc<Shared>>,
}

/// What a request is counted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A new guest: by address.
    Newcomer,
    /// Whoever says who they are, or has a code sent to: by address.
    SigningIn,
    /// The same on a device or in a session of the account's: by account. Whoever shares an address with those that guess is
    /// not kept out by them.
    Returning(Uuid),
    /// Nobody in particular: by address.
    Anyone,
    Principal(Uuid),
    /// A principal that changes its cart.
    Cart(Uuid),
    Checkout(Uuid),
    /// Whoever looks after the shop: an account, or a key with those that it took the place of.
    Staff(Uuid),
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Subject {
    Network(&'static str, NetworkId),
    Id(&'static str, Uuid),
}

impl Caller {
    /// A principal, by what it asks for. What has a stricter limit of its own is counted there as well.
    pub fn principal(id: Uuid, method: &Method, path: &str) -> Self {
        if path.starts_with("/api/v1/cart") && !method.is_safe() { Self::Cart(id) } else { Self::Principal(id) }
    }
}

impl Subject {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Network(_, network) => network.bytes().to_vec(),
            Self::Id(_, id) => id.as_bytes().to_vec(),
        }
    }
}

impl RateLimits {
    /// `redis`: where other servers' limits are, and where to ask it.
    pub fn new(limits: &Limits, redis: Option<(Redis, &Runtime)>) -> Self {
        let minute = Duration::from_secs(60);
        let second = Duration::from_secs(1);
        let sessions = Guard::new("session", limits.sessions_per_minute, minute, limits.sessions_burst);
        let signing_in = Guard::new("sign_in", limits.sign_ins_per_minute, minute, limits.sign_ins_burst);
        Self {
            enabled: limits.enabled,
            exempt: limits.exempt.clone(),
            sessions_alone: sessions.stricter(STRICTER),
            signing_in_alone: signing_in.stricter(STRICTER),
            sessions,
            signing_in,
            browsing: Guard::new("address", limits.requests_per_second, second, limits.requests_burst),
            principals: Guard::new("principal", limits.requests_per_second, second, limits.requests_burst),
            carts: Guard::new("cart", limits.carts_per_second, second, limits.carts_burst),
            checkouts: Guard::new("checkout", limits.checkouts_per_second, second, limits.checkouts_burst),
            admin: Guard::new("admin", limits.admin_per_second, second, limits.admin_burst),
            buckets: limits.keys_max.clamp(1, u32::MAX as usize) as u64,
            hasher: RandomState::new(),
            clock: DefaultClock::default(),
            shared: redis.map(|(redis, io)| Shared::start(redis, io)),
        }
    }

    /// Counts a request. `None`: it is not counted. Never waits.
    pub fn check(&self, caller: Caller, address: IpAddr) -> Result<Option<Allowance>, Refused> {
        if self.spares(address) {
            return Ok(None);
        }
        let (guard, subject) = self.place(caller, address);
        let bucket = self.bucket(subject);
        let Some(shared) = &self.shared else { return guard.take(bucket, &self.clock).map(Some) };
        let guard = if shared.redis.is_up() { guard } else { self.alone(caller).unwrap_or(guard) };
        let allowance = guard.take(bucket, &self.clock)?;
        shared.note(subject, bucket, guard.quota()).map_err(|wait| guard.refused(wait))?;
        Ok(Some(allowance))
    }

    /// The same, for what all servers together must not give more of, not even for a moment. Waits for Redis, though not
    /// long; without one it is as quick as the other.
    pub async fn check_everywhere(&self, caller: Caller, address: IpAddr) -> Result<Option<Allowance>, Refused> {
        let shared = match &self.shared {
            Some(shared) if shared.redis.is_up() && !self.spares(address) => shared,
            _ => return self.check(caller, address),
        };
        let (guard, subject) = self.place(caller, address);
        let bucket = self.bucket(subject);
        // Who is refused here need not be asked about.
        guard.take(bucket, &self.clock)?;
        match shared.redis.draw(shared.draw(subject, guard.quota(), 1)).await {
            Ok(level) if level.was_there => Ok(Some(guard.allowance(level.left, level.reset))),
            Ok(level) => Err(guard.refused(level.wait)),
            Err(_) => self.alone(caller).map_or(Ok(None), |alone| alone.take(bucket, &self.clock).map(Some)),
        }
    }

    /// Whether nothing is counted that comes from there.
    pub fn spares(&self, address: IpAddr) -> bool {
        !self.enabled || is_one_of(address, &self.exempt)
    }

    /// Forgets callers whose allowance is full again. Call it each minute: the store never forgets by itself.
    pub fn forget_the_idle(&self) {
        let by_address =
            [&self.sessions, &self.signing_in, &self.browsing, &self.sessions_alone, &self.signing_in_alone];
        let by_name = [&self.principals, &self.carts, &self.checkouts, &self.admin];
        by_address.into_iter().chain(by_name).for_each(Guard::forget_the_idle);
    }

    fn place(&self, caller: Caller, address: IpAddr) -> (&Guard, Subject) {
        let network = |guard: &Guard| Subject::Network(guard.name, NetworkId::of(address));
        match caller {
            Caller::Newcomer => (&self.sessions, network(&self.sessions)),
            Caller::SigningIn => (&self.signing_in, network(&self.signing_in)),
            Caller::Returning(id) => (&self.signing_in, Subject::Id(self.signing_in.name, id)),
            Caller::Anyone => (&self.browsing, network(&self.browsing)),
            Caller::Principal(id) => (&self.principals, Subject::Id(self.principals.name, id)),
            Caller::Cart(id) => (&self.carts, Subject::Id(self.carts.name, id)),
            Caller::Checkout(id) => (&self.checkouts, Subject::Id(self.checkouts.name, id)),
            Caller::Staff(id) => (&self.admin, Subject::Id(self.admin.name, id)),
        }
    }

    /// What is stricter while each server goes by itself.
    fn alone(&self, caller: Caller) -> Option<&Guard> {
        match caller {
            Caller::Newcomer => Some(&self.sessions_alone),
            Caller::SigningIn => Some(&self.signing_in_alone),
            Caller::Returning(_)
            | Caller::Anyone
            | Caller::Principal(_)
            | Caller::Cart(_)
            | Caller::Checkout(_)
            | Caller::Staff(_) => None,
        }
    }

    /// Each guard has buckets of its own: what it is called makes no difference.
    fn bucket(&self, subject: Subject) -> u32 {
        let hash = match subject {
            Subject::Network(_, network) => self.hasher.hash_one(network),
            Subject::Id(_, id) => self.hasher.hash_one(id),
        };
        (hash % self.buckets) as u32
    }
}

#[cfg(test)]
mod tests;
