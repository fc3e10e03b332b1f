//! `doorbuster key`

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand};
use engine::audit::Actor;
use engine::clock::{RandomIds, SystemClock};
use engine::postgres::Database;
use identity::access::{KeyDraft, KeyKind, Keys, Role, Scope};
use secrecy::ExposeSecret;
use web::settings::Settings;

use super::ground::{Ground, Sharing};
use super::output::say;
use super::store;

/// API keys: what machines show.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
}

/// Make a secret key and print it: the only time that it can be seen.
///
/// A running server knows it within half a second. Over HTTP, keys are listed, replaced and revoked at /api/v1/admin/keys.
#[derive(Args)]
struct Create {
    /// For people: where it is used
    #[arg(long)]
    name: String,
    /// What it may do, once for each scope; left out: whatever an admin may
    #[arg(long = "scope", value_name = "RESOURCE:VERB")]
    scopes: Vec<Scope>,
    /// Whose, by the store's slug; left out: the main store's
    #[arg(long, value_name = "SLUG")]
    store: Option<String>,
}

pub(super) fn run(arguments: Arguments, settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Create(Create { name, scopes, store }) = arguments.command;
    let scopes = if scopes.is_empty() { Role::Admin.scopes().to_vec() } else { scopes };
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    ground.migrate()?;
    let store = store::called(&mut ground, store.as_deref())?;
    let database = Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone());
    let keys = Keys::new(database, Arc::new(SystemClock), Arc::new(RandomIds)).on_behalf_of(Actor::OPERATOR);
    let draft = KeyDraft { name, kind: KeyKind::Secret, scopes, expires_at: None };
    let issued = ground.run(async { Ok(keys.create(store, draft).await?) })?;
    say(issued.secret.expose_secret());
    Ok(ExitCode::SUCCESS)
}
