//! `doorbuster serve`

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use engine::Engine;
use engine::audit::Actor;
use engine::id::StoreId;
use engine::postgres::Database;
use engine::seed::{self, DemoSale};
use identity::Identity;
use identity::access::{Keys, Role};
use rand::rngs::SysRng;
use web::settings::{LogFormat, Settings};
use web::startup::Application;
use web::telemetry;

use super::banner;
use super::demo_accounts;
use super::ground::{Ground, Sharing};

/// Run the shop.
///
/// Starts the private PostgreSQL (unless database.url names another), brings it to this program's schema, takes the stock
/// into its hands and serves HTTP until it is stopped with Ctrl-C or SIGTERM. Then it finishes what it accepted (orders for
/// half a second at most, so that another server can take them) and stops everything that it started. A second server on
/// the same database (database.url) stands by: it serves what can be read, and takes the orders when the first one is gone.
/// The embedded PostgreSQL belongs to one server.
#[derive(Args)]
pub(super) struct Arguments {}

pub(super) fn run(_: &Arguments, mut settings: Settings) -> anyhow::Result<ExitCode> {
    telemetry::log(settings.log.format == LogFormat::Json, &settings.log.filter)?;
    let metrics = telemetry::metrics()?;
    settings.complete_secrets(&mut SysRng)?;
    let mut ground = Ground::open(settings, Sharing::Alone)?;
    let url = ground.url().to_owned();
    ground.migrate()?;
    let settings = ground.settings.clone();
    let database = Database::new(&url, settings.database.pool_size, ground.io().clone());
    let operator_key = settings.operator_key(&mut SysRng)?;
    let engine = ground.run(Engine::open_or_stand_by(database, settings.for_engine()))?;
    if let Some(key) = &operator_key {
        let keys = Keys::new(engine.database().clone(), Arc::clone(engine.clock()), Arc::clone(engine.ids()));
        let keys = keys.on_behalf_of(Actor::OPERATOR);
        ground.run(async { Ok(keys.adopt(StoreId::MAIN, "operator", key, Role::Admin.scopes()).await?) })?;
    }
    let demo_accounts = if settings.sale.demo && settings.is_embedded() {
        let (database, clock, ids) = (engine.database().clone(), Arc::clone(engine.clock()), Arc::clone(engine.ids()));
        let identity = Identity::open(database, clock, ids, settings.for_identity())?;
        ground.run(demo_accounts::make(&identity, &settings))?
    } else {
        Vec::new()
    };
    engine.start_expiry();
    engine.start_pruning();
    engine.start_outbox_pruning();
    // Whoever takes the orders has armed it.
    let sale = if settings.sale.demo && !engine.stands_by() { Some(ground.run(demo(&engine))?) } else { None };
    let served = actix_web::rt::System::new().block_on(async {
        let application = Application::build(&settings, engine.clone(), metrics)?;
        let shown = banner::Shown {
            database: &url,
            stands_by: engine.stands_by(),
            sale: sale.as_ref(),
            accounts: &demo_accounts,
        };
        banner::show(&settings, application.address(), &shown);
        application.run_until(ground.signals().received()).await.context("serving")
    });
    // Also when it could not serve: the next one finds the cell given up.
    ground.finish(engine.close());
    served.map(|()| ExitCode::SUCCESS)
}

/// Fills a shop that has nothing to sell, and arms the flash sale.
async fn demo(engine: &Engine) -> anyhow::Result<DemoSale> {
    let (catalog, stock) = (engine.catalog(), engine.stockroom());
    if seed::is_empty(catalog, StoreId::MAIN).await? {
        let seeded = seed::seed(catalog, stock, StoreId::MAIN).await?;
        tracing::info!(products = seeded.products, variants = seeded.variants, "filled the demo shop");
    }
    Ok(seed::arm(catalog, stock, StoreId::MAIN, engine.clock().now()).await?)
}
