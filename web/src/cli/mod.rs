//! The command line: one file per subcommand.

mod admin;
mod banner;
mod books;
mod demo_accounts;
mod export;
mod ground;
mod import;
mod key;
mod migrate;
mod openapi;
mod output;
mod progress;
mod reindex;
mod seed;
mod serve;
mod store;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use web::settings::Settings;

/// A shop that survives a flash sale.
///
/// Without a database of your own it runs a private PostgreSQL below the data directory; every command that needs one
/// uses it, also while the server runs. Settings come from config/*.toml and from DOORBUSTER__SECTION__KEY variables.
#[derive(Parser)]
#[command(name = "doorbuster", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The folder with base.toml and its companions; without one the built-in settings hold.
    #[arg(long, global = true, env = "DOORBUSTER_CONFIG_DIR", default_value = "config", value_name = "FOLDER")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Migrate(migrate::Arguments),
    Seed(seed::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Reindex(reindex::Arguments),
    Verify(verify::Arguments),
    Key(key::Arguments),
    Store(store::Arguments),
    Admin(admin::Arguments),
    Openapi(openapi::Arguments),
}

impl Cli {
    pub(crate) fn run(self) -> ExitCode {
        match self.try_run() {
            Ok(code) => code,
            Err(error) => {
                output::complain(&error);
                ExitCode::FAILURE
            }
        }
    }

    fn try_run(self) -> anyhow::Result<ExitCode> {
        let settings = || Settings::load(&self.config);
        match self.command {
            Command::Serve(arguments) => serve::run(&arguments, settings()?),
            Command::Migrate(arguments) => migrate::run(&arguments, settings()?),
            Command::Seed(arguments) => seed::run(&arguments, settings()?),
            Command::Import(arguments) => import::run(&arguments, settings()?),
            Command::Export(arguments) => export::run(&arguments, settings()?),
            Command::Reindex(arguments) => reindex::run(&arguments, settings()?),
            Command::Verify(arguments) => verify::run(&arguments, settings()?),
            Command::Key(arguments) => key::run(arguments, settings()?),
            Command::Store(arguments) => store::run(arguments, settings()?),
            Command::Admin(arguments) => admin::run(arguments, settings()?),
            Command::Openapi(arguments) => openapi::run(&arguments),
        }
    }
}
