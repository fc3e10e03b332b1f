//! What every way in stands on. Cheap to clone.

use std::sync::Arc;

use engine::clock::{Clock, IdSource};
use engine::postgres::Database;

use crate::notification::Notifications;
use crate::seal::Sealer;

#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) sealer: Sealer,
    pub(crate) notifications: Notifications,
}
