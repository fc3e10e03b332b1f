//! What the lane tells an actor without a message: how far its cart is durable, and whether it still goes by the truth.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// Of one incarnation of a cart.
pub(in crate::cart) struct Durability {
    version: AtomicI64,
    lost: AtomicBool,
}

impl Durability {
    pub(in crate::cart) fn at(version: i64) -> Self {
        Self { version: AtomicI64::new(version), lost: AtomicBool::new(false) }
    }

    pub(in crate::cart) fn covers(&self, version: i64) -> bool {
        version <= self.version()
    }

    /// What the next write goes on from.
    pub(in crate::cart) fn version(&self) -> i64 {
        self.version.load(Ordering::Acquire)
    }

    pub(in crate::cart) fn reached(&self, version: i64) {
        self.version.fetch_max(version, Ordering::AcqRel);
    }

    /// Something was not kept: what this incarnation remembers since is worth nothing.
    pub(in crate::cart) fn lose(&self) {
        self.lost.store(true, Ordering::Release);
    }

    pub(in crate::cart) fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Acquire)
    }
}
