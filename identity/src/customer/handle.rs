//! The way to customers' rooms. Cheap to clone.

use std::sync::Arc;

use engine::clock::{Clock, IdSource};
use engine::postgres::Database;

use super::erasure::Keep;
use crate::ground::Ground;
use crate::notification::Notifications;

#[derive(Clone)]
pub struct Customers {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    notifications: Notifications,
    keep: Keep,
}

impl Customers {
    pub(crate) fn new(ground: &Ground, keep: Keep) -> Self {
        let Ground { database, clock, ids, notifications, .. } = ground.clone();
        Self { database, clock, ids, notifications, keep }
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn ids(&self) -> &Arc<dyn IdSource> {
        &self.ids
    }

    pub(super) fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    pub(super) fn keep(&self) -> Keep {
        self.keep
    }
}
