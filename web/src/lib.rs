//! HTTP, JSON, sessions and pages. Decides nothing: routes translate, the engine decides.

pub mod bodies;
pub mod description;
pub mod document;
pub mod embedder;
mod encoding;
pub mod error;
pub mod extract;
pub mod live;
pub mod middleware;
pub mod routes;
mod serving;
pub mod settings;
pub mod startup;
pub mod state;
pub mod telemetry;
pub mod view;
