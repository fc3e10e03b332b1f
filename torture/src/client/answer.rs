//! PURE. What an answer means to whoever asked.

use serde_json::Value;
use uuid::Uuid;

use crate::notes::{Heard, Intent, Limit, Placed, PlacedLine, Short};

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
        _ if may_refuse(intent, status, code) => refused(code, body).unwrap_or_else(wrong),
        _ => wrong(),
    }
}

/// A refusal says what it rests on; one that does not is none.
fn refused(code: &str, body: &Value) -> Option<Heard> {
    let (mut shorts, mut limit) = (Vec::new(), None);
    match code {
        // A purchase lacks some of its items; a change of stock is about one.
        "out_of_stock" => {
            shorts = match body["items"].as_array() {
                Some(items) => items.iter().map(short).collect::<Option<_>>()?,
                None => vec![short(body)?],
            };
            if shorts.is_empty() {
                return None;
            }
        }
        "purchase_limit_reached" => limit = Some(limit_of(body)?),
        // There is nothing in the cart; nothing else about it can be wrong.
        "validation_failed" => {
            let errors = body["errors"].as_array().filter(|errors| !errors.is_empty())?;
            if errors.iter().any(|error| error["pointer"] != "/items") {
                return None;
            }
        }
        _ => {}
    }
    Some(Heard::Refused { code: code.to_owned(), short: shorts, limit })
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

/// `ord_`, `prin_` and the like, and the digits of a UUID.
pub(super) fn id(shown: &str) -> Option<Uuid> {
    Uuid::parse_str(shown.rsplit('_').next()?).ok()
}

fn short(item: &Value) -> Option<Short> {
    Some(Short {
        sku: item["sku"].as_str()?.to_owned(),
        requested: item["requested"].as_i64()?,
        available: item["available"].as_i64()?,
        seq: item["seq"].as_i64()?,
    })
}

fn limit_of(body: &Value) -> Option<Limit> {
    Some(Limit {
        sku: body["sku"].as_str()?.to_owned(),
        requested: body["requested"].as_i64()?,
        already: body["already"].as_i64()?,
        limit: body["limit"].as_i64()?,
        seq: body["seq"].as_i64()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::notes::Payment;

    fn order(cart: bool) -> Intent {
        let buyer = Uuid::nil();
        Intent::Order { key: "k".into(), buyer, lines: Vec::new(), grand_minor: 1, payment: Payment::Manual, cart }
    }

    fn told(intent: &Intent, status: u16, body: &Value) -> &'static str {
        match heard(intent, status, body, false) {
            Heard::Done { .. } => "done",
            Heard::Refused { .. } => "refused",
            Heard::Unclear { .. } => "unclear",
            Heard::Wrong { .. } => "wrong",
        }
    }

    #[test]
    fn only_what_can_be_relied_on_is_an_answer() {
        let cancel = Intent::Cancel { key: "k".into(), order: Uuid::nil() };
        let delivery = Intent::Stock { key: "k".into(), sku: "S".into(), delta: 1 };
        for (intent, status, code, expected) in [
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
            (&delivery, 409, "out_of_stock", "wrong"),
        ] {
            assert_eq!(told(intent, status, &json!({ "code": code })), expected, "{intent:?} {status} {code}");
        }
    }

    #[test]
    fn a_refusal_that_does_not_say_what_it_rests_on_is_wrong() {
        let loss = Intent::Stock { key: "k".into(), sku: "S".into(), delta: -1 };
        let item = json!({ "sku": "S", "requested": 2, "available": 1, "seq": 9 });
        let short = |items: Value| json!({ "code": "out_of_stock", "items": items });
        let mut of_one = item.clone();
        of_one["code"] = json!("out_of_stock");
        let limit = json!({
            "code": "purchase_limit_reached", "sku": "S", "requested": 2, "already": 1, "limit": 2, "seq": 9,
        });
        let invalid = |pointer: &str| json!({ "code": "validation_failed", "errors": [{ "pointer": pointer }] });
        let without = |body: &Value, member: &str| {
            let mut body = body.clone();
            body.as_object_mut().expect("an object").remove(member);
            body
        };
        for (intent, status, body, expected) in [
            (&order(false), 409, short(json!([item])), "refused"),
            (&order(false), 409, short(json!([])), "wrong"),
            (&order(false), 409, without(&short(json!([])), "items"), "wrong"),
            (&order(false), 409, short(json!([item, without(&item, "available")])), "wrong"),
            (&loss, 409, of_one.clone(), "refused"),
            (&loss, 409, without(&of_one, "seq"), "wrong"),
            (&order(true), 409, limit.clone(), "refused"),
            (&order(true), 409, without(&limit, "already"), "wrong"),
            (&order(true), 422, invalid("/items"), "refused"),
            (&order(true), 422, invalid("/address/city"), "wrong"),
            (&order(true), 422, json!({ "code": "validation_failed" }), "wrong"),
            (&order(false), 422, invalid("/items"), "wrong"),
        ] {
            assert_eq!(told(intent, status, &body), expected, "{intent:?} {status} {body}");
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
