//! Queries whose results people judged, and how well a run of them did.

mod collection;
pub(crate) mod icecat;
mod metrics;
mod run;
mod scores;

pub(crate) use collection::Collection;
pub(crate) use run::Run;
#[cfg(feature = "peers")]
pub(crate) use scores::Means;
pub(crate) use scores::Scores;
