//! How often one caller may ask. Per address where no one has said who they are, per principal elsewhere, per key or
//! account for the staff.
//!
//! Callers are counted in a fixed number of buckets, chosen by a hash with a secret of this process: memory is bounded
//! whatever is thrown at us, and two callers share an allowance once in a very long while.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use uuid::Uuid;

use super::address::{NetworkId, is_one_of};
use crate::error::ApiError;
use crate::settings::{Limits, Network};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

type Buckets = RateLimiter<u32, DashMapStateStore<u32>, DefaultClock, StateInformationMiddleware>;

/// All the limits of this process.
pub struct RateLimits {
    enabled: bool,
    exempt: Vec<Network>,
    sessions: Guard,
    browsing: Guard,
    principals: Guard,
    checkouts: Guard,
    admin: Guard,
    buckets: u64,
    hasher: RandomState,
    clock: DefaultClock,
}

struct Guard {
    name: &'static str,
    burst: u32,
    /// In which one request is given back.
    period: Duration,
    policy: HeaderValue,
    buckets: Buckets,
}

/// What is left to a caller, for the response's headers.
#[derive(Clone)]
pub struct Allowance {
    policy: HeaderValue,
    state: HeaderValue,
}

/// What a request is counted as.
#[derive(Debug, Clone, Copy)]
pub enum Caller {
    /// A new guest, or later a sign-in: by address.
    Newcomer,
    /// Nobody in particular: by address.
    Anyone,
    Principal(Uuid),
    Checkout(Uuid),
    /// Whoever looks after the shop: an account, or a key with those that it took the place of.
    Staff(Uuid),
}

/// Too often.
pub struct Refused {
    allowance: Allowance,
    wait: Duration,
}

