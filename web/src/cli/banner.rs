//! What a server that has come up tells the person who started it.

use std::io::{IsTerminal, stdout};
use std::net::SocketAddr;

use engine::seed::DemoSale;
use web::settings::Settings;

use super::demo_accounts::{self, DemoAccount};
use super::output::say;

/// What there is to show.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) database: &'a str,
    pub(super) stands_by: bool,
    pub(super) sale: Option<&'a DemoSale>,
    /// Whom the demo can be tried as.
    pub(super) accounts: &'a [DemoAccount],
}

/// Where to look, where the operator's key is, and a purchase to copy.
pub(super) fn show(settings: &Settings, address: SocketAddr, shown: &Shown<'_>) {
    let Shown { database, stands_by, sale, accounts } = *shown;
    let shop = shop(address);
    say(format_args!("\nDoorbuster is open: {shop}\n"));
    if stands_by {
        say(format_args!("  standing by         another server takes the orders; this one when that one is gone"));
    }
    say(format_args!("  the shop            {shop}/"));
    say(format_args!("  API reference       {shop}/api/docs"));
    say(format_args!("  metrics             {shop}/metrics"));
    say(format_args!("  operator key        {}", operator_key(settings)));
    if settings.is_embedded() {
        // Nothing secret: its socket opens to its user alone.
        say(format_args!("  database            {database}"));
    }
    show_accounts(settings, accounts);
    if let Some(sale) = sale {
        let opens = sale.opens_at.format("%H:%M:%S");
        say(format_args!("  flash sale          {} units of {} from {opens} UTC on", sale.units, sale.sku));
        say(format_args!("\n{}", purchase(&shop, sale.sku.as_str())));
    }
}

fn shop(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", address.port())
    } else {
        format!("http://{address}")
    }
}

/// Their passwords are shown on a terminal alone: what goes to a file stays there.
fn show_accounts(settings: &Settings, accounts: &[DemoAccount]) {
    if accounts.is_empty() {
        return;
    }
    let file = demo_accounts::file(settings);
    say(format_args!("  demo accounts       in {} (log in: POST /api/v1/auth/login)", file.display()));
    if stdout().is_terminal() {
        for DemoAccount { role, email, password } in accounts {
            say(format_args!("    {role:<18}{email}  {password}"));
        }
    }
}

/// With every scope of the staff. The key itself is in its file: what goes to a terminal's history stays there.
fn operator_key(settings: &Settings) -> String {
    if settings.is_embedded() {
        format!("in {} (Authorization: Bearer $(cat ...))", settings.operator_key_file().display())
    } else {
        "made by doorbuster key create".to_owned()
    }
}

/// Lines for a shell: a guest, a quote, an order.
fn purchase(shop: &str, sku: &str) -> String {
    let api = format!("{shop}/api/v1");
    let headers = r#"-H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'"#;
    format!(
        r#"Buy one (repeat the last line as often as you like: it stays one order):

TOKEN=$(curl -s -X POST {api}/session | sed 's/.*"token":"\([^"]*\)".*/\1/')
ORDER='"items":[{{"sku":"{sku}","quantity":1}}],"contact":{{"email":"ann@example.com"}},"address":{{"name":"Ann","line1":"12 MG Road","city":"Bengaluru","postal_code":"560001","country":"IN"}},"shipping_method":"standard","payment_method":"cash_on_delivery"'
TOTAL=$(curl -s {api}/checkout/quote {headers} -d "{{$ORDER}}" | grep -o '"grand":{{"amount[^}}]*}}' | cut -d: -f2-)
curl -s {api}/checkout {headers} -H 'Idempotency-Key: first-order' -d "{{$ORDER,\"expected_total\":$TOTAL}}"
"#
    )
}
