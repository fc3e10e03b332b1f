//! One kind of limit, as this process holds it by itself.

use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::RateLimiter;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;

use super::shared::Quota;
use crate::error::ApiError;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

type Buckets = RateLimiter<u32, DashMapStateStore<u32>, DefaultClock, StateInformationMiddleware>;

pub(super) struct Guard {
    pub(super) name: &'static str,
    pub(super) burst: u32,
    /// In which one request is given back.
    pub(super) period: Duration,
    policy: HeaderValue,
    buckets: Buckets,
}

/// What is left to a caller, for the response's headers.
#[derive(Clone)]
pub struct Allowance {
    pub(super) policy: HeaderValue,
    pub(super) state: HeaderValue,
}

/// Too often.
pub struct Refused {
    pub(super) allowance: Allowance,
    pub(super) wait: Duration,
}

impl Guard {
    /// `per_window` in the long run, `burst` at once.
    pub(super) fn new(name: &'static str, per_window: u32, window: Duration, burst: u32) -> Self {
        Self::with_period(name, (window / per_window.max(1)).max(Duration::from_nanos(1)), burst)
    }

    /// The same limit, so many times as strict.
    pub(super) fn stricter(&self, times: u32) -> Self {
        Self::with_period(self.name, self.period * times, self.burst / times)
    }

    fn with_period(name: &'static str, period: Duration, burst: u32) -> Self {
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let quota = governor::Quota::with_period(period).expect("a period of at least a nanosecond").allow_burst(burst);
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

    pub(super) fn take(&self, bucket: u32, clock: &DefaultClock) -> Result<Allowance, Refused> {
        match self.buckets.check_key(&bucket) {
            Ok(state) => {
                let left = state.remaining_burst_capacity();
                Ok(self.allowance(left, self.period * self.burst.saturating_sub(left)))
            }
            Err(until) => Err(self.refused(until.wait_time_from(clock.now()))),
        }
    }

    /// `reset` is when the allowance is whole again, or when the next request may come if nothing is left.
    pub(super) fn allowance(&self, left: u32, reset: Duration) -> Allowance {
        let state = format!("\"{}\";r={left};t={}", self.name, whole_seconds(reset));
        Allowance { policy: self.policy.clone(), state: HeaderValue::try_from(state).expect("ASCII") }
    }

    pub(super) fn refused(&self, wait: Duration) -> Refused {
        Refused { allowance: self.allowance(0, wait), wait }
    }

    pub(super) fn quota(&self) -> Quota {
        Quota { name: self.name, period: self.period, burst: self.burst }
    }

    /// The store never forgets by itself.
    pub(super) fn forget_the_idle(&self) {
        self.buckets.retain_recent();
        self.buckets.shrink_to_fit();
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
