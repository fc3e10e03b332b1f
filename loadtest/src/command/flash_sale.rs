//! `loadtest flash-sale`, `mixed` and `soak`: everything that sells, and therefore ends with a verdict.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::sell::{Kind, Sold, sell};
use super::shop_flags::ShopFlags;
use crate::measure::Live;
use crate::workload::{CrowdFlags, File, HabitFlags, SaleFlags};

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    pub(crate) shop: ShopFlags,
    #[command(flatten)]
    pub(crate) sale: SaleFlags,
    #[command(flatten)]
    pub(crate) crowd: CrowdFlags,
    #[command(flatten)]
    pub(crate) habits: HabitFlags,
}

/// Shoppers of an ordinary hour change their minds more often than bargain hunters.
const SOAK_CANCEL_PERCENT: u32 = 20;

pub(crate) async fn run(flags: Flags, kind: Kind, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let file = File::read(flags.shop.workload.as_deref())?;
    let run = format!("lt{}", &uuid::Uuid::new_v4().simple().to_string()[..10]);
    let crowd = flags.crowd.or(file.crowd).crowd(kind, rand_seed(&run))?;
    let sale = flags.sale.or(file.sale).sale(&crowd, kind)?;
    let habits = flags.habits.or(file.habits).habits(if kind == Kind::Soak { SOAK_CANCEL_PERCENT } else { 0 });
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let Sold { report, clean } = sell(kind, &admin, sale, crowd, habits, run, live).await?;
    report.publish(&flags.shop.out)?;
    Ok(ExitCode::from(u8::from(!clean)))
}

/// Different for each run, and known to it.
fn rand_seed(run: &str) -> u64 {
    run.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
