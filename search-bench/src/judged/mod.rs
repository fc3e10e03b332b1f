//! Queries whose results people judged, and how well a run of them did.

mod collection;
mod difference;
pub(crate) mod icecat;
mod metrics;
mod run;
mod scores;
mod vectors;

pub(crate) use collection::Collection;
pub(crate) use run::Run;
#[cfg(feature = "peers")]
pub(crate) use scores::Means;
pub(crate) use scores::Scores;
pub(crate) use vectors::Vectors;
