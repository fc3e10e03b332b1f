//! `loadtest logins`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::Setting;
use crate::bench::{Figures, logins_goals, publish};
use crate::logins::Course;
use crate::measure::Live;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    /// Rounds of everything; medians are reported
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    /// Time of the sale, in peace and beside logins, after --warm-up
    #[arg(long, value_parser = span::parse, default_value = "30s")]
    duration: Duration,
    #[arg(long, value_parser = span::parse, default_value = "2s")]
    warm_up: Duration,
    /// Orders a second
    #[arg(long, default_value_t = 1000)]
    buyers: u64,
    /// Logins a second
    #[arg(long, default_value_t = 1000)]
    logins: u64,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let setting = Setting { threads: 1, warm_up: flags.warm_up, lasting: flags.duration };
    let course = Course { admin: &admin, setting, buyers: flags.buyers, logins: flags.logins, live };
    let mut figures = Figures::default();
    let mut measured = Ok(());
    for _ in 0..flags.rounds {
        measured = measured.and(course.run(&mut figures).await);
    }
    let about = json!({ "buyers_per_second": flags.buyers, "logins_per_second": flags.logins, "rounds": flags.rounds });
    publish(&flags.shop.out, "logins", &about, &figures, &logins_goals(&figures))?;
    measured?;
    Ok(ExitCode::SUCCESS)
}
