//! `doorbuster admin`

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use engine::audit::Actor;
use engine::clock::{RandomIds, SystemClock};
use engine::postgres::Database;
use identity::Identity;
use identity::access::Role;
use identity::reach::Email;
use identity::staff::Invitation;
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
use rand::rngs::SysRng;
use secrecy::SecretString;
use web::settings::Settings;

use super::ground::{Ground, Sharing};
use super::output::say;
use super::store;

/// Those who look after a shop.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Create(Create),
}

/// Make an account that may do everything in a shop, and print its id.
///
/// The password is asked for, or read from the standard input: never from the command line, which others can see. Works
/// while a server runs.
#[derive(Args)]
struct Create {
    /// To log in with
    #[arg(long)]
    email: String,
    /// For people
    #[arg(long)]
    name: Option<String>,
    /// Of which store, by its slug; left out: the main one
    #[arg(long, value_name = "SLUG")]
    store: Option<String>,
}

pub(super) fn run(arguments: Arguments, mut settings: Settings) -> anyhow::Result<ExitCode> {
    let Command::Create(Create { email, name, store }) = arguments.command;
    let email = Email::parse(&email).context("--email")?;
    let password = password()?;
    settings.complete_secrets(&mut SysRng)?;
    let mut ground = Ground::open(settings, Sharing::Joining)?;
    ground.migrate()?;
    let store = store::called(&mut ground, store.as_deref())?;
    let database = Database::new(ground.url(), ground.settings.database.pool_size, ground.io().clone());
    let identity =
        Identity::open(database, Arc::new(SystemClock), Arc::new(RandomIds), ground.settings.for_identity())?;
    let invitation = Invitation { email, name, role: Role::Admin };
    let staff = identity.staff();
    let made = ground.run(async { Ok(staff.make_with_password(store, invitation, password, Actor::OPERATOR).await?) });
    say(made?.id);
    Ok(ExitCode::SUCCESS)
}

/// One line. Where somebody types it, it is not shown.
fn password() -> anyhow::Result<SecretString> {
    let stdin = io::stdin();
    let mut line = String::new();
    if stdin.is_terminal() {
        write!(io::stderr(), "Password: ")?;
        let shown = tcgetattr(&stdin).context("the terminal")?;
        let mut hidden = shown.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(&stdin, SetArg::TCSAFLUSH, &hidden).context("the terminal")?;
        let read = stdin.read_line(&mut line);
        tcsetattr(&stdin, SetArg::TCSAFLUSH, &shown).context("the terminal")?;
        writeln!(io::stderr())?;
        read.context("the password")?;
    } else {
        stdin.read_line(&mut line).context("the password")?;
    }
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("no password was given");
    }
    Ok(password.to_owned().into())
}
