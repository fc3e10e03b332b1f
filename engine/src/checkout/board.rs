//! The shortcut: what the published snapshots already say no to needs no actor. Only after the key check, and only while
//! this process may speak for the cell.

use crate::catalog::AvailabilityPolicy;
use crate::inventory;

use super::error::{Error, Short};
use super::plan::Demand;

/// Everything that is short, told at once; or nothing is known to be short.
pub(super) fn refuse(inventory: &inventory::Handle, demands: &[Demand]) -> Result<(), Error> {
    let mut items = Vec::new();
    for demand in demands {
        if let Some(seen) = inventory.snapshot(demand.account)
            && demand.quantity > seen.sellable
        {
            items.push(short(demand, seen.sellable, seen.seq));
        }
    }
    if items.is_empty() { Ok(()) } else { Err(Error::OutOfStock { items }) }
}

pub(super) fn short(demand: &Demand, available: i64, seq: i64) -> Short {
    Short {
        sku: demand.offer.sku.to_string(),
        requested: demand.quantity,
        available,
        location: demand.account.location,
        seq,
        exact: demand.offer.availability == AvailabilityPolicy::Exact,
    }
}
