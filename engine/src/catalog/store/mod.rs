//! All SQL of the catalogue. Functions take the connection, so that the caller owns the transaction.

mod offer;
mod row;

pub(super) use offer::{offers_by_sku, offers_by_variant};