impl RateLimits {
    pub fn new(limits: &Limits) -> Self {
        let minute = Duration::from_secs(60);
        let second = Duration::from_secs(1);
        Self {
            enabled: limits.enabled,
            exempt: limits.exempt.clone(),
            sessions: Guard::new("session", limits.sessions_per_minute, minute, limits.sessions_burst),
            browsing: Guard::new("address", limits.requests_per_second, second, limits.requests_burst),
            principals: Guard::new("principal", limits.requests_per_second, second, limits.requests_burst),
            checkouts: Guard::new("checkout", limits.checkouts_per_second, second, limits.checkouts_burst),
            admin: Guard::new("admin", limits.admin_per_second, second, limits.admin_burst),
            buckets: limits.keys_max.clamp(1, u32::MAX as usize) as u64,
            hasher: RandomState::new(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request. `None`: it is not counted.
    pub fn check(&self, caller: Caller, address: IpAddr) -> Result<Option<Allowance>, Refused> {
        if self.spares(address) {
            return Ok(None);
        }
        let (guard, bucket) = match caller {
            Caller::Newcomer => (&self.sessions, self.bucket(NetworkId::of(address))),
            Caller::Anyone => (&self.browsing, self.bucket(NetworkId::of(address))),
            Caller::Principal(id) => (&self.principals, self.bucket(id)),
            Caller::Checkout(id) => (&self.checkouts, self.bucket(id)),
            Caller::Staff(id) => (&self.admin, self.bucket(id)),
        };
        match guard.buckets.check_key(&bucket) {
            Ok(state) => Ok(Some(guard.allowance(state.remaining_burst_capacity(), Duration::ZERO))),
            Err(until) => {
                let wait = until.wait_time_from(self.clock.now());
                Err(Refused { allowance: guard.allowance(0, wait), wait })
            }
        }
    }

    /// Whether nothing is counted that comes from there.
    pub fn spares(&self, address: IpAddr) -> bool {
        !self.enabled || is_one_of(address, &self.exempt)
    }

    /// Forgets callers whose allowance is full again. Call it each minute: the store never forgets by itself.
    pub fn forget_the_idle(&self) {
        for guard in [&self.sessions, &self.browsing, &self.principals, &self.checkouts, &self.admin] {
            guard.buckets.retain_recent();
            guard.buckets.shrink_to_fit();
        }
    }

    fn bucket(&self, caller: impl Hash) -> u32 {
        (self.hasher.hash_one(caller) % self.buckets) as u32
    }
}

impl Guard {
    /// `per_window` in the long run, `burst` at once.
    fn new(name: &'static str, per_window: u32, window: Duration, burst: u32) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let period = (window / per_window.max(1)).max(Duration::from_nanos(1));
        let quota = Quota::with_period(period).expect("a period of at least a nanosecond").allow_burst(burst);
        // What `burst` requests take to come back is the window in which there are `burst` of them.
        let policy = format!("\"{name}\";q={burst};w={}", whole_seconds(period * burst.get()));
        Self {
            name,
            burst: burst.get(),
            period,
            policy: HeaderValue::try_from(policy).expect("ASCII"),
            buckets: RateLimiter::dashmap(quota).with_middleware(),
        }
    }

    /// `t` is when the allowance is whole again, or when the next request may come if nothing is left.
    fn allowance(&self, remaining: u32, wait: Duration) -> Allowance {
        let used = self.burst.saturating_sub(remaining);
        let reset = if wait.is_zero() { self.period * used } else { wait };
        let state = format!("\"{}\";r={remaining};t={}", self.name, whole_seconds(reset));
        Allowance { policy: self.policy.clone(), state: HeaderValue::try_from(state).expect("ASCII") }
    }
}

impl Allowance {
    pub fn write(self, headers: &mut HeaderMap) {
        headers.insert(RATE_LIMIT_POLICY, self.policy);
        headers.insert(RATE_LIMIT, self.state);
    }
}

impl Refused {
    /// What the caller is told, and what stands in the headers beside it.
    pub fn into_parts(self) -> (ApiError, Allowance) {
        (ApiError::rate_limited(whole_seconds(self.wait).max(1)), self.allowance)
    }
}

/// Rounded up: who comes back a little early is refused again.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slow enough that nothing comes back while a test runs.
    fn limits(burst: u32) -> RateLimits {
        RateLimits::new(&Limits {
            enabled: true,
            exempt: vec!["127.0.0.0/8".parse().expect("a range")],
            trusted_proxies: Vec::new(),
            sessions_per_minute: 1,
            sessions_burst: burst,
            requests_per_second: 1,
            requests_burst: burst,
            checkouts_per_second: 1,
            checkouts_burst: burst,
            admin_per_second: 1,
            admin_burst: burst,
            keys_max: 1_000_000,
            listeners_max: 1,
            listeners_per_address: 1,
        })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_caller_has_its_allowance_and_no_more() {
        let limits = limits(2);
        let from = |text| limits.check(Caller::Newcomer, address(text));
        for state in ["\"session\";r=1;t=60", "\"session\";r=0;t=120"] {
            let allowance = from("192.0.2.1").ok().flatten().expect("within the limit");
            assert_eq!(allowance.state, state);
            assert_eq!(allowance.policy, "\"session\";q=2;w=120");
        }
        let refused = from("192.0.2.1").err().expect("the third is one too many");
        assert!(refused.wait > Duration::from_secs(50), "{:?}", refused.wait);
        assert!(from("192.0.2.2").is_ok(), "another caller");
        assert!(limits.check(Caller::Anyone, address("192.0.2.1")).is_ok(), "another limit");
    }

    #[test]
    fn a_network_counts_as_one_and_the_exempt_are_not_counted() {
        let limits = limits(1);
        let from = |text| limits.check(Caller::Newcomer, address(text));
        assert!(from("2001:db8::1").is_ok());
        assert!(from("2001:db8::2").is_err(), "the same /64");
        assert!(from("2001:db8:0:1::1").is_ok());
        for _ in 0..3 {
            assert!(matches!(from("127.0.0.1"), Ok(None)));
        }
    }
}
