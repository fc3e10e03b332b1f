//! `torture`: the crash harness as a program. Exit status 1: a promise was broken.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use torture::{Options, Stroke, run};

/// Kills a shop of its own and its PostgreSQL in the middle of a sale, again and again, and proves from the clients' notes and
/// the rows of the database that nothing acknowledged was lost, nothing refused happened, and nothing was sold twice.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Strokes in a round
    #[arg(long, default_value_t = 100)]
    cycles: u64,
    /// Rounds, each with a fresh shop and the next seed
    #[arg(long, default_value_t = 1)]
    rounds: u64,
    /// The same seed does the same damage in the same order (when exactly is the machine's)
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 10)]
    clients: usize,
    /// Only these, separated by commas: kill-server, kill-postgres, split-brain, late ...; `standby`: all that begin so
    #[arg(long, value_delimiter = ',', value_parser = Stroke::named)]
    only: Vec<Vec<Stroke>>,
    /// PostgreSQL without fsync: quicker, and killing processes loses no less
    #[arg(long)]
    no_fsync: bool,
    /// The server; left out: the one beside this program
    #[arg(long)]
    server: Option<PathBuf>,
    /// For the reports, and for what a finding can be understood by
    #[arg(long, default_value = "target/torture")]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let server = match arguments.server {
        Some(server) => server,
        None => std::env::current_exe()?.with_file_name("doorbuster"),
    };
    let server = server.canonicalize().with_context(|| format!("looking for {}", server.display()))?;
    let drawn_from = if arguments.only.is_empty() {
        Stroke::ALL.iter().map(|(stroke, _)| *stroke).collect()
    } else {
        arguments.only.concat()
    };
    let mut broken = false;
    for seed in (arguments.seed..).take(usize::try_from(arguments.rounds)?) {
        let report = run(&Options {
            server: server.clone(),
            seed,
            clients: arguments.clients,
            strokes: Stroke::draw(&drawn_from, arguments.cycles, seed),
            durable: !arguments.no_fsync,
            loud: true,
            keep: arguments.out.join(format!("seed-{seed}")),
        })
        .await?;
        std::fs::create_dir_all(&arguments.out)?;
        let file = arguments.out.join(format!("seed-{seed}.json"));
        std::fs::write(&file, serde_json::to_vec_pretty(&report)?)?;
        say(&format!("\n{}{}", report.page(), file.display()));
        broken |= !report.findings.is_empty();
    }
    Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[expect(clippy::print_stdout, reason = "the report is what it is for")]
fn say(text: &str) {
    println!("{text}");
}
