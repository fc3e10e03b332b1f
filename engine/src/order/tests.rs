//! Stories of orders: one command and its exact answer per line.

use chrono::{TimeZone, Utc};
use uuid::Uuid;

use super::*;
use crate::id::{OrderId, PrincipalId};

/// `method` is how the order is paid; then one `command | answer` a line. An answer is the change (status, payment,
/// what becomes of the holds), `already done`, or the refusal.
fn check(method: PaymentMethod, story: &str) {
    let expires_at = Utc.with_ymd_and_hms(2026, 3, 1, 12, 15, 0).single();
    let state = method.first_state();
    let mut order = Order {
        id: OrderId::from_uuid(Uuid::from_u128(1)),
        principal_id: PrincipalId::from_uuid(Uuid::from_u128(2)),
        state,
        version: 1,
        expires_at: expires_at.filter(|_| state.status == Status::PaymentPending),
        progress: Progress::default(),
    };
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (command, expected) = line.split_once('|').expect("command | answer");
        let answer = match order.decide(&command_of(command.trim())) {
            Ok(Outcome::Changed(change)) => {
                assert_eq!(change.version, order.version + 1, "{line}");
                order.apply(&change);
                format!("{} {} {:?}", order.state.status, order.state.payment, change.holds)
            }
            Ok(Outcome::AlreadyDone) => "already done".to_owned(),
            Err(Error::InvalidState { from, to, allowed }) => {
                let allowed: Vec<_> = allowed.iter().map(|status| status.as_str()).collect();
                format!("{from} cannot become {to}, only [{}]", allowed.join(" "))
            }
            Err(error @ Error::DoneDifferently { .. }) => error.to_string(),
        };
        assert_eq!(answer, expected.trim(), "{line}");
        let is_waiting = matches!(order.state.status, Status::PaymentPending | Status::Expiring);
        assert_eq!(order.expires_at.is_some(), is_waiting, "{line}");
    }
}

fn command_of(text: &str) -> Command {
    let mut words = text.split(' ');
    let (verb, detail) = (words.next().expect("a verb"), words.next().map(str::to_owned));
    match verb {
        "confirm" => Command::Confirm,
        "begin_expiry" => Command::BeginExpiry,
        "expire" => Command::Expire,
        "cancel" => Command::Cancel { reason: detail },
        "pack" => Command::Pack,
        "ship" => Command::Ship { carrier: "post".to_owned(), tracking: detail },
        "deliver" => Command::Deliver,
        "return" => Command::Return { restock: detail.as_deref() == Some("restock") },
        other => panic!("no such command: {other}"),
    }
}

#[test]
fn a_paid_order_goes_its_way() {
    check(
        PaymentMethod::Manual,
        "
        pack       | payment_pending cannot become packed, only [confirmed expiring expired cancelled]
        confirm    | confirmed paid Confirm
        confirm    | already done
        expire     | confirmed cannot become expired, only [cancelled packed]
        ship 1Z    | confirmed cannot become shipped, only [cancelled packed]
        pack       | packed paid Keep
        ship 1Z    | shipped paid Keep
        ship 1Z    | already done
        ship 2Z    | already shipped, with other details
        pack       | already done
        cancel     | shipped cannot become cancelled, only [delivered returned]
        deliver    | delivered paid Keep
        ship 1Z    | already done
        confirm    | already done
        deliver    | already done
        ",
    );
}

#[test]
fn cash_on_delivery_is_sold_at_once_and_paid_at_the_door() {
    check(
        PaymentMethod::CashOnDelivery,
        "
        confirm      | already done
        begin_expiry | confirmed cannot become expiring, only [cancelled packed]
        pack         | packed cash_on_delivery Keep
        ship         | shipped cash_on_delivery Keep
        deliver      | delivered paid Keep
        ",
    );
}

#[test]
fn cancelling_before_payment_releases_and_after_it_returns() {
    check(
        PaymentMethod::Manual,
        "
        cancel changed_my_mind | cancelled unpaid Release
        cancel                 | already done
        confirm                | cancelled cannot become confirmed, only []
        expire                 | cancelled cannot become expired, only []
        ",
    );
    check(
        PaymentMethod::Manual,
        "
        confirm | confirmed paid Confirm
        cancel  | cancelled paid Return { restock: true }
        cancel  | already done
        pack    | cancelled cannot become packed, only []
        ",
    );
    check(
        PaymentMethod::CashOnDelivery,
        "
        pack    | packed cash_on_delivery Keep
        cancel  | cancelled unpaid Return { restock: true }
        ",
    );
}

#[test]
fn while_it_expires_only_the_gateway_decides() {
    check(
        PaymentMethod::Manual,
        "
        begin_expiry | expiring unpaid Keep
        begin_expiry | already done
        cancel       | expiring cannot become cancelled, only [confirmed expired]
        expire       | expired unpaid Expire
        expire       | already done
        begin_expiry | already done
        confirm      | expired cannot become confirmed, only []
        cancel       | expired cannot become cancelled, only []
        ",
    );
    check(
        PaymentMethod::Manual,
        "
        begin_expiry | expiring unpaid Keep
        confirm      | confirmed paid Confirm
        expire       | confirmed cannot become expired, only [cancelled packed]
        ",
    );
}

#[test]
fn goods_come_back_once_on_the_shelf_or_not() {
    check(
        PaymentMethod::CashOnDelivery,
        "
        return restock | confirmed cannot become returned, only [cancelled packed]
        pack           | packed cash_on_delivery Keep
        ship           | shipped cash_on_delivery Keep
        return restock | returned unpaid Return { restock: true }
        return restock | already done
        return         | already returned, with other details
        deliver        | returned cannot become delivered, only []
        ",
    );
}
