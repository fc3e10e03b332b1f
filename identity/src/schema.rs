//! This crate's tables as Diesel sees them. Written by hand; a test of the engine compares it with the migrated database.
