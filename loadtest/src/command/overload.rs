//! `loadtest overload`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::baseline::Setting;
use crate::bench::{Figures, Process, overload_goals, publish};
use crate::measure::Live;
use crate::overload::Course;
use crate::span;

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    /// Rounds of everything; medians are reported
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    /// Time of each load, after --warm-up
    #[arg(long, value_parser = span::parse, default_value = "8s")]
    duration: Duration,
    /// A crowd that comes all at once is let in; only who goes on coming is turned away: that is the overload
    #[arg(long, value_parser = span::parse, default_value = "3s")]
    warm_up: Duration,
    /// Buyers who wait for their answer at the same time; who would be one more is not sent
    #[arg(long, default_value_t = 8192)]
    connections: usize,
    /// How long the shop is watched after the worst
    #[arg(long, value_parser = span::parse, default_value = "10s")]
    calm: Duration,
    /// What the report is called
    #[arg(long, default_value = "overload")]
    name: String,
    /// Threads of shoppers
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// The shop's process on this machine: its memory is measured as well
    #[arg(long)]
    server_pid: Option<u32>,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let admin = flags.shop.admin()?;
    flags.shop.reach().await?;
    let setting = Setting { threads: flags.threads, warm_up: flags.warm_up, lasting: flags.duration };
    let server = flags.server_pid.map(Process::of);
    let course = Course { admin: &admin, server, setting, connections: flags.connections, calm: flags.calm, live };
    let mut figures = Figures::default();
    let mut measured = Ok(());
    for _ in 0..flags.rounds {
        measured = measured.and(course.run(&mut figures).await);
    }
    let about = json!({ "connections": flags.connections, "rounds": flags.rounds });
    publish(&flags.shop.out, &flags.name, &about, &figures, &overload_goals(&figures))?;
    measured?;
    Ok(ExitCode::SUCCESS)
}
