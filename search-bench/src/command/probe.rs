//! `probe`: what `speed` starts in a process of its own, so that nothing of the building is in its memory.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use super::say;
use crate::catalogue::Catalogue;
use crate::measure::{Effort, Kind, Questions, probe};

#[derive(Args)]
pub(crate) struct Flags {
    /// The folder of the index.
    #[arg(long)]
    pub(crate) index: PathBuf,
    /// Only this kind of question, for a profiler.
    #[arg(long)]
    pub(crate) only: Option<Kind>,
    #[command(flatten)]
    pub(crate) asking: Asking,
}

/// What is asked, of which catalogue.
#[derive(Args, Clone)]
pub(crate) struct Asking {
    /// How many products there are.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) products: u64,
    /// Of products and questions.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Questions of each kind right after opening.
    #[arg(long, default_value_t = 100)]
    pub(crate) cold: u64,
    /// Questions of each kind afterwards.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) warm: u64,
    /// Seconds after which no more questions of one kind are asked.
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
    /// How many ask at once in the end.
    #[arg(long, default_value_t = 16)]
    pub(crate) clients: usize,
}

/// Answers with JSON.
pub(crate) fn run(flags: &Flags) -> anyhow::Result<ExitCode> {
    let asking = &flags.asking;
    let effort = Effort {
        cold: asking.cold,
        warm_up: asking.warm / 10,
        warm: asking.warm,
        warm_at_most: Duration::from_secs(asking.seconds),
        clients: asking.clients,
        clients_for: Duration::from_secs(asking.seconds.min(15)),
        kinds: flags.only.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]),
    };
    let catalogue = Catalogue::new(asking.seed, asking.products);
    let probed = probe(&flags.index, &Questions::new(&catalogue, asking.seed), &effort)?;
    say(&serde_json::to_string(&probed)?);
    Ok(ExitCode::SUCCESS)
}

impl Asking {
    /// As they are given to another process.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let Asking { products, seed, cold, warm, seconds, clients } = self;
        let numbers =
            [("products", *products), ("seed", *seed), ("cold", *cold), ("warm", *warm), ("seconds", *seconds)];
        let mut arguments: Vec<String> = numbers.iter().map(|(name, value)| format!("--{name}={value}")).collect();
        arguments.push(format!("--clients={clients}"));
        arguments
    }
}
