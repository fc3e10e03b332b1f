//! The commands, their flags and what each does with them.

mod auth;
mod baseline;
mod bench;
mod browse;
mod check_history;
mod empty;
mod flash_sale;
mod hostile;
mod logins;
mod overload;
mod search;
mod sell;
mod shop_flags;

use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::Parser;

pub(crate) use self::sell::{Kind, pass_judgement, rush_aside, sell};
use crate::measure::Live;

/// Load tests for a Doorbuster shop, with a verdict.
#[derive(Parser)]
#[command(name = "loadtest", version)]
pub(crate) enum Command {
    /// Many shoppers, few units: who gets one, how fast, and whether the books are right afterwards.
    FlashSale(flash_sale::Flags),
    /// People who look around: listings, searches, product pages.
    Browse(browse::Flags),
    /// Most look around, some buy. Lasts a minute unless told otherwise.
    Mixed(flash_sale::Flags),
    /// The same for an hour, and a fifth of the buyers change their mind.
    Soak(flash_sale::Flags),
    /// What plain SQL behind actix-web does on this machine: one transaction, and one statement, per order.
    Baseline(baseline::Flags),
    /// How many requests a second an actix-web handler answers that does nothing.
    Empty(empty::Flags),
    /// Shop and baseline side by side, and the ratios. Takes some minutes.
    Bench(bench::Flags),
    /// Whether the answers that a run wrote down with --history are those of a shop that keeps its promises.
    CheckHistory(check_history::CheckFlags),
    /// Writes a history that is right, as long as you like, to see how long checking it takes.
    MakeHistory(check_history::MakeFlags),
    /// Once, twice and ten times as many buyers as the shop can serve, and how it is afterwards.
    Overload(overload::Flags),
    /// Buying now by guests and by customers who show access tokens, side by side.
    Auth(auth::Flags),
    /// A sale in peace, and the same sale beside a thousand logins a second.
    Logins(logins::Flags),
    /// A sale in peace and beside a search index that is made anew, and how soon a changed product is found in a sale.
    Search(search::Flags),
    /// Honest shoppers beside those who mean harm: slow heads, huge bodies, deep JSON, floods of tiny requests.
    Hostile(hostile::Flags),
}

impl Command {
    /// Exit status 0: done, and every verdict clean. 1: a verdict is not. (2, given by `main`: could not be carried out.)
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let live = Arc::new(Live::default());
        stop_on_ctrl_c(live.clone());
        match self {
            Self::FlashSale(flags) => runtime.block_on(flash_sale::run(flags, Kind::FlashSale, live)),
            Self::Browse(flags) => runtime.block_on(browse::run(flags, live)),
            Self::Mixed(flags) => runtime.block_on(flash_sale::run(flags, Kind::Mixed, live)),
            Self::Soak(flags) => runtime.block_on(flash_sale::run(flags, Kind::Soak, live)),
            Self::Baseline(flags) => runtime.block_on(baseline::run(&flags)),
            Self::Bench(flags) => runtime.block_on(bench::run(flags, live)),
            Self::Overload(flags) => runtime.block_on(overload::run(flags, live)),
            Self::Auth(flags) => runtime.block_on(auth::run(flags, live)),
            Self::Logins(flags) => runtime.block_on(logins::run(flags, live)),
            Self::Search(flags) => runtime.block_on(search::run(flags, live)),
            Self::Hostile(flags) => runtime.block_on(hostile::run(flags, live)),
            Self::Empty(flags) => runtime.block_on(empty::run(&flags)),
            Self::CheckHistory(flags) => check_history::check_history(&flags),
            Self::MakeHistory(flags) => check_history::make_history(&flags),
        }
    }
}

/// The first Ctrl-C ends the rush; report and verdict follow. The second ends the program.
fn stop_on_ctrl_c(live: Arc<Live>) {
    thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            // Without a handler Ctrl-C ends the program at once, as it does everywhere.
            if tokio::signal::ctrl_c().await.is_ok() {
                live.stop();
            }
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        });
    });
}
