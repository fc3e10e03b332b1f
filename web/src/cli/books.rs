//! The catalogue and, where nobody else has it, the stock: for commands that change or read products in bulk. Whatever they
//! change, the operator of the server changes.

use std::sync::Arc;

use anyhow::Context;
use engine::Engine;
use engine::audit::Actor;
use engine::catalog::Catalog;
use engine::clock::{RandomIds, SystemClock};
use engine::inventory::Stockroom;
use engine::postgres::Database;

use super::ground::Ground;

/// Dropping it without `close` leaves the cell to whoever takes it next.
pub(super) struct Books {
    pub(super) catalog: Catalog,
    stock: Option<(Stockroom, Engine)>,
}

impl Books {
    /// With the stock, which one process has at a time.
    pub(super) fn with_stock(ground: &mut Ground) -> anyhow::Result<Self> {
        ground.migrate()?;
        let (database, settings) = (database(ground), ground.settings.for_engine());
        let engine = ground
            .run(Engine::open(database, settings))
            .context("stock is written by one process at a time; leave it out (--without-stock), or stop the server")?;
        let catalog = engine.catalog().on_behalf_of(Actor::OPERATOR);
        let stockroom = engine.stockroom().on_behalf_of(Actor::OPERATOR);
        Ok(Self { catalog, stock: Some((stockroom, engine)) })
    }

    /// The catalogue alone: also while a server runs, which hears of each change.
    pub(super) fn without_stock(ground: &mut Ground) -> anyhow::Result<Self> {
        ground.migrate()?;
        let catalog = Catalog::new(database(ground), Arc::new(SystemClock), Arc::new(RandomIds));
        Ok(Self { catalog: catalog.on_behalf_of(Actor::OPERATOR), stock: None })
    }

    pub(super) fn stockroom(&self) -> Option<&Stockroom> {
        self.stock.as_ref().map(|(stockroom, _)| stockroom)
    }

    /// Writes what was accepted and gives the cell up.
    pub(super) fn close(self, ground: &Ground) {
        if let Some((_, engine)) = self.stock {
            ground.finish(engine.close());
        }
    }
}

fn database(ground: &Ground) -> Database {
    Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone())
}
