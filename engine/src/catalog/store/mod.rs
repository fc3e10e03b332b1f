//! All SQL of the catalogue. Functions take the connection, so that the caller owns the transaction.

mod brand;
mod bulk;
mod category;
mod location;
mod offer;
mod product;
mod row;
mod shop;
mod tax_class;
mod variant;

pub(super) use brand::*;
pub(super) use bulk::*;
pub(super) use category::*;
pub(super) use location::*;
pub(super) use offer::{offers_by_sku, offers_by_variant};
pub(super) use product::*;
pub(super) use shop::*;
pub(super) use tax_class::*;
pub(super) use variant::*;
