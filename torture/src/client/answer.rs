//! PURE. What an answer means to whoever asked.

use serde_json::Value;
use uuid::Uuid;

use crate::notes::{Heard, Intent, Placed, PlacedLine, Short};

/// `status`, the body, and whether it is the answer of an earlier try.
pub(super) fn heard(intent: &Intent, status: u16, body: &Value, replayed: bool) -> Heard {
    let code = body["code"].as_str().unwrap_or_default();
    let wrong = || Heard::Wrong { status, body: body.to_string() };
    match (status, code) {
        (200..=299, _) => match intent {
            Intent::Order { .. } => {
                placed(body).map_or_else(wrong, |placed| Heard::Done { replayed, placed: Some(placed) })
            }
            Intent::Cancel { .. } | Intent::Confirm { .. } | Intent::Stock { .. } => {
                Heard::Done { replayed, placed: None }
            }
        },
        (503 | 408 | 429, _) | (409, "idempotency_key_in_flight" | "completion_in_progress") => {
            Heard::Unclear { why: format!("{status} {code}") }
        }
        _ if may_refuse(intent, status, code) => Heard::Refused { code: code.to_owned(), short: short(body) },
        _ => wrong(),
    }
}

/// The refusals that a request of this kind can meet in this shop. Any other one is a finding.
fn may_refuse(intent: &Intent, status: u16, code: &str) -> bool {
    match (intent, status, code) {
        (Intent::Order { .. }, 409, "out_of_stock" | "purchase_limit_reached") => true,
        // Something that was put into the cart without an answer arrived later, or the cart was bought in another tab.
        (Intent::Order { cart: true, .. }, 409, "price_changed" | "cart_converted") => true,
        (Intent::Order { cart: true, .. }, 422, "validation_failed") => true,
        // It ran out, or was cancelled.
        (Intent::Cancel { .. } | Intent::Confirm { .. }, 409, "invalid_state") => true,
        (Intent::Cancel { .. } | Intent::Confirm { .. }, 410, "hold_expired") => true,
        (Intent::Stock { delta, .. }, 409, "out_of_stock") => *delta < 0,
        _ => false,
    }
}

fn placed(body: &Value) -> Option<Placed> {
    let line = |line: &Value| {
        Some(PlacedLine {
            sku: line["sku"].as_str()?.to_owned(),
            quantity: line["quantity"].as_i64()?,
            seq: line["seq"].as_i64()?,
        })
    };
    Some(Placed {
        order: id(body["id"].as_str()?)?,
        order_no: body["order_no"].as_str()?.to_owned(),
        grand_minor: body["totals"]["grand"]["amount"].as_i64()?,
        lines: body["lines"].as_array()?.iter().map(line).collect::<Option<_>>()?,
    })
}

/// `ord_` and the digits of a UUID.
fn id(shown: &str) -> Option<Uuid> {
    Uuid::parse_str(shown.rsplit('_').next()?).ok()
}

fn short(body: &Value) -> Vec<Short> {
    let one = |item: &Value| {
        Some(Short {
            sku: item["sku"].as_str()?.to_owned(),
            requested: item["requested"].as_i64()?,
            available: item["available"].as_i64()?,
            seq: item["seq"].as_i64()?,
        })
    };
    body["items"].as_array().map(|items| items.iter().filter_map(one).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notes::Payment;

    fn order(cart: bool) -> Intent {
        Intent::Order { key: "k".into(), lines: Vec::new(), grand_minor: 1, payment: Payment::Manual, cart }
    }

    fn told(intent: &Intent, status: u16, code: &str) -> &'static str {
        match heard(intent, status, &json!({ "code": code }), false) {
            Heard::Done { .. } => "done",
            Heard::Refused { .. } => "refused",
            Heard::Unclear { .. } => "unclear",
            Heard::Wrong { .. } => "wrong",
        }
    }

    #[test]
    fn only_what_can_be_relied_on_is_an_answer() {
        let cancel = Intent::Cancel { key: "k".into(), order: Uuid::nil() };
        let loss = Intent::Stock { key: "k".into(), sku: "S".into(), delta: -1 };
        let delivery = Intent::Stock { key: "k".into(), sku: "S".into(), delta: 1 };
        for (intent, status, code, expected) in [
            (&order(false), 409, "out_of_stock", "refused"),
            (&order(false), 409, "price_changed", "wrong"),
            (&order(true), 409, "price_changed", "refused"),
            (&order(false), 409, "idempotency_key_in_flight", "unclear"),
            (&order(false), 503, "outcome_unknown", "unclear"),
            (&order(false), 500, "internal", "wrong"),
            (&order(false), 422, "idempotency_key_reused", "wrong"),
            (&order(false), 201, "", "wrong"),
            (&cancel, 404, "not_found", "wrong"),
            (&cancel, 409, "invalid_state", "refused"),
            (&cancel, 200, "", "done"),
            (&loss, 409, "out_of_stock", "refused"),
            (&delivery, 409, "out_of_stock", "wrong"),
        ] {
            assert_eq!(told(intent, status, code), expected, "{intent:?} {status} {code}");
        }
    }

    #[test]
    fn an_order_is_read_with_the_numbers_of_its_stock_changes() {
        let body = json!({
            "id": "ord_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7", "order_no": "7ZK4", "totals": { "grand": { "amount": 5 } },
            "lines": [{ "sku": "S", "quantity": 2, "seq": 7 }],
        });
        let Heard::Done { replayed: true, placed: Some(placed) } = heard(&order(false), 201, &body, true) else {
            panic!("an order was placed");
        };
        assert_eq!((placed.grand_minor, placed.lines[0].seq), (5, 7));
        let short =
            json!({ "code": "out_of_stock", "items": [{ "sku": "S", "requested": 2, "available": 1, "seq": 9 }] });
        let Heard::Refused { short, .. } = heard(&order(false), 409, &short, false) else { panic!("it was refused") };
        assert_eq!((short[0].available, short[0].seq), (1, 9));
    }
}
