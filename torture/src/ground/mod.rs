//! What is tortured: a PostgreSQL, and two places for a server, each with a link of its own to it.

mod cluster;
mod fail_points;
mod guard;
mod place;

pub(crate) use cluster::Cluster;
pub(crate) use fail_points::{Act, Armed, Hits, POINTS};
pub(crate) use guard::Guard;
pub(crate) use place::{Opened, Place, Role};
