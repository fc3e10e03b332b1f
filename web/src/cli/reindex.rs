//! `doorbuster reindex`

use std::cell::RefCell;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use engine::catalog::Catalog;
use engine::clock::{RandomIds, SystemClock};
use engine::postgres::Database;
use engine::search::{self, Phase, Reindexed};
use web::settings::Settings;
use web::startup;

use super::ground::Ground;
use super::output::say;
use super::progress::{Progress, Unit};

/// Build the search index anew from the database.
///
/// The new index is filled beside the old one and then takes its place. While a server runs, the index is its own: it is
/// asked to do it, and answers from the old one until then. Needed when the index is suspected to be wrong; a missing or
/// outdated one is rebuilt by the server itself.
#[derive(Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let mut ground = Ground::open_to_look(settings)?;
    ground.migrate()?;
    let database = Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone());
    let clock = Arc::new(SystemClock);
    let catalog = Catalog::new(database.clone(), clock.clone(), Arc::new(RandomIds));
    let sources = startup::sources(&ground.settings, database, catalog, clock)?;
    let dir = ground.settings.search_dir();
    let bar = RefCell::new(Progress::start("indexing products", None, Unit::Things));
    let progress = |at: search::Progress| bar.borrow_mut().at(at.done, Some(at.total), &told(at));
    let pace = ground.settings.search.rebuild();
    let done = ground.run(async { Ok(search::reindex(&sources, &dir, pace, &progress).await?) })?;
    drop(bar);
    match done {
        Reindexed::Done(products) => say(format_args!("{products} products are in the index.")),
        Reindexed::Requested => say("A server has the index; it was asked to build a new one."),
    }
    Ok(ExitCode::SUCCESS)
}

fn told(at: search::Progress) -> String {
    match at.phase {
        Phase::Reading => format!("{} products, {} a second", at.done, at.per_s()),
        Phase::Merging => format!("{} products, merging", at.done),
        Phase::CatchingUp => format!("{} products, catching up", at.done),
    }
}
