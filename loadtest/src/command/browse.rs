//! `loadtest browse`: looks, buys nothing, needs no key.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use super::shop_flags::ShopFlags;
use crate::clock::wall_clock;
use crate::http::Client;
use crate::measure::Live;
use crate::report::{Report, Watch};
use crate::rush::rush;
use crate::scenario::{Browse, Shelf};
use crate::workload::{CrowdFlags, File, HabitFlags};

#[derive(Args)]
pub(crate) struct Flags {
    #[command(flatten)]
    shop: ShopFlags,
    #[command(flatten)]
    crowd: CrowdFlags,
    #[command(flatten)]
    habits: HabitFlags,
}

pub(crate) async fn run(flags: Flags, live: Arc<Live>) -> anyhow::Result<ExitCode> {
    let file = File::read(flags.shop.workload.as_deref())?;
    let crowd = flags.crowd.or(file.crowd).crowd(super::sell::Kind::Mixed, 1)?;
    let habits = flags.habits.or(file.habits).habits(0);
    let target = flags.shop.reach().await?;
    let shelf = Arc::new(Shelf::look(&Client::new(target.clone())).await?);
    let workload = json!({ "crowd": crowd, "pages": habits.pages, "products": shelf.slugs.len() });
    let started_at = wall_clock();
    let browse = Arc::new(Browse { shelf, target: target.clone(), pages: habits.pages });
    let plan = crowd.plan(target.clone());
    let watch = Watch::start("browse", live.clone());
    let takings = tokio::task::spawn_blocking(move || rush(&browse, &plan, &live)).await??;
    drop(watch);
    let mut report = Report {
        scenario: "browse".into(),
        run: uuid::Uuid::new_v4().simple().to_string()[..10].to_owned(),
        started_at,
        shop: target.authority.clone(),
        workload,
        took_ms: 0,
        visits: takings.visits,
        late_arrivals: 0,
        latest_arrival_ms: 0,
        operations: Vec::new(),
        verdict: None,
    };
    report.measured(&takings.tally, crowd.window());
    report.publish(&flags.shop.out)?;
    Ok(ExitCode::SUCCESS)
}
