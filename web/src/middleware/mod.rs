//! What happens to every request before and after its handler: one combined layer, the door, made of small parts.
//!
//! One layer rather than eight: each layer of actix-web costs a boxed future and a move of the response, and a sale makes
//! twenty thousand of them a second.

mod address;
mod compress;
mod cors;
mod crowd;
mod door;
mod forwarded;
mod headers;
mod in_charge;
mod load_shed;
mod rate_limit;
mod route_metrics;
mod same_site;
mod trace;
mod unread;
mod which_store;

pub use address::{NetworkId, client_address};
pub use cors::Cors;
pub use crowd::CrowdBounds;
pub use door::{Arrival, Door};
pub use forwarded::ForwardedHeader;
pub(crate) use in_charge::is_the_owners;
pub use load_shed::{Asker, Class, LoadShed, Seat};
pub use rate_limit::{Allowance, Caller, RateLimits, Refused};
pub use route_metrics::RouteMetrics;
pub use trace::{Trace, TraceIds};
