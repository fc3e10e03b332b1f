//! `loadtest auth`

use std::cell::Cell;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::Setting;
use crate::bench::{Figure, Figures, ShopBench, auth_goals, publish};
use crate::measure::Live;
use crate::report::steps;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    /// Rounds of guests, customers, customers, guests
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// Time of each sale, after --warm-up
    #[arg(long, value_parser = span::parse, default_value = "4s")]
    duration: Duration,
    #[arg(long, value_parser = span::parse, default_value = "1s")]
    warm_up: Duration,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
}

/// Whatever gets slower or faster during a round is in both.
const ROUND: [Figure; 4] =
    [Figure::GuestsBuyNow, Figure::CustomersBuyNow, Figure::CustomersBuyNow, Figure::GuestsBuyNow];

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let setting = Setting { threads: flags.threads, warm_up: flags.warm_up, lasting: flags.duration };
    let shop = ShopBench { admin: &admin, setting, skus: 1, live, orders: Cell::default() };
    let mut figures = Figures::default();
    let measured = measure(&shop, flags.rounds, &mut figures).await;
    publish(&flags.shop.out, "auth", &json!({ "rounds": flags.rounds }), &figures, &auth_goals(&figures))?;
    measured?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(shop: &ShopBench<'_>, rounds: u32, figures: &mut Figures) -> anyhow::Result<()> {
    for round in 1..=rounds {
        steps(&format!("round {round} of {rounds}"));
        for figure in ROUND {
            shop.take(figure, figures).await?;
        }
    }
    Ok(())
}
