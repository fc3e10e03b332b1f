//! `doorbuster seed`

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use engine::seed::{self, Seeded};
use web::settings::Settings;

use super::books::Books;
use super::ground::{Ground, Sharing};
use super::output::say;
use super::store;

/// Fill the shop with the demo assortment.
///
/// Makes the same products each time: doing it again puts back what was changed of them and leaves everything else alone.
/// Stock is given only to what never had any. `serve` does it by itself when the shop is empty and sale.demo is on; no
/// server may run meanwhile, for the stock is in its hands.
#[derive(Args)]
pub(super) struct Arguments {
    /// Of which store, by its slug; left out: the main one
    #[arg(long, value_name = "SLUG")]
    store: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    let books = Books::with_stock(&mut ground)?;
    let store = store::called(&mut ground, arguments.store.as_deref())?;
    let stock = books.stockroom().context("the stock was opened")?;
    let seeded = ground.run(async { Ok(seed::seed(&books.catalog, stock, store).await?) });
    books.close(&ground);
    let Seeded { products, variants, stocked } = seeded?;
    say(format_args!("{products} products with {variants} variants; {stocked} were given their first stock."));
    Ok(ExitCode::SUCCESS)
}
