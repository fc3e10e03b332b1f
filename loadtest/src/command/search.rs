//! `loadtest search`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::Setting;
use crate::bench::{Figures, publish, search_goals};
use crate::measure::Live;
use crate::search::Course;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    /// Products of the catalogue, which is made before
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(100..))]
    products: u32,
    /// Rounds of everything; medians are reported
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// Time of each sale, after --warm-up: long enough for a hundred changes, five a second
    #[arg(long, value_parser = span::parse, default_value = "30s")]
    duration: Duration,
    #[arg(long, value_parser = span::parse, default_value = "2s")]
    warm_up: Duration,
    /// Orders a second
    #[arg(long, default_value_t = 1000)]
    buyers: u64,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let Flags { products, rounds, buyers, .. } = flags;
    let setting = Setting { threads: 1, warm_up: flags.warm_up, lasting: flags.duration };
    let mut figures = Figures::default();
    let measured = Course { admin: &admin, setting, products, rounds, buyers, live }.run(&mut figures).await;
    let about = json!({ "products": products, "buyers_per_second": buyers, "rounds": rounds });
    publish(&flags.shop.out, "search", &about, &figures, &search_goals(&figures))?;
    measured?;
    Ok(ExitCode::SUCCESS)
}
