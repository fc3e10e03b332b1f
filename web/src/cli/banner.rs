//! What a server that has come up tells the person who started it.

use std::io::{IsTerminal, stdout};
use std::net::SocketAddr;

use secrecy::ExposeSecret;
use web::settings::Settings;

use super::output::say;

/// Where to look, the admin key, and a purchase to copy.
pub(super) fn show(settings: &Settings, address: SocketAddr, database: &str) {
    let shop = shop(address);
    say(format_args!("\nDoorbuster is open: {shop}\n"));
    say(format_args!("  the shop            {shop}/"));
    say(format_args!("  API reference       {shop}/api/docs"));
    say(format_args!("  metrics             {shop}/metrics"));
    say(format_args!("  admin key           {}", admin_key(settings)));
    if settings.is_embedded() {
        // Nothing secret: its socket opens to its user alone.
        say(format_args!("  database            {database}"));
    }
}

fn shop(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// The key itself is shown on a terminal alone: what goes to a file stays there.
fn admin_key(settings: &Settings) -> String {
    if !settings.is_embedded() {
        "as configured".to_owned()
    } else if stdout().is_terminal() {
        format!("{} (kept in {})", settings.security.admin_key.expose_secret(), settings.admin_key_file().display())
    } else {
        format!("in {}", settings.admin_key_file().display())
    }
}
