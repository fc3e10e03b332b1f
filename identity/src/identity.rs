//! The one handle of all that is here: it hands out the faces, and keeps their memories true to the database.

use std::sync::Arc;
use std::time::Duration;

use engine::clock::{Clock, IdSource};
use engine::outbox::{self, Outbox};
use engine::postgres::{Database, DatabaseError};
use tokio::task::JoinHandle;

use crate::access::Keys;

/// What all processes hear of: what was ended or changed in who may come in.
pub const TOPIC: &str = "identity";

/// How late another process's change may be heard of.
const HEARD_EVERY: Duration = Duration::from_millis(250);

/// Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    database: Database,
    keys: Keys,
}

impl Identity {
    /// Knows nobody until it is started.
    pub fn open(database: Database, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let keys = Keys::new(database.clone(), clock, ids);
        Self { database, keys }
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Reads what has to be in memory, and keeps it as the database says. To be called before anybody is served; the tasks
    /// go on until they are aborted.
    pub async fn start(&self) -> Result<Vec<JoinHandle<()>>, DatabaseError> {
        let outbox = Outbox::new(self.database.clone());
        // What is read after asking this, is heard of or read.
        let from = outbox.horizon().await?;
        self.keys.read_again().await?;
        let keys = self.keys.clone();
        let following = outbox::follow(outbox, &[TOPIC], from, HEARD_EVERY, move |event| {
            if event.payload.get("keys").is_some() {
                keys.heard();
            }
        });
        let io = self.database.io();
        Ok(vec![following, io.spawn(self.keys.clone().keep_up()), io.spawn(self.keys.clone().keep_count())])
    }
}
