//! What operators and tools ask: is it alive, is it ready, how is it doing, what can it do.

mod healthz;
mod metrics;
mod openapi;
mod owner;
mod readyz;

use super::router::{Routes, add};

pub(super) fn routes(routes: &mut Routes) {
    add!(routes, healthz, readyz, owner, metrics, openapi);
}
