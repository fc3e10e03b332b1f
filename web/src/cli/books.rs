//! The catalogue and, where nobody else has it, the stock: for commands that change or read products in bulk.

use std::sync::Arc;

use anyhow::Context;
use engine::Engine;
use engine::catalog::Catalog;
use engine::clock::{RandomIds, SystemClock};
use engine::inventory::Stockroom;
use engine::postgres::Database;

use super::ground::Ground;

/// Dropping it without `close` leaves the cell to whoever takes it next.
pub(super) struct Books {
    pub(super) catalog: Catalog,
    engine: Option<Engine>,
}

impl Books {
    /// With the stock, which one process has at a time.
    pub(super) fn with_stock(ground: &mut Ground) -> anyhow::Result<Self> {
        ground.migrate()?;
        let (database, settings) = (database(ground), ground.settings.for_engine());
        let engine = ground
            .run(Engine::open(database, settings))
            .context("stock is written by one process at a time; leave it out (--without-stock), or stop the server")?;
        Ok(Self { catalog: engine.catalog().clone(), engine: Some(engine) })
    }

    /// The catalogue alone: also while a server runs, which hears of each change.
    pub(super) fn without_stock(ground: &mut Ground) -> anyhow::Result<Self> {
        ground.migrate()?;
        let catalog = Catalog::new(database(ground), Arc::new(SystemClock), Arc::new(RandomIds));
        Ok(Self { catalog, engine: None })
    }

    pub(super) fn stockroom(&self) -> Option<&Stockroom> {
        self.engine.as_ref().map(Engine::stockroom)
    }

    /// Writes what was accepted and gives the cell up.
    pub(super) fn close(self, ground: &Ground) {
        if let Some(engine) = self.engine {
            ground.finish(engine.close());
        }
    }
}

fn database(ground: &Ground) -> Database {
    Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone())
}
