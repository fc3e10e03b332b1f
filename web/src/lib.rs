//! HTTP, JSON, sessions and pages. Decides nothing: routes translate, the engine decides.

pub mod settings;
